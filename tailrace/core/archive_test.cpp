#include "tailrace/core/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tailrace/core/random.hpp"

namespace tailrace {
namespace {

struct Entry {
  std::string name;
  std::vector<float> values;

  void state(Archive& archive) { archive(name, values); }
  bool operator==(const Entry&) const = default;
};

struct Everything {
  std::int32_t number = 0;
  double ratio = 0;
  bool flag = false;
  std::string text;
  std::vector<std::uint64_t> list;
  std::vector<Entry> entries;
  std::vector<std::vector<int>> nested;

  void state(Archive& archive) { archive(number, ratio, flag, text, list, entries, nested); }
  bool operator==(const Everything&) const = default;
};

const Everything example = {-7,
                            0.1,
                            true,
                            "tail\0race",
                            {1, 2, 3},
                            {{"a", {1.5f}}, {"", {}}, {"b", {2, 3}}},
                            {{}, {1}, {2, 3}}};

std::vector<std::byte> written(Everything value) {
  Archive archive = Archive::writer();
  archive(value);
  return archive.bytes();
}

TEST(Archive, ReadsBackWhatItWrote) {
  const std::vector<std::byte> bytes = written(example);
  Everything value;

  Archive reader = Archive::reader(bytes);
  reader(value);

  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(value, example);
}

TEST(Archive, ReplacesWhatTheReaderHeldBefore) {
  const std::vector<std::byte> bytes = written(Everything{});
  Everything value = example;

  Archive reader = Archive::reader(bytes);
  reader(value);

  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(value, Everything{});
}

TEST(Archive, NoticesEveryTruncation) {
  const std::vector<std::byte> bytes = written(example);

  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Everything value;
    Archive reader = Archive::reader(std::span(bytes).first(size));
    reader(value);
    EXPECT_FALSE(reader.ok()) << size;
    EXPECT_FALSE(reader.finished()) << size;
  }
}

TEST(Archive, NoticesBytesThatAreLeftOver) {
  std::vector<std::byte> bytes = written(example);
  bytes.push_back(std::byte{0});
  Everything value;

  Archive reader = Archive::reader(bytes);
  reader(value);

  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.finished());
}

template <class T>
void expect_refused_without_allocating(std::uint64_t length) {
  std::vector<std::byte> bytes(sizeof length + 16);
  std::memcpy(bytes.data(), &length, sizeof length);
  T value;

  Archive reader = Archive::reader(bytes);
  reader(value);

  EXPECT_FALSE(reader.ok()) << length;
  EXPECT_LE(value.capacity(), 64u) << length;
}

TEST(Archive, RefusesLengthsThatTheBytesCannotHold) {
  for (const std::uint64_t length : {std::uint64_t{1} << 20, std::uint64_t{1} << 40,
                                     (std::uint64_t{1} << 61) + 1, ~std::uint64_t{0}}) {
    expect_refused_without_allocating<std::vector<double>>(length);
    expect_refused_without_allocating<std::vector<Entry>>(length);
    expect_refused_without_allocating<std::string>(length);
  }
}

TEST(Archive, LeavesTheRestUntouchedAfterTheFirstFailure) {
  const std::vector<std::byte> bytes(6);
  std::int32_t first = 1;
  std::int32_t second = 2;
  bool third = true;
  std::vector<int> fourth = {4};

  Archive reader = Archive::reader(bytes);
  reader(first, second, third, fourth);

  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 2);
  EXPECT_TRUE(third);
  EXPECT_THAT(fourth, ::testing::ElementsAre(4));
}

TEST(Archive, RefusesABoolThatIsNeitherZeroNorOne) {
  const std::vector<std::byte> bytes = {std::byte{2}};
  bool value = false;

  Archive reader = Archive::reader(bytes);
  reader(value);

  EXPECT_FALSE(reader.ok());
}

TEST(Archive, SurvivesFlippedBytes) {
  const std::vector<std::byte> bytes = written(example);
  Stream stream("archive flips");

  for (int i = 0; i < 5000; ++i) {
    std::vector<std::byte> damaged = bytes;
    for (std::uint64_t flips = 1 + stream.below(4); flips > 0; --flips) {
      damaged[stream.below(damaged.size())] = static_cast<std::byte>(stream.bits32());
    }
    Everything value;
    Archive reader = Archive::reader(damaged);
    reader(value);
    EXPECT_LE(value.entries.size(), damaged.size());
  }
}

TEST(Archive, StaysRefusedOnceAReaderFindsAContradiction) {
  const std::vector<std::byte> bytes(8);
  std::int32_t value = 0;

  Archive reader = Archive::reader(bytes);
  reader(value);
  reader.refuse();
  reader(value);

  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.finished());
}

}  // namespace
}  // namespace tailrace
