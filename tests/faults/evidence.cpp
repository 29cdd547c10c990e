#include "tests/faults/evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tailrace/core/file.hpp"
#include "tailrace/engine/checkpoint.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/run_state.hpp"
#include "tailrace/report/outcome.hpp"
#include "tailrace/spec/prepare.hpp"

namespace tailrace::faults {
namespace {

using engine::testing::read_text;

/// The numbers of the jobs that arrived, by worker.
class Arrivals final : public engine::Observer {
 public:
  explicit Arrivals(std::size_t workers) : of(workers) {}
  void arrived(const policy::Arrived& arrived, policy::Update& /*update*/, Time /*now*/) override {
    of[arrived.worker].push_back(arrived.job);
  }
  std::vector<std::vector<JobNumber>> of;
};

/// The second column of workers.csv.
std::vector<std::uint64_t> counted_arrivals(const std::string& file) {
  std::istringstream lines(read_text(file));
  std::string line;
  std::getline(lines, line);
  std::vector<std::uint64_t> counts;
  while (std::getline(lines, line)) {
    counts.push_back(std::stoull(line.substr(line.find(',') + 1)));
  }
  return counts;
}

}  // namespace

struct Evidence::Experiment {
  spec::Prepared prepared;
  policy::Method method;
};

Evidence::Evidence(const Cluster& cluster) : cluster_(cluster) {}
Evidence::~Evidence() = default;

const Evidence::Experiment& Evidence::experiment() const {
  if (experiment_ == nullptr) {
    auto prepared = spec::prepare(cluster_.folder() + "/experiment.toml");
    TAILRACE_CHECK(prepared.has_value());
    policy::Method method = prepared->experiment.methods.front().method();
    experiment_ = std::make_unique<Experiment>(std::move(*prepared), std::move(method));
  }
  return *experiment_;
}

void Evidence::server_died() {
  // The newest may be missing: it makes way before the next one is written.
  const auto there = [&](const char* name) { return std::filesystem::exists(cluster_.file(name)); };
  if (!there("checkpoint") && !there("checkpoint.1") && !there("checkpoint.2")) return;
  const Result<engine::RunLog> log = engine::read_run_log(cluster_.file("run.log"));
  ASSERT_TRUE(log) << to_string(log.error());
  const engine::RunOptions options{.seed = Cluster::seed};
  engine::RunState run(*experiment().prepared.problems.front(), experiment().method, options,
                       nullptr);
  engine::Checkpoint checkpoint(
      {.path = cluster_.file("checkpoint"), .resume = true, .fingerprint = log->fingerprint});
  bool read = false;
  // What follows in the file is the engine's own; that it is not read is no error of interest.
  static_cast<void>(checkpoint.restore([&](Archive& archive) {
    run.state(archive);
    read = archive.ok();
  }));
  ASSERT_TRUE(read);
  EXPECT_TRUE(checkpoint.passed_over().empty()) << "a kill has torn a checkpoint";
  Result<std::vector<std::byte>> bytes = read_whole(cluster_.file("run.log"));
  ASSERT_TRUE(bytes);
  ASSERT_GE(bytes->size(), run.log_position.size) << "the log is shorter than its checkpoint says";
  bytes->resize(run.log_position.size);
  durable_.push_back(std::move(*bytes));
}

void Evidence::expect_truth() const {
  const Ended replayed = faults::run({TAILRACE_PROGRAM, "replay", cluster_.file("")});
  EXPECT_EQ(replayed.exit, 0) << replayed.output;
  EXPECT_NE(replayed.output.find("\nthe same bits as the recorded model"), std::string::npos)
      << replayed.output;
  const Result<std::vector<std::byte>> log = read_whole(cluster_.file("run.log"));
  ASSERT_TRUE(log);
  for (const std::vector<std::byte>& prefix : durable_) {
    ASSERT_GE(log->size(), prefix.size()) << "durable updates were lost";
    EXPECT_TRUE(std::equal(prefix.begin(), prefix.end(), log->begin()))
        << "durable updates were exchanged for others";
  }
  expect_jobs_once_and_in_order();
}

void Evidence::expect_jobs_once_and_in_order() const {
  const std::string file = cluster_.file("result.json");
  const Result<report::Outcome> outcome =
      report::outcome_from_json(read_text(file), read_text(cluster_.file("metrics.jsonl")), file);
  ASSERT_TRUE(outcome) << to_string(outcome.error());
  const Result<engine::RunLog> log = engine::read_run_log(cluster_.file("run.log"));
  ASSERT_TRUE(log);
  EXPECT_FALSE(log->torn);
  Arrivals arrivals(cluster_.workers());
  const Result<engine::RunResult> replayed =
      engine::replay(*experiment().prepared.problems.front(), experiment().method, *log,
                     {.seed = Cluster::seed, .observer = &arrivals});
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->steps, outcome->steps);
  EXPECT_EQ(replayed->model_hash, outcome->model_hash);
  const std::vector<std::uint64_t> counted = counted_arrivals(cluster_.file("workers.csv"));
  ASSERT_EQ(counted.size(), arrivals.of.size());
  for (std::size_t worker = 0; worker < counted.size(); ++worker) {
    const std::vector<JobNumber>& jobs = arrivals.of[worker];
    EXPECT_EQ(jobs.size(), counted[worker]) << "worker " << worker;
    EXPECT_TRUE(std::adjacent_find(jobs.begin(), jobs.end(), std::greater_equal<>()) == jobs.end())
        << "worker " << worker << " has a job twice, or out of order";
  }
}

}  // namespace tailrace::faults
