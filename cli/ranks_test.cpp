/// Runs on the ranks of real MPI jobs.

#include <gmock/gmock.h>

#include <string>

#include "cli/program_test.hpp"

namespace tailrace::cli {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;

class RunOnRanks : public testing::Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    if (shell(TAILRACE_MPIEXEC " --version").output.find("OpenRTE") == std::string::npos) {
      GTEST_SKIP() << "there is no Open MPI, whose options these tests use";
    }
  }
  /// The program on three ranks. As root, which containers often are, Open MPI must be told that it
  /// is meant.
  [[nodiscard]] Ended ranks(const std::string& arguments) const {
    return shell(
        "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 timeout -k 5 "
        "100 " TAILRACE_MPIEXEC " -n 3 --oversubscribe " TAILRACE_PROGRAM " " +
        arguments);
  }
  void expect_replay(const std::string& folder) const {
    const Ended replayed = run("replay " + folder);
    EXPECT_EQ(replayed.exit, 0) << replayed.output;
    EXPECT_THAT(replayed.output, HasSubstr("the same bits as the recorded model"));
  }
};

TEST_F(RunOnRanks, IsReplayedToTheSameBits) {
  const Ended ended =
      ranks("run tiny.toml --method async_sgd --seed 1 --out one --quiet --engine mpi");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  expect_replay("one/async_sgd/seed-1");
}

TEST_F(RunOnRanks, EndsForAllOfThemWhenTheExperimentIsBad) {
  std::string text = testing::tiny;
  text.replace(text.find("step_size"), 9, "step_sise");
  write("bad.toml", text);

  const Ended ended = ranks("run bad.toml --engine mpi");

  EXPECT_EQ(ended.exit, 1) << ended.output;
  const auto first = ended.output.find("step_sise");
  EXPECT_NE(first, std::string::npos) << ended.output;
  EXPECT_THAT(ended.output, Not(HasSubstr("MPI_ABORT")));
  EXPECT_THAT(ended.output, Not(HasSubstr("did not end")));
}

TEST_F(RunOnRanks, GoesOnWhereAnotherEngineWasInterrupted) {
  // On threads its jobs take a second and more.
  const Ended stopped = shell(TAILRACE_PROGRAM
                              " run tiny.toml --method async_sgd --seed 1 --out one --quiet "
                              "--engine threads & until [ -s one/async_sgd/seed-1/run.log ]; do "
                              "sleep 0.01; done; kill -INT $!; wait $!");
  ASSERT_EQ(stopped.exit, 130) << stopped.output;

  const Ended resumed = ranks("run --resume one --quiet --engine mpi");

  EXPECT_EQ(resumed.exit, 0) << resumed.output;
  expect_replay("one/async_sgd/seed-1");
}

}  // namespace
}  // namespace tailrace::cli
