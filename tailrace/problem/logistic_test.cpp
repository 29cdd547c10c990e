#include "tailrace/problem/logistic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/core/statistical_test.hpp"
#include "tailrace/problem/logistic_problem.hpp"

namespace tailrace::problem {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Four samples, of which worker 0 has one and worker 1 three, in two features:
///     worker 0: +1 (1, 0)      worker 1: -1 (0, 2), +1 (4, 0), -1 without features
LogisticTask small_task() {
  LogisticTask task{.title = "logistic on four rows", .begins = {0, 1, 4}};
  task.train.dimension = 2;
  const auto add = [&](std::vector<std::uint32_t> indices, std::vector<Real> values, int label) {
    task.train.add(indices, values, label);
  };
  add({0}, {1}, 1);
  add({1}, {2}, -1);
  add({0}, {4}, 1);
  add({}, {}, -1);
  return task;
}

std::unique_ptr<Problem> small_problem() { return make_logistic(small_task()).value(); }

/// One worker, `rows` samples; the gradient at 0 of sample k is +-1/2 at coordinate k.
LogisticTask indicator_task(std::uint32_t rows) {
  LogisticTask task{.title = "indicators", .begins = {0, rows}};
  task.train.dimension = rows;
  for (std::uint32_t k = 0; k < rows; ++k) {
    task.train.add(std::vector{k}, std::vector<Real>{1}, -1);
  }
  return task;
}

std::vector<Real> gradient(const Problem& problem, const GradientRequest& request) {
  std::vector<Real> out(problem.dimension());
  problem.oracle()->gradient(request, out);
  return out;
}

TEST(Logistic, KnowsEachWorkersShareOfAllSamplesWhereTheyDiffer) {
  LogisticTask equal = small_task();
  equal.begins = {0, 2, 4};

  EXPECT_THAT(small_problem()->shares(), ElementsAre(0.25, 0.75));
  EXPECT_TRUE(make_logistic(equal).value()->shares().empty());
}

TEST(Logistic, AveragesOverAWorkersOwnSamples) {
  const auto problem = small_problem();
  const std::vector<Real> zero(2);

  // At 0 every sample has the gradient -b a / 2.
  EXPECT_THAT(gradient(*problem, {.worker = 0, .model = zero}), ElementsAre(-0.5, 0));
  EXPECT_THAT(gradient(*problem, {.worker = 1, .model = zero}),
              ElementsAre(-2 / 3.0f, 1 / 3.0f));  // (-4/2 + 0 + 0) / 3, (2/2) / 3
}

TEST(Logistic, CountsEveryWorkerTheSameWhateverItsNumberOfSamples) {
  const auto problem = small_problem();
  const std::vector<Real> model = {1, 0};

  const double worker_0 = std::log1p(std::exp(-1));
  const double worker_1 = (std::numbers::ln2 + std::log1p(std::exp(-4)) + std::numbers::ln2) / 3;
  EXPECT_DOUBLE_EQ(problem->evaluate(model, nullptr).loss, (worker_0 + worker_1) / 2);
}

TEST(Logistic, ClassifiesPlusOneWhereTheProductIsPositive) {
  const auto problem = small_problem();
  const auto accuracy = [&](std::vector<Real> model) {
    return problem->evaluate(model, nullptr).accuracy.value();
  };

  EXPECT_EQ(accuracy({0, 0}), 0.5);  // all are taken for -1
  EXPECT_EQ(accuracy({1, 0}), 1);
  EXPECT_EQ(accuracy({-1, 1}), 0.25);  // only the row without features
}

TEST(Logistic, AddsTheRegularizerToTrainingLossAndGradientButNotToTestLoss) {
  LogisticTask task = small_task();
  task.regularizer = L2{.strength = 0.5};
  task.test = data::SparseRows{.dimension = 2};
  task.test->add(std::vector{1u}, std::vector<Real>{1}, -1);
  const auto problem = make_logistic(std::move(task)).value();
  const auto plain = small_problem();
  const std::vector<Real> model = {0, 2};

  const Evaluation evaluation = problem->evaluate(model, nullptr);
  EXPECT_DOUBLE_EQ(evaluation.loss, plain->evaluate(model, nullptr).loss + 1);  // 0.25 * 2^2
  EXPECT_DOUBLE_EQ(evaluation.test_loss.value(), std::log1p(std::exp(2)));
  EXPECT_EQ(evaluation.test_accuracy, 0);
  EXPECT_FLOAT_EQ(gradient(*problem, {.worker = 0, .model = model})[1], 1);  // 0.5 * 2
  EXPECT_EQ(plain->evaluate(model, nullptr).test_loss, std::nullopt);
}

TEST(Logistic, DoesNotOverflowAtHugeMargins) {
  const auto problem = small_problem();
  const std::vector<Real> model = {-1e30f, 0};

  EXPECT_FLOAT_EQ(gradient(*problem, {.worker = 0, .model = model})[0], -1);
  // Worker 0 loses 1e30; worker 1 loses 4e30 and twice log 2, over 3.
  EXPECT_NEAR(problem->evaluate(model, nullptr).loss, 1e30 * (1 + 4 / 3.0) / 2, 1e24);
}

TEST(Logistic, DrawsABatchWithoutReplacementAsDistinctSamples) {
  LogisticTask task = indicator_task(10);
  task.batch = 4;
  task.with_replacement = false;
  const auto problem = make_logistic(std::move(task)).value();
  const std::vector<Real> zero(10);
  Stream batch("batch");
  for (int draw = 0; draw < 100; ++draw) {
    const std::vector<Real> mean = gradient(*problem, {.model = zero, .batch = &batch});

    EXPECT_EQ(std::ranges::count(mean, 0.125f), 4);  // (1/2) / 4, four different samples
    EXPECT_EQ(std::ranges::count(mean, 0.0f), 6);
  }
}

TEST(Logistic, TakesTheWholeShardWithABatchOfItsSizeWithoutReplacement) {
  LogisticTask task = indicator_task(10);
  task.batch = 10;
  task.with_replacement = false;
  const auto problem = make_logistic(std::move(task)).value();
  const std::vector<Real> zero(10);
  Stream batch("batch");

  EXPECT_THAT(gradient(*problem, {.model = zero, .batch = &batch}), ::testing::Each(0.05f));
}

// 40,000 batches of 3 out of 5 samples; each coordinate of a gradient lies in [0, 1/2] and has the
// mean 1/10. False alarm 1e-6 a coordinate.
TEST(Logistic, HasUnbiasedBatchesWithAndWithoutReplacement) {
  for (const bool with_replacement : {false, true}) {
    LogisticTask task = indicator_task(5);
    task.batch = 3;
    task.with_replacement = with_replacement;
    const auto problem = make_logistic(std::move(task)).value();
    const auto oracle = problem->oracle();
    const std::vector<Real> zero(5);
    std::vector<Real> out(5);
    Stream batch("unbiased");
    std::vector<std::vector<double>> samples(5);
    for (int draw = 0; draw < 40'000; ++draw) {
      oracle->gradient({.model = zero, .batch = &batch}, out);
      for (std::size_t j = 0; j < 5; ++j) samples[j].push_back(out[j]);
    }

    for (const auto& coordinate : samples) {
      tailrace::testing::expect_mean_of_bounded(coordinate, 0.1, 0, 0.5);
    }
  }
}

TEST(Logistic, DrawsTheSameBatchFromTheSameStreamAndAddsNoiseFromItsOwn) {
  LogisticTask task = indicator_task(50);
  task.batch = 8;
  task.noise = Gaussian{.scale = 0.25, .shape = NoiseShape::scalar};
  const auto problem = make_logistic(std::move(task)).value();
  const std::vector<Real> zero(50);
  const auto draw = [&](std::uint64_t noise_number) {
    Stream batch(1, Purpose::batch);
    Stream noise(1, Purpose::noise, 0, noise_number);
    return gradient(*problem, {.model = zero, .batch = &batch, .noise = &noise});
  };

  EXPECT_EQ(draw(0), draw(0));
  const std::vector<Real> first = draw(0);
  const std::vector<Real> second = draw(1);
  EXPECT_NE(first, second);
  for (std::size_t j = 0; j < 50; ++j) {
    EXPECT_NEAR(first[j] - second[j], first[0] - second[0], 1e-6);  // the same samples
  }
}

TEST(Logistic, RefusesABatchOfDistinctSamplesLargerThanTheSmallestShard) {
  LogisticTask task = small_task();
  task.batch = 2;
  task.with_replacement = false;

  const BuiltProblem problem = make_logistic(std::move(task));

  ASSERT_FALSE(problem);
  EXPECT_EQ(problem.error().front().code, "problem/batch-too-large");
  EXPECT_EQ(problem.error().front().where, "batch");
  EXPECT_THAT(problem.error().front().what, HasSubstr("the smallest shard, 1"));
}

/// Writes files of one test into a folder of their own.
class LogisticFiles : public ::testing::Test {
 protected:
  LogisticFiles() { std::filesystem::create_directories(folder_); }
  ~LogisticFiles() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  ("tailrace_logistic_test_" + std::to_string(getpid()));
};

TEST_F(LogisticFiles, AreReadAndSplitByTheSeed) {
  std::string text;
  for (int row = 1; row <= 40; ++row) {
    text += (row % 2 == 0 ? "1 " : "0 ") + std::to_string(row) + ":1\n";
  }
  const Logistic options{.data = file("train", text)};
  const auto problem = options.build({.workers = 3, .seed = 1}).value();
  const auto other = options.build({.workers = 3, .seed = 2}).value();
  const std::vector<Real> zero(40);

  EXPECT_EQ(problem->workers(), 3u);
  EXPECT_EQ(problem->describe(), "logistic on train: 40 rows, 40 features, 3 shards of 13 to 14");
  EXPECT_NE(gradient(*problem, {.model = zero}), gradient(*other, {.model = zero}));
}

TEST_F(LogisticFiles, AreBlamedWithTheirPlaceOrTheOption) {
  const std::string train = file("train", "1 1:1\n2 2:1\n");
  const auto error_of = [](const Logistic& options, std::size_t workers = 1) {
    const BuiltProblem problem = options.build({.workers = workers, .seed = 1});
    if (problem) ADD_FAILURE() << "was built";
    return problem ? Error{} : problem.error().front();
  };

  EXPECT_EQ(error_of({.data = "no-such-data"}).where, "data");
  EXPECT_EQ(error_of({.data = ""}).where, "data");
  EXPECT_EQ(error_of({.data = train, .test = "no-such-data"}).where, "test");
  EXPECT_THAT(error_of({.data = file("broken", "1 1:1\n1 2;1\n")}).where,
              ::testing::EndsWith("broken:2:4"));
  EXPECT_EQ(error_of({.data = train}, 3).where, "shards");
  EXPECT_EQ(error_of({.data = train, .shards = data::Grouped{}}).code, "data/no-groups");
  EXPECT_EQ(error_of({.data = file("bare", "1\n-1\n")}).code, "problem/no-features");
}

TEST_F(LogisticFiles, ForTestingFollowTheTrainingFilesDimensionAndLabels) {
  const std::string train = file("train", "1 1:1\n2 2:1\n");
  const std::string ones = file("ones", "1 1:-1\n");
  const std::string wide = file("wide", "1 3:1\n");
  const std::vector<Real> model = {1, 0};

  const auto problem = Logistic{.data = train, .test = ones}.build({}).value();
  EXPECT_EQ(problem->evaluate(model, nullptr).test_accuracy, 1);  // 1 is the class -1 here
  const BuiltProblem beyond = Logistic{.data = train, .test = wide}.build({});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().front().fix, "set dimension to 3 or more");
  EXPECT_EQ((Logistic{.data = train, .test = wide, .dimension = 3}.build({}).value()->dimension()),
            3u);
}

TEST(LogisticOnA9a, DescribesItselfAndStartsAtLogTwo) {
  const bool named = std::getenv("TAILRACE_DATA") != nullptr;
  const std::string folder = named ? "" : TAILRACE_SOURCE_DIR "/../shared/data/libsvm/";
  const Logistic options{.data = folder + "a9a", .test = folder + "a9a.t"};
  const BuiltProblem problem = options.build({.workers = 16, .seed = 1});
  if (!problem && problem.error().front().code == "data/not-found") {
    GTEST_SKIP() << "a9a and a9a.t are neither in $TAILRACE_DATA nor in shared/data";
  }

  ASSERT_TRUE(problem) << to_string(problem.error());
  EXPECT_EQ((*problem)->describe(),
            "logistic on a9a: 32,561 rows, 123 features, 16 shards of 2,035 to 2,036");
  const Evaluation evaluation = (*problem)->evaluate(std::vector<Real>(123), nullptr);
  EXPECT_NEAR(evaluation.loss, std::numbers::ln2, 1e-12);
  EXPECT_NEAR(evaluation.accuracy.value(), 24720 / 32561.0, 1e-12);  // the share of class -1
  EXPECT_NEAR(evaluation.test_accuracy.value(), 12435 / 16281.0, 1e-12);
}

}  // namespace
}  // namespace tailrace::problem
