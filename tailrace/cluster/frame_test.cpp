#include "tailrace/cluster/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/core/random.hpp"

namespace tailrace::cluster {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Bytes = std::vector<std::byte>;

std::vector<int> numbers(std::span<const std::byte> bytes) {
  std::vector<int> all;
  for (const std::byte byte : bytes) all.push_back(std::to_integer<int>(byte));
  return all;
}

/// What decode() says is wrong, and where; empty if nothing is.
std::string fault_of(std::span<const std::byte> message) {
  const auto frame = decode(message);
  if (frame) return "";
  EXPECT_EQ(frame.error().size(), 1U);
  const Error& error = frame.error().front();
  EXPECT_EQ(error.code, "cluster/bad-frame");
  EXPECT_FALSE(error.fix.empty());
  return error.where + ": " + error.what;
}

bool same(const Frame& a, const Frame& b) {
  if (a.index() != b.index()) return false;
  if (const auto* chunk = std::get_if<Chunk>(&a)) {
    const auto& other = std::get<Chunk>(b);
    return chunk->offset == other.offset && std::ranges::equal(chunk->bytes, other.bytes);
  }
  return std::visit(
      [&b](const auto& frame) {
        using T = std::remove_cvref_t<decltype(frame)>;
        if constexpr (std::same_as<T, Chunk>) {
          return false;
        } else {
          return frame == std::get<T>(b);
        }
      },
      a);
}

std::string random_text(Stream& stream, std::uint64_t most) {
  std::string text(stream.below(most + 1), ' ');
  for (char& letter : text) letter = static_cast<char>(stream.bits32());
  return text;
}

std::uint64_t random_number(Stream& stream) { return stream.bits64() >> stream.below(64); }
std::uint32_t random_count(Stream& stream) { return stream.bits32() >> stream.below(32); }
bool random_flag(Stream& stream) { return stream.below(2) == 1; }

/// One frame of every kind with random contents; the chunk's bytes lie in `body`.
std::vector<Frame> random_frames(Stream& stream, std::span<const std::byte> body) {
  const auto text = [&stream] { return random_text(stream, 40); };
  const auto number = [&stream] { return random_number(stream); };
  const auto count = [&stream] { return random_count(stream); };
  std::vector<WorkerId> workers(stream.below(6));
  for (WorkerId& worker : workers) worker = count();
  return {
      Hello{protocol_version, text(), number(), workers, count()},
      Welcome{.protocol = 7,
              .program = text(),
              .incarnation = number(),
              .fingerprint = number(),
              .dimension = number() % dimension_max,
              .seed = number(),
              .lease = {static_cast<std::int64_t>(number() >> 1)},
              .chunk = count(),
              .method = text(),
              .experiment = text()},
      JobOffer{number(), count(), number(), number(), count(), number(), number() % body_bytes_max},
      UpdateOffer{number(), static_cast<Packing>(stream.below(7)), random_flag(stream),
                  random_flag(stream), stream.uniform() - 0.5, stream.uniform(),
                  number() % body_bytes_max},
      Chunk{number() % body_bytes_max, body},
      Applied{number(), random_flag(stream)},
      Durable{},
      Refused{number(), static_cast<Refusal>(1 + stream.below(6)), text()},
      Canceled{number()},
      Beat{},
      Failed{number(), text()},
      Leave{},
      Farewell{static_cast<Parting>(stream.below(11)), text()},
  };
}

/// Of such a Hello nothing is read but the version.
bool is_of_another_version(const Frame& frame) {
  const auto* hello = std::get_if<Hello>(&frame);
  return hello != nullptr && hello->protocol != protocol_version;
}

constexpr std::byte body_bytes[] = {std::byte{1}, std::byte{0}, std::byte{255}};

TEST(Frames, AreByteByByteWhatTheProtocolSays) {
  EXPECT_THAT(numbers(encode(Applied{.ticket = 0x0102, .keep = true})),
              ElementsAre(5, 2, 1, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_THAT(numbers(encode(Farewell{Parting::full, "hi"})),
              ElementsAre(12, 9, 2, 0, 0, 0, 'h', 'i'));
  EXPECT_THAT(
      numbers(encode(Hello{.protocol = 1, .fingerprint = 3, .workers = {4}, .slots = 2})),
      ElementsAre(0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0));
  EXPECT_THAT(numbers(encode(Chunk{.offset = 256, .bytes = body_bytes})),
              ElementsAre(4, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 255));
  EXPECT_THAT(numbers(encode(Beat{})), ElementsAre(9));
}

TEST(Frames, ComeBackAsTheyWere) {
  Stream stream("cluster/frames-come-back");

  for (int round = 0; round < 500; ++round) {
    for (const Frame& frame : random_frames(stream, body_bytes)) {
      const Bytes message = encode(frame);
      const auto read = decode(message);

      ASSERT_TRUE(read) << name_of(frame) << ": " << to_string(read.error());
      EXPECT_TRUE(same(frame, *read)) << name_of(frame);
    }
  }
}

TEST(Frames, AreRefusedWhereverTheyAreCutShort) {
  Stream stream("cluster/frames-cut");

  for (int round = 0; round < 20; ++round) {
    for (const Frame& frame : random_frames(stream, body_bytes)) {
      const Bytes message = encode(frame);
      for (std::size_t size = 0; size < message.size(); ++size) {
        // A chunk is as long as its message, as long as it has a byte.
        if (std::holds_alternative<Chunk>(frame) && size > chunk_header_bytes) continue;
        EXPECT_NE(fault_of(std::span(message).first(size)), "") << name_of(frame) << ", " << size;
      }
    }
  }
}

TEST(Frames, OfAHelloInAnotherVersionOnlyTheVersionIsRead) {
  Bytes hello = encode(Hello{.protocol = protocol_version + 1, .program = "next", .slots = 9});
  hello.resize(7);

  const auto read = decode(hello);

  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Hello>(*read), Hello{.protocol = protocol_version + 1});
}

TEST(Frames, AreRefusedWithBytesBehindThem) {
  Stream stream("cluster/frames-long");

  for (const Frame& frame : random_frames(stream, body_bytes)) {
    if (std::holds_alternative<Chunk>(frame)) continue;
    Bytes message = encode(frame);
    message.push_back(std::byte{0});
    EXPECT_THAT(fault_of(message),
                AllOf(HasSubstr(std::string(name_of(frame))), HasSubstr("1 bytes too many")));
  }
}

TEST(Frames, SurviveAnyOneByteChanged) {
  Stream stream("cluster/frames-corrupt");

  for (const Frame& frame : random_frames(stream, body_bytes)) {
    const Bytes message = encode(frame);
    for (std::size_t place = 0; place < message.size(); ++place) {
      for (int change = 1; change < 256; ++change) {
        Bytes changed = message;
        changed[place] ^= static_cast<std::byte>(change);
        const auto read = decode(changed);
        // What is taken for a frame says what its bytes say.
        if (!read || is_of_another_version(*read)) continue;
        EXPECT_EQ(encode(*read), changed) << name_of(frame) << ", byte " << place;
      }
    }
  }
}

TEST(Frames, AreRefusedWithValuesOutsideTheirRanges) {
  const auto update = [](auto change) {
    UpdateOffer offer;
    change(offer);
    return fault_of(encode(offer));
  };

  EXPECT_THAT(update([](auto& u) { u.factor = std::numeric_limits<double>::quiet_NaN(); }),
              HasSubstr("not finite"));
  EXPECT_THAT(update([](auto& u) { u.seconds = std::numeric_limits<double>::infinity(); }),
              HasSubstr("not finite"));
  EXPECT_THAT(update([](auto& u) { u.seconds = -1; }), HasSubstr("less than none"));
  EXPECT_THAT(update([](auto& u) { u.bytes = body_bytes_max + 1; }), HasSubstr("is more than"));
  EXPECT_THAT(update([](auto& u) { u.packing = static_cast<Packing>(7); }),
              HasSubstr("7 has no meaning"));
  EXPECT_THAT(fault_of(encode(Refused{.reason = static_cast<Refusal>(0)})),
              HasSubstr("0 has no meaning"));
  EXPECT_THAT(fault_of(encode(Farewell{.reason = static_cast<Parting>(11)})),
              HasSubstr("11 has no meaning"));
  EXPECT_THAT(fault_of(encode(Welcome{.dimension = dimension_max + 1})), HasSubstr("is more than"));
  EXPECT_THAT(fault_of(encode(Welcome{.lease = {-1}})), HasSubstr("is more than"));
  EXPECT_THAT(fault_of(encode(Chunk{})), HasSubstr("a byte at least"));
}

TEST(Frames, AreRefusedWhenAFlagIsNeitherYesNorNo) {
  Bytes message = encode(Applied{});
  message.back() = std::byte{2};

  EXPECT_EQ(fault_of(message), "Applied, byte 10: 2 is neither 0 (no) nor 1 (yes)");
}

TEST(Frames, AreRefusedWhenNoKindHasTheirNumber) {
  EXPECT_EQ(fault_of({}), "frame, byte 0: the message is empty");
  EXPECT_EQ(fault_of(Bytes{std::byte{13}}), "frame, byte 0: no frame has the number 13");
}

TEST(Frames, ClaimNoMoreThanTheyHold) {
  Bytes message = encode(Hello{});
  // The list of workers is the 4 bytes before the 4 of `slots`.
  const std::size_t list = message.size() - 8;
  message[list + 2] = std::byte{1};

  EXPECT_EQ(fault_of(message), "Hello, byte 19: the message is cut short");

  message[list + 3] = std::byte{255};
  EXPECT_THAT(fault_of(message), HasSubstr("4278255616 is more than 200000"));
}

TEST(Frames, AreNoLongerThanTheirLimit) {
  Bytes message = encode(Failed{});
  message.resize(frame_bytes_max + 1);

  EXPECT_THAT(fault_of(message), HasSubstr("1048577 bytes are more than 1048576"));
}

TEST(Frames, HoldAnExperimentOfMegabytes) {
  const Welcome welcome{.experiment = std::string(2 * frame_bytes_max, 'x')};

  const auto read = decode(encode(welcome));

  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Welcome>(*read), welcome);
}

TEST(Frames, CutTextsForPeopleBetweenTwoCharacters) {
  std::string text(text_bytes_max - 1, 'x');
  text += "\u00e4";  // two bytes, of which one would fit

  const auto read = decode(encode(Failed{.ticket = 1, .text = text}));

  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Failed>(*read).text, std::string(text_bytes_max - 1, 'x'));
}

TEST(Frames, LeaveAChunksBytesWhereTheyAre) {
  const Bytes message = encode(Chunk{.offset = 5, .bytes = body_bytes});

  const auto read = decode(message);

  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Chunk>(*read).bytes.data(), message.data() + chunk_header_bytes);
}

TEST(Frames, BeginAChunkWithItsHeader) {
  Bytes message(chunk_header_bytes);
  encode_chunk_header(0x0123456789, std::span<std::byte, chunk_header_bytes>(message));

  message.insert(message.end(), std::begin(body_bytes), std::end(body_bytes));

  EXPECT_EQ(message, encode(Chunk{.offset = 0x0123456789, .bytes = body_bytes}));
}

}  // namespace
}  // namespace tailrace::cluster
