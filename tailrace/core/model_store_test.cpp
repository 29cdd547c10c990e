#include "tailrace/core/model_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tailrace/core/random.hpp"

namespace tailrace {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

/// x <- x + 1 in every coordinate.
void step(ModelStore& store) {
  const auto [from, to] = store.begin_step();
  for (std::size_t i = 0; i < store.dimension(); ++i) to[i] = from[i] + 1;
  store.end_step();
}

TEST(ModelStore, StepsInPlaceWhenNobodyReadsTheCurrentVersion) {
  ModelStore store(std::vector<Real>{1, 2});
  const Real* before = store.current().data();

  step(store);

  EXPECT_EQ(store.current().data(), before);
  EXPECT_THAT(store.current(), ElementsAre(2, 3));
  EXPECT_EQ(store.version(), 1u);
  EXPECT_EQ(store.versions_alive(), 1u);
}

TEST(ModelStore, StepsBesideAPinnedVersionAndLeavesItAlone) {
  ModelStore store(std::vector<Real>{1, 2});

  const ModelStore::Slot pinned = store.pin();
  step(store);
  step(store);

  EXPECT_THAT(store.at(pinned), ElementsAre(1, 2));
  EXPECT_THAT(store.current(), ElementsAre(3, 4));
  EXPECT_EQ(store.versions_alive(), 2u);
}

TEST(ModelStore, KeepsAVersionUntilItsLastReaderReleasesIt) {
  ModelStore store(std::vector<Real>{1});
  const ModelStore::Slot pinned = store.pin();
  store.pin_again(pinned);
  step(store);

  store.release(pinned);
  EXPECT_EQ(store.versions_alive(), 2u);
  EXPECT_THAT(store.at(pinned), ElementsAre(1));

  store.release(pinned);
  EXPECT_EQ(store.versions_alive(), 1u);
}

TEST(ModelStore, KeepsTheCurrentVersionWhenItsReaderLeaves) {
  ModelStore store(std::vector<Real>{5});

  store.release(store.pin());
  step(store);

  EXPECT_THAT(store.current(), ElementsAre(6));
  EXPECT_EQ(store.versions_alive(), 1u);
}

TEST(ModelStore, ReusesTheBuffersOfVersionsNobodyNeeds) {
  ModelStore store(std::vector<Real>(1 << 20, 0));  // 4 MB: one buffer per slab
  std::vector<ModelStore::Slot> seen;

  for (int i = 0; i < 10; ++i) {
    const ModelStore::Slot pinned = store.pin();
    seen.push_back(pinned);
    step(store);
    store.release(pinned);
  }

  EXPECT_THAT(seen, ElementsAre(0, 1, 0, 1, 0, 1, 0, 1, 0, 1));
}

TEST(ModelStore, AlignsSmallModelsTo16BytesAndLargeOnesTo64) {
  for (const std::size_t dimension : {1u, 10u, 1023u, 1024u, 5000u}) {
    ModelStore store(std::vector<Real>(dimension, 0));
    const std::uintptr_t alignment = dimension >= 1024 ? 64 : 16;
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(store.current().data()) % alignment, 0u);
      store.pin();
      step(store);
    }
  }
}

TEST(ModelStore, NeverMovesAPinnedVersionWhileManyMoreAppear) {
  ModelStore store(std::vector<Real>{0});
  std::vector<ModelStore::Slot> slots;
  std::vector<const Real*> places;
  for (int i = 0; i < 100'000; ++i) {
    slots.push_back(store.pin());
    places.push_back(store.current().data());
    step(store);
  }

  for (std::size_t i = 0; i < slots.size(); ++i) {
    ASSERT_EQ(store.at(slots[i]).data(), places[i]);
    ASSERT_EQ(store.at(slots[i])[0], static_cast<Real>(i));
  }
}

TEST(ModelStore, MatchesAPlainListOfVersionsUnderRandomUse) {
  ModelStore store(std::vector<Real>{0, 0, 0});
  std::vector<std::pair<ModelStore::Slot, Real>> readers;
  Stream stream("model store");

  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t choice = stream.below(3);
    if (choice == 0) {
      readers.emplace_back(store.pin(), store.current()[0]);
    } else if (choice == 1) {
      step(store);
    } else if (!readers.empty()) {
      std::swap(readers[stream.below(readers.size())], readers.back());
      const auto [slot, value] = readers.back();
      ASSERT_THAT(store.at(slot), ElementsAre(value, value, value));
      store.release(slot);
      readers.pop_back();
    }
  }
}

TEST(ModelStore, RestoresVersionsUnderTheirSlotsWithTheirPins) {
  ModelStore store(std::vector<Real>{1, 2});
  const ModelStore::Slot first = store.pin();
  step(store);
  const ModelStore::Slot second = store.pin();
  store.pin_again(second);
  step(store);
  Archive writer = Archive::writer();
  store.state(writer);

  ModelStore restored(std::vector<Real>{0, 0});
  Archive reader = Archive::reader(writer.bytes());
  restored.state(reader);

  ASSERT_TRUE(reader.finished());
  EXPECT_EQ(restored.version(), 2u);
  EXPECT_THAT(restored.current(), ElementsAre(3, 4));
  EXPECT_THAT(restored.at(first), ElementsAre(1, 2));
  EXPECT_THAT(restored.at(second), ElementsAre(2, 3));
  EXPECT_EQ(restored.versions_alive(), 3u);
  restored.release(first);
  restored.release(second);
  EXPECT_EQ(restored.versions_alive(), 2u);
  restored.release(second);
  EXPECT_EQ(restored.versions_alive(), 1u);
}

TEST(ModelStore, RefusesTheStateOfAModelOfAnotherSize) {
  ModelStore small(std::vector<Real>{1, 2});
  Archive writer = Archive::writer();
  small.state(writer);

  ModelStore large(std::vector<Real>{7, 8, 9});
  Archive reader = Archive::reader(writer.bytes());
  large.state(reader);

  EXPECT_FALSE(reader.ok());
}

TEST(ModelStore, RefusesEveryTruncatedState) {
  ModelStore store(std::vector<Real>{1, 2});
  store.pin();
  step(store);
  Archive writer = Archive::writer();
  store.state(writer);

  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ModelStore restored(std::vector<Real>{0, 0});
    Archive reader = Archive::reader(std::span(writer.bytes()).first(size));
    restored.state(reader);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

}  // namespace
}  // namespace tailrace
