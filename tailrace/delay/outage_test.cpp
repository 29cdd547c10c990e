#include "tailrace/delay/outage.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/core/random.hpp"
#include "tailrace/core/statistical_test.hpp"

namespace tailrace::delay {
namespace {

/// Worker 0: up on [0, 10), down on [10, 14), up on [14, 24), ... in ns.
constexpr Outage ten_up_four_down{.up = {10}, .down = {4}, .law = Outage::Law::fixed};
constexpr Outage random_cycles{.up = {1'000}, .down = {400}, .law = Outage::Law::exponential};

void expect_span(Outages::Span span, std::int64_t start, std::int64_t end) {
  EXPECT_EQ(span.start.ns, start);
  EXPECT_EQ(span.end.ns, end);
}

TEST(Outages, PauseAJobAndShiftItsEndByTheTimeAway) {
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {3}, {3}, {5}), 3, 8);  // all within [0, 10)
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {3}, {3}, {9}), 3, 16);   // 7 + away 4 + 2
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {3}, {3}, {25}), 3, 36);  // away twice
}

TEST(Outages, EndAJobExactlyWhereTheTimeAwayBegins) {
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {3}, {3}, {7}), 3, 10);
}

TEST(Outages, HoldBackAJobThatWouldStartWhileAway) {
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {10}, {10}, {1}), 14, 15);
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {13}, {13}, {0}), 14, 14);
  expect_span(Outages(ten_up_four_down, 1, 1).place(0, {14}, {14}, {1}), 14, 15);
}

TEST(Outages, StaggerFixedCyclesEvenlyAmongWorkers) {
  // Worker 1 of 2 begins half of 14 ns into its cycle: up until 3, away until 7.
  expect_span(Outages(ten_up_four_down, 2, 1).place(1, {0}, {0}, {4}), 0, 8);
}

TEST(Outages, WithoutTimeAwayChangeNothing) {
  const Outage never_away{.up = {10}, .down = {0}, .law = Outage::Law::fixed};

  expect_span(Outages(never_away, 1, 1).place(0, {3}, {3}, {1'000}), 3, 1'003);
}

TEST(Outages, SplitOneJobIntoTwoInARowWithoutChangingItsEnd) {
  Stream stream("outage split");
  Outages whole(random_cycles, 4, 7);
  Outages halves(random_cycles, 4, 7);
  Time now{0};
  for (int i = 0; i < 2'000; ++i) {
    const auto worker = static_cast<WorkerId>(stream.below(4));
    const Time work{static_cast<std::int64_t>(stream.below(3'000))};
    const Time first{
        static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(work.ns) + 1))};

    const Outages::Span once = whole.place(worker, now, now, work);
    const Outages::Span half = halves.place(worker, now, now, first);
    const Outages::Span rest = halves.place(worker, half.end, half.end, work - first);

    ASSERT_EQ(half.start, once.start);
    if (first < work) {
      ASSERT_EQ(rest.end, once.end);
    }
    now = once.end + Time{static_cast<std::int64_t>(stream.below(2'000))};
  }
}

TEST(Outages, AnswerTheSameWhateverWasAskedAboutLaterTimes) {
  Outages asked(random_cycles, 1, 7);
  asked.place(0, {0}, {500'000}, {100'000});  // a job that is canceled before it starts

  const Outages::Span span = asked.place(0, {100}, {100}, {5'000});

  const Outages::Span fresh = Outages(random_cycles, 1, 7).place(0, {100}, {100}, {5'000});
  EXPECT_EQ(span.start, fresh.start);
  EXPECT_EQ(span.end, fresh.end);
}

TEST(Outages, TakeTheShareOfTimeThatTheirMeansSay) {
  // 2000 workers, each 100 mean up times of work: the number of times away is Poisson(100), their
  // sum has mean 100 down and variance 100 * 2 down^2. False alarm 6e-7.
  constexpr double up = 1e6;
  constexpr double down = 4e5;
  Outages outages({.up = {1'000'000}, .down = {400'000}}, 2'000, 3);
  WorkerId worker = 0;
  const auto away = tailrace::testing::sample(2'000, [&] {
    const Outages::Span span =
        outages.place(worker++, {0}, {0}, {static_cast<std::int64_t>(100 * up)});
    return static_cast<double>(span.end.ns) - 100 * up;
  });

  tailrace::testing::expect_mean(away, 100 * down, down * std::sqrt(200));
}

TEST(Outages, GoOnFromASavedStateWithTheSameAnswers) {
  Outages original(random_cycles, 2, 5);
  original.place(1, {50'000}, {50'000}, {10});
  Archive writer = Archive::writer();
  original.state(writer);

  Outages restored(random_cycles, 2, 5);
  Archive reader = Archive::reader(writer.bytes());
  restored.state(reader);

  ASSERT_TRUE(reader.finished());
  const Outages::Span expected = original.place(1, {60'000}, {60'000}, {5'000});
  expect_span(restored.place(1, {60'000}, {60'000}, {5'000}), expected.start.ns, expected.end.ns);
}

TEST(Outages, RefuseTheStateOfAnotherNumberOfWorkers) {
  Outages two(random_cycles, 2, 5);
  Archive writer = Archive::writer();
  two.state(writer);

  Outages three(random_cycles, 3, 5);
  Archive reader = Archive::reader(writer.bytes());
  three.state(reader);

  EXPECT_FALSE(reader.ok());
}

TEST(Outages, EndNoJobThatNeverEndsOrLastsBeyondAMillionCycles) {
  Outages outages(ten_up_four_down, 1, 1);

  EXPECT_EQ(outages.place(0, {0}, {0}, Time::never()).end, Time::never());
  EXPECT_EQ(outages.place(0, {0}, {0}, {100'000'000'000}).end, Time::never());
  EXPECT_EQ(outages.place(0, {0}, {0}, {9'000'000}).end, Time{9'000'000 + 4 * 899'999});
}

TEST(Outages, StartNoJobBehindOneThatNeverEndsOrBeyondAMillionCycles) {
  Outages outages(ten_up_four_down, 1, 1);

  EXPECT_EQ(outages.place(0, {0}, Time::never(), {1}).start, Time::never());
  EXPECT_EQ(outages.place(0, {0}, {100'000'000'000}, {1}).start, Time::never());
  EXPECT_EQ(outages.place(0, {0}, {14'000'000}, {1}).start, Time{14'000'000});
}

}  // namespace
}  // namespace tailrace::delay
