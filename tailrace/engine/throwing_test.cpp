#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
#include "tailrace/policy/assign/uniform.hpp"

namespace tailrace::engine {
namespace {

using testing::fixed_timing;
using testing::stateful_method;
using testing::TemporaryFolder;
using testing::Toy;

constexpr std::uint64_t fingerprint = 9;

/// A toy whose gradients and evaluations throw when a test says so. Gradients take long enough for
/// virtual time to hand jobs to other threads.
class Throwing final : public problem::Problem {
 public:
  std::function<void(const problem::GradientRequest&)> at_gradient = [](const auto&) {};
  std::function<void()> at_evaluation = [] {};
  mutable std::atomic<int> computing = 0;  ///< gradients at this moment

  const Layout& layout() const override { return toy_.layout(); }
  std::size_t workers() const override { return toy_.workers(); }
  void start(std::uint64_t seed, std::span<Real> out) const override { toy_.start(seed, out); }
  std::string describe() const override { return "throwing"; }
  std::unique_ptr<problem::Oracle> oracle() const override {
    return std::make_unique<ThrowingOracle>(*this);
  }
  problem::Evaluation evaluate(std::span<const Real> model, Pool* pool) const override {
    at_evaluation();
    return toy_.evaluate(model, pool);
  }

 private:
  struct Count {
    explicit Count(std::atomic<int>& of) : count(of) { ++count; }
    ~Count() { --count; }
    std::atomic<int>& count;
  };
  struct ThrowingOracle final : problem::Oracle {
    explicit ThrowingOracle(const Throwing& p) : problem(p), oracle(p.toy_.oracle()) {}
    void gradient(const problem::GradientRequest& request, std::span<Real> out) override {
      const Count count(problem.computing);
      oracle->gradient(request, out);
      problem.at_gradient(request);
    }
    const Throwing& problem;
    std::unique_ptr<problem::Oracle> oracle;
  };
  Toy toy_{{.workers = 8, .dimension = 20, .noise = 1, .cost = std::chrono::microseconds(40)}};
};

/// What the run throws, as text; "nothing" if nothing.
template <class Run>
std::string thrown_by(const Run& run) {
  try {
    static_cast<void>(run());
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing";
}

policy::Method random_method() {
  return {.next = {.who = policy::Uniform{}, .in_flight = 12},
          .step_size = policy::ConstantStep{.value = 0.02}};
}

Result<RunResult> simulated(const problem::Problem& problem, const policy::Method& method,
                            const RunOptions& options) {
  return simulate(problem, method, *fixed_timing({1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7}), options);
}

Result<RunResult> in_real_time(const problem::Problem& problem, const policy::Method& method,
                               const RunOptions& options) {
  return run_threads(problem, method, nullptr, options);
}

using Engine = Result<RunResult> (*)(const problem::Problem&, const policy::Method&,
                                     const RunOptions&);

struct Case {
  const char* name;
  Engine engine;
  std::size_t threads;
};

class ThrowingProblem : public ::testing::TestWithParam<Case> {
 protected:
  RunLogWriter log() const {
    return std::move(*RunLogWriter::open(folder_.file("log"), fingerprint, true));
  }
  RunLog read_log() const { return *read_run_log(folder_.file("log")); }
  Result<RunResult> run(const policy::Method& method, const RunOptions& options) const {
    return GetParam().engine(problem_, method, options);
  }
  RunOptions options() const { return {.stop = {.steps = 2000}, .threads = GetParam().threads}; }

  TemporaryFolder folder_;
  Throwing problem_;
};

TEST_P(ThrowingProblem, EndsTheRunWithItsExceptionAtWhicheverGradient) {
  // The 5th is computed before virtual time has other threads, the later ones with them.
  for (const int failing : {1, 5, 100, 101, 102, 150}) {
    std::atomic<int> gradients = 0;
    problem_.at_gradient = [&](const auto&) {
      if (++gradients == failing) throw std::runtime_error("shapes differ\nframe #0: forward()");
    };

    EXPECT_EQ(thrown_by([&] { return run(random_method(), options()); }),
              "shapes differ\nframe #0: forward()");

    EXPECT_EQ(problem_.computing, 0) << "a thread is still at work";
    EXPECT_LT(gradients, 2000);
  }
}

TEST_P(ThrowingProblem, KeepsTheTypeWhenEveryGradientThrows) {
  problem_.at_gradient = [](const auto&) { throw std::bad_alloc(); };

  EXPECT_THROW(static_cast<void>(run(stateful_method(), options())), std::bad_alloc);
}

TEST_P(ThrowingProblem, MayThrowInAnEvaluationToo) {
  for (const int failing : {1, 2, 20}) {
    int evaluations = 0;  // one at a time
    problem_.at_evaluation = [&] {
      if (++evaluations == failing) throw std::runtime_error("no such layer");
    };
    RunOptions options = this->options();
    options.evaluate.every_steps = 5;

    EXPECT_EQ(thrown_by([&] { return run(random_method(), options); }), "no such layer");
  }
}

TEST_P(ThrowingProblem, LeavesALogThatIsReplayed) {
  std::atomic<int> gradients = 0;
  problem_.at_gradient = [&](const auto&) {
    if (++gradients == 150) throw std::runtime_error("out of luck");
  };
  {
    RunLogWriter writer = log();
    RunOptions options = this->options();
    options.log = &writer;
    ASSERT_EQ(thrown_by([&] { return run(random_method(), options); }), "out of luck");
  }

  problem_.at_gradient = [](const auto&) {};
  const RunLog read = read_log();
  const Result<RunResult> replayed = replay(problem_, random_method(), read, {});

  EXPECT_FALSE(read.torn);
  // Of 149 that went well up to 12 were under way, and those of other threads may have come later.
  EXPECT_GT(read.entries.size(), 100U);
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->counts.arrivals, read.entries.size());
  EXPECT_EQ(replayed->steps, read.entries.size());
}

TEST_P(ThrowingProblem, LeavesACheckpointFromWhichTheRunGoesOn) {
  std::atomic<int> gradients = 0;
  problem_.at_gradient = [&](const auto&) {
    if (++gradients == 40) throw std::runtime_error("out of luck");
  };
  RunOptions options = this->options();
  options.stop.steps = 300;
  options.checkpoint = {.path = folder_.file("checkpoint"),
                        .every_wall_seconds = 0,  // as often as the engine looks
                        .resume = true,
                        .fingerprint = fingerprint};
  {
    RunLogWriter writer = log();
    options.log = &writer;
    ASSERT_EQ(thrown_by([&] { return run(random_method(), options); }), "out of luck");
  }
  ASSERT_TRUE(std::filesystem::exists(options.checkpoint.path));

  testing::InterruptAt observer(301);  // never
  options.observer = &observer;
  options.checkpoint.every_wall_seconds = 30;
  RunLogWriter writer = log();
  options.log = &writer;
  const Result<RunResult> resumed = run(random_method(), options);

  ASSERT_TRUE(resumed) << to_string(resumed.error());
  EXPECT_EQ(resumed->steps, 300U);
  EXPECT_EQ(observer.restored_samples, 1U) << "the run began anew";
  const Result<RunResult> replayed = replay(problem_, random_method(), read_log(), {});
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->model_hash, resumed->model_hash);
}

INSTANTIATE_TEST_SUITE_P(Engines, ThrowingProblem,
                         ::testing::Values(Case{"InVirtualTimeOn1", simulated, 1},
                                           Case{"InVirtualTimeOn2", simulated, 2},
                                           Case{"InVirtualTimeOn4", simulated, 4},
                                           Case{"InRealTimeOn1", in_real_time, 1},
                                           Case{"InRealTimeOn2", in_real_time, 2},
                                           Case{"InRealTimeOn4", in_real_time, 4}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(SimulateAThrowingProblem, EndsAtTheSameEventOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  Throwing problem;
  problem.at_gradient = [](const problem::GradientRequest& request) {
    // A pure function of the job: its noise has run on by 20 numbers, and one in 100 jobs throws.
    const double luck = request.noise->uniform();
    if (luck < 0.01) throw std::runtime_error(std::to_string(request.worker) + " of bad luck");
  };
  std::vector<std::string> texts;
  std::vector<std::vector<LogEntry>> logs;

  for (const std::size_t threads : {1U, 2U, 4U}) {
    RunLogWriter writer = std::move(*RunLogWriter::open(folder.file("log"), fingerprint, false));
    const RunOptions options{
        .seed = 3, .stop = {.steps = 5000}, .threads = threads, .log = &writer};
    texts.push_back(thrown_by([&] { return simulated(problem, random_method(), options); }));
    ASSERT_TRUE(writer.flush());
    logs.push_back(read_run_log(folder.file("log"))->entries);
  }

  EXPECT_THAT(texts[0], ::testing::HasSubstr("of bad luck"));
  EXPECT_GT(logs[0].size(), 16U) << "virtual time had no other threads yet; take another seed";
  EXPECT_THAT(texts, ::testing::Each(texts[0]));
  EXPECT_THAT(logs, ::testing::Each(logs[0]));
}

}  // namespace
}  // namespace tailrace::engine
