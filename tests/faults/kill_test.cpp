#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>

#include "tailrace/core/random.hpp"
#include "tailrace/engine/replay.hpp"
#include "tests/faults/training.hpp"

/// Real processes that die by SIGKILL at random moments and are started again.
namespace tailrace::engine {
namespace {

using testing::read_text;
using testing::TemporaryFolder;

/// Starts run_to_the_end; its output goes to the folder's file "output".
pid_t start(const std::string& engine, const TemporaryFolder& folder) {
  const std::string output = folder.file("output");
  const std::string place = folder.file("");
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::execl(TAILRACE_RUN_TO_THE_END, TAILRACE_RUN_TO_THE_END, engine.c_str(), place.c_str(),
            nullptr);
    ::_exit(127);
  }
  return child;
}

/// Runs it to its end and returns what it printed.
std::string run_to_the_end(const std::string& engine, const TemporaryFolder& folder) {
  int status = -1;
  ::waitpid(start(engine, folder), &status, 0);
  EXPECT_EQ(status, 0);
  return read_text(folder.file("output"));
}

/// Trains in a folder of its own, killing the process after random parts of `longest`, 20 times in
/// all; where training ends before that, another one begins. Calls verify(folder) for each.
void kill_twenty_times(const std::string& engine, std::chrono::microseconds longest,
                       const std::function<void(const TemporaryFolder&)>& verify) {
  Stream stream("kill " + engine);
  auto folder = std::make_unique<TemporaryFolder>();
  int killed = 0;
  for (int attempt = 0; attempt < 400 && killed < 20; ++attempt) {
    const pid_t child = start(engine, *folder);
    std::this_thread::sleep_for(longest * stream.uniform());
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
      ++killed;
    } else {
      verify(*folder);
      folder = std::make_unique<TemporaryFolder>();
    }
  }
  EXPECT_EQ(killed, 20);
  run_to_the_end(engine, *folder);
  verify(*folder);
}

/// How long a run takes here and now, so that kills fall within it on any machine.
std::chrono::microseconds time_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               began);
}

TEST(Kill, ASimulationEndsOnTheSameBitsHoweverOftenItIsKilled) {
  const TemporaryFolder undisturbed;
  std::string expected;
  const auto whole = time_of([&] { expected = run_to_the_end("sim", undisturbed); });
  ASSERT_EQ(expected.substr(0, 9), "400 steps");
  const RunLog expected_log = *read_run_log(undisturbed.file("log"));

  kill_twenty_times("sim", whole / 4, [&](const TemporaryFolder& disturbed) {
    EXPECT_EQ(read_text(disturbed.file("output")), expected);
    const Result<RunLog> log = read_run_log(disturbed.file("log"));
    ASSERT_TRUE(log);
    EXPECT_FALSE(log->torn);
    EXPECT_EQ(log->entries, expected_log.entries);
  });
}

TEST(Kill, ThreadsLeaveALogThatIsReplayedToTheirModelHoweverOftenTheyAreKilled) {
  const TemporaryFolder undisturbed;
  const auto whole = time_of([&] { run_to_the_end("threads", undisturbed); });

  kill_twenty_times("threads", whole / 4, [&](const TemporaryFolder& disturbed) {
    const Result<RunLog> log = read_run_log(disturbed.file("log"));
    ASSERT_TRUE(log);
    EXPECT_FALSE(log->torn);
    const Result<RunResult> replayed = replay(faults::training_problem(), faults::training_method(),
                                              *log, {.seed = faults::training_seed});
    ASSERT_TRUE(replayed);
    EXPECT_EQ(replayed->steps, 150U);
    EXPECT_EQ(read_text(disturbed.file("output")),
              fmt::format("150 steps, model {:016x}\n", replayed->model_hash));
  });
}

}  // namespace
}  // namespace tailrace::engine
