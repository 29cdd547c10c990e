#include "tailrace/report/comparison.hpp"

#include <gtest/gtest.h>

#include "tailrace/report/runs_test.hpp"

namespace tailrace::report {
namespace {

using testing::reached;
using testing::run_with;

const ComparisonOptions options{
    .title = "t", .target = engine::Target{.metric = engine::Metric::gradient_norm, .below = 0.2}};

TEST(Comparison, DrawsTheMedianAndTheRangeOfSeeds) {
  const Chart chart = comparison_chart(
      {run_with("m", 1, {1, 0.5}), run_with("m", 2, {1, 0.3}), run_with("m", 3, {1, 0.4})},
      options);

  ASSERT_EQ(chart.series.size(), 1U);
  ASSERT_EQ(chart.series[0].points.size(), 2U);
  EXPECT_EQ(chart.series[0].points[1].x, 10);
  EXPECT_EQ(chart.series[0].points[1].y, 0.4);
  EXPECT_EQ(chart.series[0].points[1].low, 0.3);
  EXPECT_EQ(chart.series[0].points[1].high, 0.5);
  EXPECT_EQ(chart.subtitle, "gradient norm of the full problem: median and range of 3 seeds");
}

TEST(Comparison, CanBeDrawnOverServerSteps) {
  ComparisonOptions over_steps = options;
  over_steps.over = Over::steps;
  const Outcome run = run_with("m", 1, {1, 0.5});

  const Chart chart = comparison_chart({run}, over_steps);

  EXPECT_EQ(chart.x_label, "server steps");
  EXPECT_EQ(chart.series[0].points[1].x, static_cast<double>(run.samples[1].step));
}

TEST(Comparison, CanBeDrawnOverGradients) {
  ComparisonOptions over_gradients = options;
  over_gradients.over = Over::gradients;

  const Chart chart = comparison_chart({run_with("m", 1, {1, 0.5, 0.4})}, over_gradients);

  EXPECT_EQ(chart.x_label, "gradients");
  EXPECT_EQ(chart.series[0].points[2].x, 400);
  EXPECT_EQ(chart.series[0].points[2].y, 0.4);
}

TEST(Comparison, EndsALineAtTheMedianEndOfItsRuns) {
  const Chart chart =
      comparison_chart({reached(run_with("m", 1, {1, 0.1})), reached(run_with("m", 2, {1, 1, 0.1})),
                        run_with("m", 3, {1, 1, 1, 1})},
                       options);

  EXPECT_EQ(chart.series[0].points.back().x, 20);
  EXPECT_EQ(chart.series[0].points.back().y, 0.1);  // the first run counts with its last value
  EXPECT_EQ(chart.series[0].end, EndMark::dot);
  EXPECT_EQ(chart.target, 0.2);
}

TEST(Comparison, MarksAMethodThatDiverged) {
  Outcome diverged = run_with("m", 1, {1, 1e30});
  diverged.ending = engine::Ending::diverged;

  const Chart chart = comparison_chart({diverged, run_with("calm", 1, {1, 0.5})}, options);

  EXPECT_EQ(chart.series[0].end, EndMark::cross);
  EXPECT_LE(chart.y.high, 10) << "an explosion must not flatten the others";
}

TEST(Comparison, ThinsOutLongRuns) {
  const Chart chart = comparison_chart({run_with("m", 1, std::vector<double>(10'000, 1))}, options);

  EXPECT_LE(chart.series[0].points.size(), 401U);
  EXPECT_EQ(chart.series[0].points.back().x, 99'990);
}

TEST(Comparison, ShowsSharesOnALinearAxis) {
  Outcome outcome = run_with("m", 1, {1, 1});
  outcome.samples[0].evaluation.accuracy = 0.5;
  outcome.samples[1].evaluation.accuracy = 0.8;

  const Chart chart = comparison_chart(
      {outcome},
      {.title = "t",
       .target = engine::Target{.metric = engine::Metric::accuracy, .below = {}, .above = 0.9}});

  EXPECT_FALSE(chart.y.logarithmic);
  EXPECT_EQ(chart.y.low, 0.5);
  EXPECT_EQ(chart.y.high, 0.9);
}

}  // namespace
}  // namespace tailrace::report
