#include "tailrace/cluster/pack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/policy/compressor_test.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/natural.hpp"
#include "tailrace/policy/transform/random_k.hpp"
#include "tailrace/policy/transform/sign.hpp"
#include "tailrace/policy/transform/top_k.hpp"

namespace tailrace::cluster {
namespace {

using policy::testing::applied;
using policy::testing::bytes_of;
using policy::testing::heavy_tailed;
using policy::testing::ready;
using ::testing::HasSubstr;
using Values = std::vector<Real>;
using Bytes = std::vector<std::byte>;

Real real_of(std::uint32_t bits) { return std::bit_cast<Real>(bits); }

/// What travels: the values themselves with Packing::real.
Bytes body_of(const Packed& packed, const Values& values) {
  if (packed.packing != Packing::real) return packed.bytes;
  EXPECT_TRUE(packed.bytes.empty());
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

/// Packs, checks that every bit comes back, and returns what was packed.
Packed there_and_back(const Values& values) {
  Packed packed = pack(values);
  const Bytes body = body_of(packed, values);
  EXPECT_LE(body.size(), packed_bytes_max(values.size()));
  Values out(values.size(), -7);
  const Status read = unpack(packed.packing, body, out);
  EXPECT_TRUE(read) << to_string(packed.packing) << ": " << to_string(read.error());
  EXPECT_TRUE(values.empty() || std::memcmp(values.data(), out.data(), 4 * values.size()) == 0)
      << to_string(packed.packing) << ", " << values.size() << " values";
  return packed;
}

std::string fault_of(Packing packing, const Bytes& bytes, std::size_t dimension) {
  Values out(dimension);
  const Status read = unpack(packing, bytes, out);
  if (read) return "";
  EXPECT_EQ(read.error().front().code, "cluster/bad-update");
  return read.error().front().what;
}

Bytes bytes_from(const std::vector<int>& numbers) {
  Bytes bytes;
  for (const int number : numbers) bytes.push_back(static_cast<std::byte>(number));
  return bytes;
}

/// Rounds to what `packing` holds, special values included.
Values random_values(Stream& stream, Packing packing, std::size_t dimension) {
  Values values(dimension);
  for (Real& value : values) {
    const std::uint32_t bits = stream.bits32();
    switch (packing) {
      case Packing::half:
        value = real_of((bits & 0x80000000U) | (0x38800000U + (bits & 0x0effe000U)));
        break;
      case Packing::bfloat:
        value = real_of(bits & 0xffff0000U);
        break;
      case Packing::powers:
        value = real_of(bits & 0xff800000U);
        break;
      case Packing::signs:
        value = real_of(0x3e99999aU | (bits & 0x80000000U));
        break;
      default:
        value = real_of(bits);
    }
  }
  return values;
}

TEST(Pack, KeepsEveryBitOfEveryPacking) {
  Stream stream("cluster/pack-round-trip");
  constexpr Packing packings[] = {Packing::real, Packing::half, Packing::bfloat, Packing::signs,
                                  Packing::powers};

  for (const Packing packing : packings) {
    for (const std::size_t dimension : {8U, 63U, 64U, 1000U, 4096U, 4097U, 10'000U}) {
      const Values values = random_values(stream, packing, dimension);
      EXPECT_EQ(there_and_back(values).packing, packing) << to_string(packing) << dimension;
    }
  }
}

TEST(Pack, KeepsEveryBitOfWhatIsSparse) {
  Stream stream("cluster/pack-sparse");
  constexpr Packing packings[] = {Packing::real, Packing::half, Packing::bfloat, Packing::signs,
                                  Packing::powers};

  for (const Packing inner : packings) {
    for (const std::uint64_t of : {2U, 10U, 100U}) {
      Values values = random_values(stream, inner, 5000);
      for (Real& value : values) {
        if (stream.below(of) > 0) value = 0;
      }
      const Packed packed = there_and_back(values);
      EXPECT_EQ(packed.packing, Packing::sparse);
      EXPECT_EQ(std::to_integer<int>(packed.bytes.at(0)), static_cast<int>(inner));
    }
  }
}

TEST(Pack, KnowsAllHalfs) {
  Values values;
  for (int bits = 0; bits < 1 << 16; ++bits) {
    Real value = 0;
    ASSERT_TRUE(unpack(Packing::half, bytes_from({bits & 0xff, bits >> 8}), {&value, 1}));
    values.push_back(value);
  }

  EXPECT_EQ(values[0x3c00], 1);
  EXPECT_EQ(values[0x0001], 0x1p-24F);
  EXPECT_EQ(values[0xfbff], -65504);
  EXPECT_EQ(values[0x7c00], std::numeric_limits<Real>::infinity());
  const Packed packed = there_and_back(values);
  ASSERT_EQ(packed.packing, Packing::half);
  for (int bits = 0; bits < 1 << 16; ++bits) {
    ASSERT_EQ(std::to_integer<int>(packed.bytes[2 * bits]), bits & 0xff);
    ASSERT_EQ(std::to_integer<int>(packed.bytes[2 * bits + 1]), bits >> 8);
  }
}

TEST(Pack, TakesNothingForAHalfThatIsNone) {
  const std::uint32_t neighbors[] = {
      0x00000001U,  // far below 2^-24
      0x33000000U,  // 2^-25
      0x33c00000U,  // 1.5 * 2^-24
      0x387fffffU,  // just below 2^-14
      0x3f800001U,  // just above 1
      0x477fe001U,  // just above 65504
      0x47800000U,  // 65536
      0x7f800001U,  // NaN with a payload that does not fit
  };

  for (const std::uint32_t bits : neighbors) {
    Values values(100, real_of(0x3c002000U));  // needs a half, as bfloat lacks the bit
    values[99] = 3;
    values[50] = real_of(bits);
    EXPECT_EQ(there_and_back(values).packing, Packing::real) << std::hex << bits;
  }
}

TEST(Pack, LeavesAnyUpdateAsItIsIfOneValueFarInDoesNotFit) {
  for (const Packing packing : {Packing::half, Packing::bfloat, Packing::signs, Packing::powers}) {
    Stream stream("cluster/pack-one-value");
    Values values = random_values(stream, packing, 9000);
    values[8999] = 0.1F;
    EXPECT_NE(there_and_back(values).packing, packing);
  }
}

TEST(Pack, KeepsShortUpdates) {
  EXPECT_EQ(there_and_back({}).packing, Packing::real);
  EXPECT_EQ(there_and_back({0.1F}).packing, Packing::real);
  there_and_back({1});
  there_and_back({0});
  there_and_back({-0.0F, 0});
  there_and_back({0, 0, 0, 0});
  there_and_back({1, 0, 0, 0, 0, 0, 0});
}

TEST(Pack, NeedsNoBytesForZeros) {
  const Packed packed = there_and_back(Values(100'000, 0));

  EXPECT_EQ(packed.packing, Packing::sparse);
  EXPECT_EQ(packed.bytes.size(), 10U);
}

TEST(Pack, TellsMinusZeroFromZero) {
  Values values(1000, 0);
  values[7] = -0.0F;

  EXPECT_EQ(there_and_back(values).bytes.size(), 10 + 4 + 4 + 1U);  // one place, its size and sign
}

TEST(Pack, LaysOutABitmapByteByByte) {
  const Values values = {0.1F, 0, 0, 0.3F, 0, 0, 0, 0, 0, 0.7F, 0, 0, 0, 0, 0, 0};

  const Packed packed = there_and_back(values);

  // real values, a bitmap, 3 of them; bits 0 and 3 of byte 0, bit 1 of byte 1.
  Bytes expected = bytes_from({0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 9, 2});
  for (const Real value : {0.1F, 0.3F, 0.7F}) {
    const auto bytes = std::bit_cast<std::array<std::byte, 4>>(value);
    expected.insert(expected.end(), bytes.begin(), bytes.end());
  }
  EXPECT_EQ(packed.bytes, expected);
}

/// What a compressor made of heavy-tailed values takes on the wire.
template <class T>
std::size_t wire_bytes(T compressor, std::size_t dimension, Packing expected) {
  T prepared = ready(std::move(compressor), dimension);
  const Values sent = applied(prepared, heavy_tailed(dimension, "cluster/pack"));
  const Packed packed = there_and_back(sent);
  EXPECT_EQ(packed.packing, expected) << T::name;
  return packed.bytes.size();
}

TEST(Pack, TakesTheBytesThatCompressorsPromise) {
  using policy::Int8, policy::Natural, policy::Sign, policy::TopK;
  constexpr std::size_t dimension = 20'000;

  EXPECT_EQ(wire_bytes(Int8{}, dimension, Packing::blocks), bytes_of(Int8{}, dimension) + 4);
  EXPECT_EQ(wire_bytes(Natural{}, dimension, Packing::powers), bytes_of(Natural{}, dimension));
  EXPECT_EQ(wire_bytes(Sign{}, dimension, Packing::signs), bytes_of(Sign{}, dimension));
  for (const double share : {0.01, 0.5}) {
    EXPECT_EQ(wire_bytes(TopK{.share = share}, dimension, Packing::sparse),
              bytes_of(TopK{.share = share}, dimension) + 10);
  }
}

TEST(Pack, SendsPlacesOfRandomCoordinatesAsWell) {
  const policy::RandomK random{.share = 0.1};

  // Its promise counts on a server that draws the same places; here they are sent, as bits.
  EXPECT_EQ(wire_bytes(random, 20'000, Packing::sparse),
            bytes_of(random, 20'000) + 20'000 / 8 + 10);
}

TEST(Pack, FindsOutBlocksOfAnyLength) {
  for (const std::uint64_t block : {2U, 7U, 16U, 100U, 256U, 300U, 1024U, 5000U, 16'000U}) {
    for (const std::size_t dimension : {1000U, 20'000U}) {
      policy::Int8 bytes = ready(policy::Int8{.block = block}, dimension);
      // Sizes between 1 and 2 leave no zeros, so that it is not sparse.
      Stream stream("cluster/pack-blocks");
      Values values(dimension);
      for (Real& value : values) {
        value = static_cast<Real>(random_sign(stream, 1 + stream.uniform()));
      }

      const Packed packed = there_and_back(applied(bytes, values));

      EXPECT_EQ(packed.packing, Packing::blocks);
      // Shorter blocks will do if each happens to hold a value of the full scale.
      const std::uint64_t taken = std::min<std::uint64_t>(block, 256);
      EXPECT_LE(packed.bytes.size(), 4 + dimension + 4 * ((dimension + taken - 1) / taken))
          << block;
    }
  }
}

TEST(Pack, KnowsBlocksInWhatIsSparse) {
  constexpr std::size_t dimension = 50'000;
  policy::TopK top = ready(policy::TopK{.share = 0.05}, dimension);
  policy::Int8 bytes = ready(policy::Int8{}, dimension);

  const Values sent = applied(bytes, applied(top, heavy_tailed(dimension, "cluster/pack-both")));
  const Packed packed = there_and_back(sent);

  ASSERT_EQ(packed.packing, Packing::sparse);
  EXPECT_EQ(std::to_integer<int>(packed.bytes[0]), static_cast<int>(Packing::blocks));
  EXPECT_LE(
      packed.bytes.size(),
      (policy::Chain{policy::TopK{.share = 0.05}, policy::Int8{}}).message(dimension).bytes() + 14);
}

TEST(Pack, KeepsBlocksThatAreNotFinite) {
  policy::Int8 bytes = ready(policy::Int8{.block = 16}, 1000);
  Values values = heavy_tailed(1000, "cluster/pack-infinite");
  values[500] = std::numeric_limits<Real>::infinity();

  there_and_back(applied(bytes, values));
}

TEST(Pack, KeepsTheSmallestBlocks) {
  policy::Int8 bytes = ready(policy::Int8{.block = 16}, 1000);
  Stream stream("cluster/pack-denormal");
  Values values(1000);
  for (Real& value : values) value = real_of(stream.bits32() & 0x80000fffU);  // denormal

  there_and_back(applied(bytes, values));
}

TEST(Unpack, RefusesEveryTruncation) {
  Stream stream("cluster/unpack-truncated");
  std::vector<Values> updates;
  for (const Packing packing : {Packing::half, Packing::bfloat, Packing::signs, Packing::powers}) {
    updates.push_back(random_values(stream, packing, 77));
  }
  policy::Int8 bytes = ready(policy::Int8{.block = 16}, 77);
  updates.push_back(applied(bytes, Values(77, 3)));
  updates.push_back(applied(bytes, heavy_tailed(77, "cluster/unpack")));
  updates.push_back(updates.back());
  for (std::size_t i = 0; i < 77; i += 2) updates.back()[i] = 0;

  for (const Values& values : updates) {
    const Packed packed = there_and_back(values);
    ASSERT_NE(packed.packing, Packing::real);
    for (std::size_t size = 0; size < packed.bytes.size(); ++size) {
      EXPECT_NE(
          fault_of(packed.packing,
                   {packed.bytes.begin(), packed.bytes.begin() + static_cast<std::ptrdiff_t>(size)},
                   77),
          "");
    }
    Bytes longer = packed.bytes;
    longer.push_back(std::byte{0});
    EXPECT_NE(fault_of(packed.packing, longer, 77), "");
    EXPECT_NE(fault_of(packed.packing, packed.bytes, 99), "");
  }
}

TEST(Unpack, RefusesWhatDoesNotFit) {
  const auto sparse = [](std::vector<int> bytes) {
    return fault_of(Packing::sparse, bytes_from(bytes), 4);
  };

  EXPECT_THAT(fault_of(Packing::real, bytes_from({0, 0, 0}), 1), HasSubstr("4 bytes instead of 3"));
  EXPECT_THAT(fault_of(Packing::signs, bytes_from({0, 0, 0, 128, 0}), 1), HasSubstr("negative"));
  EXPECT_THAT(fault_of(Packing::signs, bytes_from({0, 0, 0, 0, 2}), 1), HasSubstr("bits behind"));
  EXPECT_THAT(fault_of(Packing::powers, bytes_from({127, 2}), 1), HasSubstr("bits behind"));
  EXPECT_THAT(fault_of(Packing::blocks, bytes_from({0, 0, 0, 0, 0, 0, 0, 0, 1}), 1),
              HasSubstr("of no value"));
  EXPECT_THAT(fault_of(Packing::blocks, bytes_from({1, 0, 0, 0, 0, 0, 128, 127, 1}), 1),
              HasSubstr("scale"));
  EXPECT_EQ(sparse({6, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 127, 1}), "");
  EXPECT_THAT(sparse({6, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 127, 1}), HasSubstr("beyond"));
  EXPECT_THAT(sparse({6, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4}), HasSubstr("5 of 4"));
  EXPECT_THAT(sparse({6, 0, 255, 255, 255, 255, 255, 255, 255, 255}), HasSubstr("of 4 values"));
  EXPECT_THAT(sparse({6, 2, 0, 0, 0, 0, 0, 0, 0, 0}), HasSubstr("neither"));
  EXPECT_THAT(sparse({4, 0, 0, 0, 0, 0, 0, 0, 0, 0}), HasSubstr("sparse again"));
  EXPECT_THAT(sparse({9, 0, 0, 0, 0, 0, 0, 0, 0, 0}), HasSubstr("sparse again"));
  EXPECT_THAT(sparse({6, 1, 1, 0, 0, 0, 0, 0, 0, 0, 16, 127, 1}), HasSubstr("do not rise"));
  EXPECT_THAT(sparse({6, 1, 1, 0, 0, 0, 0, 0, 0, 0, 3, 127, 1}), HasSubstr("as many"));
  EXPECT_THAT(sparse({6, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 127, 127, 0}),
              HasSubstr("do not rise"));
}

TEST(Unpack, SurvivesAnyOneByteChanged) {
  policy::Int8 int8 = ready(policy::Int8{.block = 16}, 77);
  Values values = applied(int8, heavy_tailed(77, "cluster/unpack-corrupt"));
  for (std::size_t i = 0; i < 77; i += 2) values[i] = 0;
  const Packed packed = pack(values);
  Values out(values.size());

  std::size_t refused = 0;
  for (std::size_t place = 0; place < packed.bytes.size(); ++place) {
    for (int change = 1; change < 256; ++change) {
      Bytes changed = packed.bytes;
      changed[place] ^= static_cast<std::byte>(change);
      if (!unpack(packed.packing, changed, out)) ++refused;
    }
  }

  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace tailrace::cluster
