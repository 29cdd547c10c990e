#include "tailrace/report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/report/runs_test.hpp"

namespace tailrace::report {
namespace {

using testing::reached;
using testing::run_with;

TEST(SpreadOf, IsMedianMinimumAndMaximum) {
  const Spread odd = spread_of({3, 1, 2});
  const Spread even = spread_of({4, 1, 2, 3});

  EXPECT_EQ(odd.median, 2);
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.max, 3);
  EXPECT_EQ(even.median, 2.5);
}

TEST(SpreadOf, CountsNaNAsLargest) {
  const Spread spread = spread_of({NAN, 1, 2});

  EXPECT_EQ(spread.median, 2);
  EXPECT_EQ(spread.min, 1);
  EXPECT_TRUE(std::isnan(spread.max));
}

TEST(SpreadOf, HasTheMedianOfTwoRunsThatNeverEnd) {
  EXPECT_EQ(spread_of({INFINITY, INFINITY}).median, INFINITY);
}

TEST(Summarize, TakesMediansOverSeedsAndKeepsTheOrderOfMethods) {
  const std::vector<MethodSummary> summaries =
      summarize({run_with("b", 1, {1, 0.5}), reached(run_with("a", 1, {1, 0.5, 0.2})),
                 run_with("b", 2, {1, 0.3}), reached(run_with("a", 2, {1, 0.1})),
                 run_with("b", 3, {1, 0.4}), run_with("a", 3, {1, 0.5, 0.5, 0.5})});

  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].method, "b");
  EXPECT_EQ(summaries[0].gradient_norm.median, 0.4);
  EXPECT_EQ(summaries[0].loss.median, 0.8);
  EXPECT_EQ(summaries[0].reached, 0U);
  EXPECT_EQ(summaries[0].ending, "time limit");
  EXPECT_EQ(summaries[1].reached, 2U);
  EXPECT_EQ(summaries[1].target_seconds.min, 10);
  EXPECT_EQ(summaries[1].target_seconds.median, 20);
  EXPECT_EQ(summaries[1].target_seconds.max, INFINITY);
  EXPECT_EQ(summaries[1].ending, "2 of 3 target reached");
}

TEST(Summarize, LetsNoDivergenceGoUnseen) {
  Outcome diverged = run_with("m", 1, {1, NAN});
  diverged.ending = engine::Ending::diverged;

  EXPECT_EQ(summarize({diverged, run_with("m", 2, {1, 1}), run_with("m", 3, {1, 1})})[0].ending,
            "1 of 3 diverged");
}

TEST(BestOfGroups, KeepsTheFirstAtTheTargetAndAllThatStandAlone) {
  const std::vector<MethodSummary> summaries =
      summarize({run_with("alone", 1, {1, 1}), reached(run_with("grid-1", 1, {1, 1, 0.1})),
                 reached(run_with("grid-2", 1, {1, 0.1})), run_with("grid-3", 1, {1, 0.01}),
                 run_with("other-1", 1, {1, 0.5}), run_with("other-2", 1, {1, 0.4}),
                 run_with("other-3", 1, {1, NAN})});

  EXPECT_THAT(best_of_groups(summaries, {{"alone", ""},
                                         {"grid-1", "grid"},
                                         {"grid-2", "grid"},
                                         {"grid-3", "grid"},
                                         {"other-1", "other"},
                                         {"other-2", "other"},
                                         {"other-3", "other"}}),
              ::testing::ElementsAre("alone", "grid-2", "other-2"));
}

// A network that has died: a gradient of nothing, and the loss of guessing.
TEST(BestOfGroups, GoesByTheTargetsMetricWhereNothingReachedTheTarget) {
  Outcome dead = run_with("grid-dead", 1, {1, 0});
  dead.samples.back().evaluation = {.loss = 2.3, .gradient_norm = 0, .accuracy = 0.1};
  Outcome alive = run_with("grid-alive", 1, {1, 0.2});
  alive.samples.back().evaluation = {.loss = 0.4, .gradient_norm = 0.2, .accuracy = 0.9};
  const std::vector<MethodSummary> summaries = summarize({dead, alive});
  const std::map<std::string, std::string> groups = {{"grid-dead", "grid"}, {"grid-alive", "grid"}};

  EXPECT_THAT(best_of_groups(summaries, groups), ::testing::ElementsAre("grid-dead"));
  EXPECT_THAT(best_of_groups(summaries, groups, engine::Metric::loss),
              ::testing::ElementsAre("grid-alive"));
  EXPECT_THAT(best_of_groups(summaries, groups, engine::Metric::accuracy),
              ::testing::ElementsAre("grid-alive"));
}

TEST(SummaryCsv, HasALineForEveryRun) {
  Outcome measured = run_with("b", 4, {1, 0.25});
  measured.effective_workers = 3.5;
  measured.measures = Measures{.sequence_correlation = 2, .delay_variance = 8};

  EXPECT_EQ(
      summary_csv({reached(run_with("a", 4, {1, 0.5})), measured}),
      "method,seed,ending,target_time_s,time_s,steps,gradients,loss,gradient_norm,accuracy,"
      "test_accuracy,test_score,staleness_mean,staleness_max,concurrency_mean,concurrency_max,"
      "effective_workers,utilization_mean,discarded,sequence_correlation,delay_variance,"
      "virtual_distance_max,model\n"
      "a,4,target reached,10,10,100,200,1,0.5,,,,0,0,0,0,0,0,0,,,,0000000000000000\n"
      "b,4,time limit,,10,100,200,0.5,0.25,,,,0,0,0,0,3.5,0,0,2,8,,0000000000000000\n");
}

TEST(SummaryJson, HasNullForATimeThatNeverCame) {
  const std::string json = summary_json(summarize({run_with("b", 1, {1, 0.5})}));

  EXPECT_THAT(json, ::testing::HasSubstr("\"method\": \"b\""));
  EXPECT_THAT(json, ::testing::ContainsRegex("\"target_time_s\": \\{\n *\"median\": null"));
}

}  // namespace
}  // namespace tailrace::report
