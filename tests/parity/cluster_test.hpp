#pragma once

#include "tailrace/cluster/cluster_test.hpp"
#include "tailrace/engine/replay.hpp"
#include "tests/named_methods.hpp"

/// What every method keeps to on many machines, whatever carries their messages.
namespace tailrace::cluster::testing {

inline constexpr WorkerId parity_workers = 8;
inline constexpr std::uint64_t parity_steps = 40;

/// Gradients differ between workers and from job to job, so that another order is another model.
inline const engine::testing::Toy& parity_problem() {
  static const engine::testing::Toy toy({.workers = parity_workers, .dimension = 30, .noise = 3});
  return toy;
}

/// Carries a method out on parity_problem(), wherever its jobs are computed.
using CarryOut =
    std::function<Result<engine::RunResult>(const policy::Method&, const engine::RunOptions&)>;

/// In one process, with that between host and workers.
inline CarryOut over(const MakeBridge& bridge) {
  return [bridge](const policy::Method& method, const engine::RunOptions& options) {
    return run({.problem = parity_problem(), .method = method, .options = options}, bridge);
  };
}

/// Records a run and repeats it in virtual time.
inline void expect_replay(const policy::Method& method, const CarryOut& carry_out) {
  const engine::testing::TemporaryFolder folder;
  auto log = std::move(*engine::RunLogWriter::open(folder.file("log"), 1, false));

  const Result<engine::RunResult> recorded =
      carry_out(method, {.stop = {.steps = parity_steps}, .log = &log});

  ASSERT_TRUE(recorded) << to_string(recorded.error());
  const Result<engine::RunResult> replayed =
      engine::replay(parity_problem(), method, *engine::read_run_log(folder.file("log")), {});
  ASSERT_TRUE(replayed);
  EXPECT_EQ(recorded->steps, parity_steps);
  EXPECT_EQ(replayed->steps, recorded->steps);
  EXPECT_EQ(replayed->model_hash, recorded->model_hash);
  EXPECT_EQ(replayed->counts.staleness_sum, recorded->counts.staleness_sum);
  EXPECT_EQ(replayed->counts.discarded, recorded->counts.discarded);
}

/// Without a log: the bits of virtual time, whatever comes first.
inline void expect_bits_of_virtual_time(const policy::Method& method, const CarryOut& carry_out) {
  const Result<engine::RunResult> real = carry_out(method, {.stop = {.steps = parity_steps}});
  const auto timing = engine::testing::fixed_timing(std::vector<double>(parity_workers, 1));
  const Result<engine::RunResult> simulated =
      engine::simulate(parity_problem(), method, *timing, {.stop = {.steps = parity_steps}});

  ASSERT_TRUE(real && simulated);
  EXPECT_EQ(real->steps, parity_steps);
  EXPECT_EQ(real->model_hash, simulated->model_hash);
}

}  // namespace tailrace::cluster::testing
