#include "tailrace/report/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tailrace/report/runs_test.hpp"

namespace tailrace::report {
namespace {

using testing::reached;
using testing::run_with;

std::string lines_of(const Outcome& outcome) {
  std::string lines;
  for (const engine::Sample& sample : outcome.samples) lines += json_line(sample) + '\n';
  return lines;
}

TEST(OutcomeJson, ReadsBackToTheSameRun) {
  Outcome outcome = reached(run_with("clip2", 7, {1, 1.0 / 3, 0.1}));
  outcome.fingerprint = 0xfedcba9876543211;
  outcome.samples[1].evaluation.test_accuracy = 0.75;
  outcome.samples[1].staleness_mean = 1.5;
  outcome.staleness_max = 31;
  outcome.effective_workers = 3.25;
  outcome.measures = Measures{.sequence_correlation = 2,
                              .delay_variance = 1.0 / 3,
                              .virtual_distance_max = 0.5,
                              .virtual_distance_mean = 0.25};
  outcome.model_hash = 0xfedcba9876543210;
  outcome.remarks = {"privacy: (1, 1e-05)"};

  const Result<Outcome> copy =
      outcome_from_json(to_json(outcome), lines_of(outcome), "result.json");

  ASSERT_TRUE(copy) << to_string(copy.error());
  EXPECT_EQ(to_json(*copy), to_json(outcome));
  EXPECT_EQ(lines_of(*copy), lines_of(outcome));
  EXPECT_EQ(copy->ending, engine::Ending::target);
  EXPECT_EQ(copy->target->time, Time{20'000'000'000});
  EXPECT_EQ(copy->samples[1].evaluation.test_accuracy, 0.75);
  EXPECT_EQ(copy->fingerprint, 0xfedcba9876543211);
  EXPECT_EQ(copy->effective_workers, 3.25);
  ASSERT_TRUE(copy->measures);
  EXPECT_EQ(copy->measures->delay_variance, 1.0 / 3);
  EXPECT_EQ(copy->measures->virtual_distance_mean, 0.25);
  EXPECT_EQ(copy->model_hash, 0xfedcba9876543210);
  EXPECT_EQ(copy->remarks, outcome.remarks);
}

TEST(OutcomeJson, TurnsWhatJsonLacksIntoNull) {
  const Outcome outcome = run_with("m", 1, {1, INFINITY});

  const Result<Outcome> copy =
      outcome_from_json(to_json(outcome), lines_of(outcome), "result.json");

  EXPECT_THAT(to_json(outcome), ::testing::HasSubstr("\"loss\": null"));
  ASSERT_TRUE(copy);
  EXPECT_TRUE(std::isnan(copy->samples[1].evaluation.loss));
}

TEST(OutcomeJson, RefusesATornFile) {
  const Outcome outcome = run_with("m", 1, {1, 2});
  const std::string json = to_json(outcome);

  EXPECT_FALSE(
      outcome_from_json(json.substr(0, json.size() / 2), lines_of(outcome), "result.json"));
  EXPECT_FALSE(outcome_from_json(json, "", "result.json"));
  EXPECT_FALSE(outcome_from_json("{}", lines_of(outcome), "result.json"));
  EXPECT_EQ(outcome_from_json("[", "", "a/result.json").error()[0].where, "a/result.json");
}

TEST(Csv, HasAColumnForEveryName) {
  engine::Sample sample = run_with("m", 1, {1, 0.5}).samples[1];
  sample.evaluation.accuracy = 0.9;
  sample.staleness_mean = 2.5;
  sample.staleness_max = 4;
  sample.discarded = 3;

  EXPECT_EQ(csv_header(),
            "step,time_s,gradients,loss,gradient_norm,accuracy,test_loss,test_accuracy,test_score,"
            "staleness_mean,staleness_max,discarded");
  EXPECT_EQ(csv_line(sample), "100,10,200,1,0.5,0.9,,,,2.5,4,3");
}

}  // namespace
}  // namespace tailrace::report
