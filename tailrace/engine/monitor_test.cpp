#include "tailrace/engine/monitor.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tailrace/engine/engine_test.hpp"

namespace tailrace::engine {
namespace {

/// Loss is the one parameter itself; says how often it was asked.
class OneNumber final : public problem::Problem {
 public:
  OneNumber() { layout_.add("x", {1}); }
  [[nodiscard]] const Layout& layout() const override { return layout_; }
  [[nodiscard]] std::size_t workers() const override { return 1; }
  void start(std::uint64_t /*seed*/, std::span<Real> out) const override { out[0] = 0; }
  [[nodiscard]] std::unique_ptr<problem::Oracle> oracle() const override { return nullptr; }
  [[nodiscard]] problem::Evaluation evaluate(std::span<const Real> model,
                                             Pool* /*pool*/) const override {
    ++evaluations;
    return {.loss = model[0], .gradient_norm = 10.0 * model[0]};
  }
  [[nodiscard]] std::string describe() const override { return "one number"; }
  mutable int evaluations = 0;

 private:
  Layout layout_;
};

class MonitorTest : public ::testing::Test {
 protected:
  Monitor monitor(const Stop& stop, const Evaluate& evaluate = {}) {
    return {problem_, stop, evaluate, &progress_, nullptr, nullptr};
  }
  Standing at(Version step, Time time = {}, std::uint64_t gradients = 0) {
    return {step, time, gradients, &counts_};
  }

  OneNumber problem_;
  Progress progress_;
  policy::ServerCounts counts_;
  const std::vector<Real> model_{Real{5}};
};

TEST_F(MonitorTest, EndsAtTheStepLimit) {
  Monitor monitor = this->monitor({.steps = 3});

  monitor.after_arrival(at(2), false);
  EXPECT_FALSE(monitor.ending());
  monitor.after_arrival(at(3), false);

  EXPECT_EQ(monitor.ending(), Ending::steps);
}

TEST_F(MonitorTest, EndsWhenAMillionEventsInARowBroughtNoUpdateOfUse) {
  Monitor monitor = this->monitor({.steps = 3});

  monitor.after_arrival(at(1), false);
  for (int event = 1; event < 1'000'000; ++event) {
    ++counts_.arrivals;
    ++counts_.discarded;
    monitor.after_arrival(at(1), false);
  }
  EXPECT_FALSE(monitor.ending());
  monitor.after_arrival(at(1), false);

  EXPECT_EQ(monitor.ending(), Ending::fruitless);
}

TEST_F(MonitorTest, WaitsForALargeBufferAsLongAsItFills) {
  Monitor monitor = this->monitor({.steps = 3});

  for (int event = 0; event < 1'500'000; ++event) {
    ++counts_.arrivals;
    monitor.after_arrival(at(1), false);
  }

  EXPECT_FALSE(monitor.ending());
}

TEST(Endings, AreReadBackFromTheirNames) {
  EXPECT_EQ(ending_from("no update of use"), Ending::fruitless);
  EXPECT_EQ(ending_from(to_string(Ending::target)), Ending::target);
  EXPECT_EQ(ending_from("tired"), std::nullopt);
}

TEST_F(MonitorTest, EndsAtTheGradientLimit) {
  Monitor monitor = this->monitor({.gradients = 10});

  monitor.after_arrival(at(1, {}, 9), false);
  EXPECT_FALSE(monitor.ending());
  monitor.after_arrival(at(1, {}, 12), false);

  EXPECT_EQ(monitor.ending(), Ending::gradients);
}

TEST_F(MonitorTest, EndsWhenTheTimeIsUp) {
  Monitor monitor = this->monitor({.time = Time{100}});

  EXPECT_EQ(monitor.next_moment(), Time{100});
  monitor.pass({99});
  EXPECT_FALSE(monitor.ending());
  monitor.pass({100});

  EXPECT_EQ(monitor.ending(), Ending::time);
}

TEST_F(MonitorTest, PlansNoEvaluationBeyondTheEndOfTime) {
  const Time every{Time::never().ns / 2 + 1};
  Monitor monitor = this->monitor({.steps = 3}, {.every = every});

  monitor.pass(every);

  EXPECT_EQ(monitor.next_moment(), Time::never());
}

TEST_F(MonitorTest, EndsWhenAStepHasDiverged) {
  Monitor monitor = this->monitor({.steps = 3});

  monitor.after_arrival(at(3), true);

  EXPECT_EQ(monitor.ending(), Ending::diverged);  // before the step limit: it explains more
}

TEST_F(MonitorTest, EndsWhenALossIsTooLargeOrNotANumber) {
  for (const double loss :
       {8.5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Monitor monitor = this->monitor({.loss_above = 8});

    monitor.record(at(1), {.loss = 8});
    EXPECT_FALSE(monitor.ending());
    monitor.record(at(2), {.loss = loss});

    EXPECT_EQ(monitor.ending(), Ending::diverged) << loss;
  }
}

TEST_F(MonitorTest, TreatsNotANumberAsDivergenceWithoutABound) {
  Monitor monitor = this->monitor({.steps = 3});

  monitor.record(at(1), {.loss = std::numeric_limits<double>::quiet_NaN()});

  EXPECT_EQ(monitor.ending(), Ending::diverged);
}

TEST_F(MonitorTest, EndsAtTheTargetAndRemembersWhereItWasReached) {
  Monitor monitor = this->monitor({.target = Target{.metric = Metric::loss, .below = 2}});

  monitor.record(at(1, {10}), {.loss = 2.5});
  EXPECT_FALSE(monitor.ending());
  monitor.record(at(2, {20}), {.loss = 2});
  monitor.record(at(3, {30}), {.loss = 1});
  RunResult result;
  monitor.finish(at(3, {30}), model_, result);

  EXPECT_EQ(result.ending, Ending::target);
  ASSERT_TRUE(result.target);
  EXPECT_EQ(result.target->step, 2U);
  EXPECT_EQ(result.target->time, Time{20});
}

TEST_F(MonitorTest, ReadsATargetAboveToo) {
  const Target target{.metric = Metric::test_accuracy, .above = 0.8};

  EXPECT_FALSE(target.reached({.accuracy = 0.9}));  // has no test accuracy
  EXPECT_FALSE(target.reached({.test_accuracy = 0.79}));
  EXPECT_TRUE(target.reached({.test_accuracy = 0.8}));
}

TEST_F(MonitorTest, KeepsTheFirstReasonToEnd) {
  Monitor monitor = this->monitor({.steps = 1});

  monitor.end(Ending::interrupted);
  monitor.after_arrival(at(1), false);

  EXPECT_EQ(monitor.ending(), Ending::interrupted);
}

TEST_F(MonitorTest, EvaluatesEverySoManySteps) {
  const Monitor monitor = this->monitor({.steps = 9}, {.every_steps = 3});

  EXPECT_FALSE(monitor.evaluates_after(2));
  EXPECT_TRUE(monitor.evaluates_after(3));
  EXPECT_FALSE(monitor.evaluates_after(4));
  EXPECT_TRUE(monitor.evaluates_after(6));
  EXPECT_EQ(monitor.next_moment(), Time::never());
}

TEST_F(MonitorTest, PlansEvaluationsOnAGridOfTime) {
  Monitor monitor = this->monitor({.time = Time{25}}, {.every = Time{10}});

  EXPECT_EQ(monitor.next_moment(), Time{10});
  EXPECT_FALSE(monitor.evaluation_due({9}));
  EXPECT_TRUE(monitor.evaluation_due({10}));
  monitor.pass({10});
  EXPECT_EQ(monitor.next_moment(), Time{20});
  monitor.pass({20});

  EXPECT_EQ(monitor.next_moment(), Time{25});  // the end comes before the third evaluation
  EXPECT_FALSE(monitor.evaluation_due({25}));
}

TEST_F(MonitorTest, SkipsGridMomentsThatAreLongGone) {
  Monitor monitor = this->monitor({.steps = 1}, {.every = Time{10}});

  monitor.pass({37});  // a real clock was busy during 10, 20 and 30

  EXPECT_EQ(monitor.next_moment(), Time{40});
}

TEST_F(MonitorTest, ComputesTheFiguresOfAVersionOnce) {
  Monitor monitor = this->monitor({.steps = 9});

  monitor.evaluate(at(0, {0}), model_);
  monitor.evaluate(at(0, {10}), model_);
  monitor.evaluate(at(1, {20}), model_);

  EXPECT_EQ(problem_.evaluations, 2);
  ASSERT_EQ(monitor.samples().size(), 3U);
  EXPECT_EQ(monitor.samples()[1].time, Time{10});
  EXPECT_EQ(monitor.samples()[1].evaluation.gradient_norm, 50);
}

TEST_F(MonitorTest, FinishesWithASampleOfTheFinalModelAndNoSecondOne) {
  Monitor monitor = this->monitor({.steps = 2});
  monitor.evaluate(at(0), model_);
  monitor.evaluate(at(2, {7}), model_);

  RunResult result;
  monitor.finish(at(2, {7}), model_, result);

  EXPECT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.steps, 2U);
  EXPECT_EQ(result.time, Time{7});
  EXPECT_EQ(result.model, model_);
  EXPECT_EQ(result.ending, Ending::idle);  // nobody said why
}

TEST_F(MonitorTest, CopiesTheServersCountsIntoItsSamples) {
  Monitor monitor = this->monitor({.steps = 2});
  counts_ = {.arrivals = 4, .discarded = 1, .staleness_max = 3, .staleness_sum = 6};

  monitor.evaluate(at(2, {7}, 40), model_);

  const Sample& sample = monitor.samples().back();
  EXPECT_EQ(sample.gradients, 40U);
  EXPECT_EQ(sample.staleness_mean, 1.5);  // 6 / 4
  EXPECT_EQ(sample.staleness_max, 3U);
  EXPECT_EQ(sample.discarded, 1U);
}

TEST_F(MonitorTest, ReportsTheShareOfTheNearestLimit) {
  Monitor monitor = this->monitor({.steps = 100, .time = Time{1000}});
  monitor.evaluate(at(0), model_);

  monitor.report(at(20, {500}, 60));

  EXPECT_EQ(progress_.steps, 20U);
  EXPECT_EQ(progress_.gradients, 60U);
  EXPECT_EQ(progress_.time_ns, 500);
  EXPECT_EQ(progress_.loss, 5);
  EXPECT_DOUBLE_EQ(progress_.share, 0.5);
  monitor.end(Ending::idle);
  monitor.report(at(20, {500}, 60));
  EXPECT_EQ(progress_.share, 1);
}

TEST_F(MonitorTest, ComesBackFromItsStateAndGoesOn) {
  Monitor monitor = this->monitor({.time = Time{100}}, {.every = Time{10}});
  monitor.evaluate(at(0), model_);
  monitor.pass({10});

  Archive writer = Archive::writer();
  writer(monitor);
  Archive reader = Archive::reader(writer.bytes());
  Monitor restored = this->monitor({.time = Time{15}}, {.every = Time{10}});
  reader(restored);

  ASSERT_TRUE(reader.finished());
  EXPECT_EQ(restored.samples().size(), 1U);
  EXPECT_EQ(restored.next_moment(), Time{15});  // the new end, before the next evaluation at 20
}

TEST(RunResult, SummarizesARunInAFewLines) {
  RunResult result{
      .ending = Ending::steps, .steps = 100, .time = Time{2'500'000'000}, .gradients = 120};
  result.samples.push_back({.evaluation = {.loss = 0.25, .gradient_norm = 0.5, .accuracy = 0.875}});
  result.counts = {.arrivals = 120, .discarded = 20, .staleness_max = 7, .staleness_sum = 360};
  result.model_hash = 0xabc;

  EXPECT_EQ(result.summary(),
            "step limit after 100 steps, 120 gradients and 2.5 s\n"
            "loss 0.25, gradient norm 0.5, accuracy 0.875\n"
            "staleness 3 on average, 7 at most; 20 updates discarded\n"
            "model 0000000000000abc");
}

}  // namespace
}  // namespace tailrace::engine
