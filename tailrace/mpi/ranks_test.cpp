/// Sessions between the ranks of real MPI jobs; ranks_under_test.cpp is what they run.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tailrace/mpi/serve.hpp"

namespace tailrace::mpi {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ended {
  int status = 0;
  std::string output;
};

Ended run(const std::string& command) {
  // As root, which containers often are, Open MPI must be told that it is meant.
  const std::string line =
      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 " + command + " 2>&1";
  FILE* pipe = ::popen(line.c_str(), "r");
  Ended ended;
  std::array<char, 4096> buffer{};
  while (const std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.output.append(buffer.data(), length);
  }
  const int status = ::pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

class Ranks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(TAILRACE_MPIEXEC).empty()) GTEST_SKIP() << "there is no mpiexec";
    if (run(TAILRACE_MPIEXEC " --version").output.find("OpenRTE") == std::string::npos) {
      GTEST_SKIP() << "this mpiexec is not Open MPI's, whose options these tests use";
    }
  }

  /// A job of three ranks.
  static Ended job(std::string_view scenario, std::string_view options = "") {
    return run(fmt::format("timeout -k 5 100 {} -n 3 --oversubscribe {} {} {}", TAILRACE_MPIEXEC,
                           options, TAILRACE_RANKS_UNDER_TEST, scenario));
  }

  static void expect_both(std::string_view scenario, std::string_view line) {
    const Ended ended = job(scenario);

    EXPECT_EQ(ended.status, 0) << ended.output;
    EXPECT_THAT(ended.output, AllOf(HasSubstr(fmt::format("rank 1: {}\n", line)),
                                    HasSubstr(fmt::format("rank 2: {}\n", line))));
  }
};

TEST(WorkersOf, DealsWorkersToTheRanksThatCompute) {
  EXPECT_THAT(workers_of(1, 3, 5), ElementsAre(0, 2, 4));
  EXPECT_THAT(workers_of(2, 3, 5), ElementsAre(1, 3));
  EXPECT_THAT(workers_of(4, 5, 4), ElementsAre(3));
}

TEST_F(Ranks, BringBodiesOfAHundredMegabytesBackWithEveryBit) {
  expect_both("body", "the body came back");
}

TEST_F(Ranks, GiveAMessageAgainThatTheHostCouldNotTake) {
  expect_both("hesitant-body", "the body came back");
  expect_both("hesitant-many", "all numbers came back in order");
}

TEST_F(Ranks, KeepTheOrderOfEachThreadThatSends) {
  expect_both("many", "all numbers came back in order");
}

TEST_F(Ranks, KeepOneSessionsMessagesFromTheNext) {
  expect_both("reopen", "each session got its own");
}

TEST_F(Ranks, ReceiveWhatWasQueuedBeforeTheServerEndsTheSession) {
  expect_both("part", "parted and back");
}

TEST_F(Ranks, StopWaitingWhenTheLinkIsClosed) { expect_both("close", "closed"); }

TEST_F(Ranks, KnowWhichWorkersAreTheirs) {
  const Ended ended = job("part");

  EXPECT_THAT(ended.output, AllOf(HasSubstr("opened rank-1 with 3 workers"),
                                  HasSubstr("opened rank-2 with 2 workers")));
}

TEST_F(Ranks, GoOnWithoutADeadOneWhereMpiLetsThem) {
  const Ended ended = job("kill", "--enable-recovery");

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("rank 1: went on"));
  EXPECT_THAT(ended.output, HasSubstr("the run is over, but rank 2 did not end"));
}

TEST_F(Ranks, EndWithADeadOneWhereMpiSaysSo) {
  const Ended ended = job("kill");

  // The others may get some way before MPI ends them, too.
  EXPECT_NE(ended.status, 0) << ended.output;
}

TEST_F(Ranks, EndTheJobThoughOneHangs) {
  const Ended ended = job("stop");

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("rank 1: went on"));
}

TEST_F(Ranks, FindTheirSessionsAfterASleepLongerThanTheSilenceOfADeadServer) {
  expect_both("sleep", "is awake");
}

TEST_F(Ranks, NoticeThatTheServerIsDead) {
  const Ended ended = job("lose-server", "--enable-recovery");

  EXPECT_THAT(ended.output, AllOf(HasSubstr("rank 1: gives no sign of life"),
                                  HasSubstr("rank 2: gives no sign of life")));
}

TEST_F(Ranks, EndWithAServerThatNeverServed) {
  const Ended ended = job("absent");

  EXPECT_NE(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("rank 1: rank 0 serves no more"),
                    HasSubstr("rank 2: rank 0 serves no more"), Not(HasSubstr("MPI_ABORT"))));
}

TEST_F(Ranks, AreToldHowToStartWhenThereIsOnlyOne) {
  const Ended ended = run(TAILRACE_RANKS_UNDER_TEST " part");

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("mpi/alone"), HasSubstr("mpirun -n 9")));
}

}  // namespace
}  // namespace tailrace::mpi
