#include "tailrace/engine/sim/event_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tailrace/core/random.hpp"

namespace tailrace::engine::sim {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint32_t> drain(EventQueue& queue) {
  std::vector<std::uint32_t> payloads;
  while (!queue.empty()) {
    payloads.push_back(queue.top().payload);
    queue.pop();
  }
  return payloads;
}

/// What a queue's state() writes, made by hand.
struct Contents {
  std::vector<Event> heap;
  std::uint32_t sequence = 0;
  void state(Archive& archive) { archive(heap, sequence); }
};

EventQueue queue_of(Contents contents) {
  Archive writer = Archive::writer();
  writer(contents);
  Archive reader = Archive::reader(writer.bytes());
  EventQueue queue;
  reader(queue);
  EXPECT_TRUE(reader.finished());
  return queue;
}

TEST(EventQueue, GivesEventsInTheOrderOfTheirTimes) {
  EventQueue queue;
  queue.push({30}, 3);
  queue.push({10}, 1);
  queue.push({20}, 2);

  EXPECT_EQ(queue.size(), 3U);
  EXPECT_THAT(drain(queue), ElementsAre(1, 2, 3));
}

TEST(EventQueue, BreaksTiesByTheOrderOfPlanning) {
  EventQueue queue;
  for (const std::uint32_t payload : {7U, 5U, 9U, 1U, 3U}) queue.push({10}, payload);

  EXPECT_THAT(drain(queue), ElementsAre(7, 5, 9, 1, 3));
}

TEST(EventQueue, FillsTheHoleThatPopLeaves) {
  EventQueue queue;
  for (const std::uint32_t time : {1U, 2U, 3U, 4U, 5U, 6U}) queue.push({time}, time);

  queue.pop();
  EXPECT_EQ(queue.size(), 5U);
  queue.push({10}, 10);  // into the hole
  EXPECT_EQ(queue.size(), 6U);
  queue.pop();
  queue.pop();  // closes one hole, leaves another
  EXPECT_EQ(queue.top().payload, 4U);

  EXPECT_THAT(drain(queue), ElementsAre(4, 5, 6, 10));
}

TEST(EventQueue, IsEmptyWhenItsOnlyEventIsAHole) {
  EventQueue queue;
  queue.push({5}, 1);
  queue.pop();

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
  queue.push({3}, 2);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(queue.top().payload, 2U);
}

TEST(EventQueue, AgreesWithASortedListOnRandomPushesAndPops) {
  Stream stream("event queue");
  EventQueue queue;
  std::vector<std::pair<std::int64_t, std::uint32_t>> list;  // (time, planned), planned = payload
  std::uint32_t planned = 0;

  for (int round = 0; round < 20000; ++round) {
    // Few distinct times, so that ties are common; long runs of pushes and of pops.
    const bool grow = (round / 500) % 2 == 0;
    if (list.empty() || stream.below(10) < (grow ? 7U : 3U)) {
      const auto time = static_cast<std::int64_t>(stream.below(50));
      queue.push({time}, planned);
      list.emplace_back(time, planned++);
    } else {
      const auto least = std::min_element(list.begin(), list.end());
      ASSERT_EQ(queue.top().ns, least->first);
      ASSERT_EQ(queue.top().payload, least->second);
      queue.pop();
      list.erase(least);
    }
    ASSERT_EQ(queue.size(), list.size());
  }
  std::sort(list.begin(), list.end());
  std::vector<std::uint32_t> rest;
  for (const auto& [time, payload] : list) rest.push_back(payload);
  EXPECT_EQ(drain(queue), rest);
}

TEST(EventQueue, KeepsItsOrderWhenSequenceNumbersRunOut) {
  // Three events that tie, planned with the last three numbers; their heap place is not their
  // order.
  EventQueue queue =
      queue_of({.heap = {{10, UINT32_MAX - 3, 1}, {10, UINT32_MAX - 1, 3}, {10, UINT32_MAX - 2, 2}},
                .sequence = UINT32_MAX});

  queue.push({10}, 4);
  queue.push({5}, 0);

  EXPECT_THAT(drain(queue), ElementsAre(0, 1, 2, 3, 4));
}

TEST(EventQueue, RunsOutOfSequenceNumbersWithAHoleToo) {
  EventQueue queue =
      queue_of({.heap = {{1, UINT32_MAX - 2, 1}, {10, UINT32_MAX - 1, 2}}, .sequence = UINT32_MAX});

  queue.pop();
  queue.push({10}, 3);
  queue.push({10}, 4);

  EXPECT_EQ(queue.size(), 3U);
  EXPECT_THAT(drain(queue), ElementsAre(2, 3, 4));
}

TEST(EventQueue, VisitsEveryWaitingEventOnce) {
  EventQueue queue;
  for (const std::uint32_t payload : {4U, 2U, 8U, 6U}) queue.push({payload}, payload);
  queue.pop();  // payload 2

  std::vector<std::uint32_t> seen;
  queue.each([&](const Event& event) { seen.push_back(event.payload); });

  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(4, 6, 8));
}

TEST(EventQueue, ComesBackFromItsStateWithTheSameFuture) {
  Stream stream("event queue state");
  EventQueue queue;
  for (std::uint32_t payload = 0; payload < 100; ++payload) {
    queue.push({static_cast<std::int64_t>(stream.below(20))}, payload);
  }
  queue.pop();  // the state is taken with a hole at the top

  Archive writer = Archive::writer();
  writer(queue);
  Archive reader = Archive::reader(writer.bytes());
  EventQueue restored;
  restored.push({1}, 77);  // must not survive
  reader(restored);

  ASSERT_TRUE(reader.finished());
  for (EventQueue* each : {&queue, &restored}) each->push({7}, 1000);  // ties with older events
  EXPECT_EQ(drain(restored), drain(queue));
}

}  // namespace
}  // namespace tailrace::engine::sim
