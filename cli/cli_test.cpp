#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cli/program_test.hpp"

/// The program as people use it: arguments in; text, exit status and files out.
namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using testing::Ended;
using testing::Program;
using testing::read_file;
using testing::tiny;

TEST_F(Program, SaysItsVersion) {
  EXPECT_EQ(run("--version").exit, 0);
  EXPECT_THAT(run("--version").output, ::testing::StartsWith("tailrace "));
}

TEST_F(Program, EndsWithTwoWhenItIsNotUnderstood) {
  EXPECT_EQ(run("").exit, 2);
  EXPECT_EQ(run("comparre tiny.toml").exit, 2);
  EXPECT_EQ(run("compare tiny.toml --no-such-option").exit, 2);
  EXPECT_EQ(run("compare").exit, 2);
}

TEST_F(Program, ChecksAFileAndPrintsEveryErrorInIt) {
  write("bad.toml", R"(titel = "bad"
[problem]
kind = "quadratic"
noise = { kind = "paretto" }
[workers]
count = 0
[run]
stop = { time = "soon" }
[[method]]
recipe = "async_sgd"
step_size = -1
)");

  const Ended ended = run("check bad.toml --set 'run.sedes=[1]'");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_EQ(ended.output, R"(error[spec/unknown-key]: run has no option "sedes"
  at   --set run.sedes=[1]  run.sedes
  fix  did you mean "seeds"?
error[spec/unknown-key]: an experiment has no "titel"
  at   bad.toml:1:1  titel
  fix  did you mean "title"?
error[spec/unknown-noise]: no noise is called "paretto"
  at   bad.toml:4:18  problem.noise.kind
  fix  did you mean "pareto"?  all names: tailrace list noises
error[spec/out-of-range]: workers.count = 0 is outside [1, 1000000000]
  at   bad.toml:6:9  workers.count
  fix  choose at least 1 and at most 1000000000; number of workers
error[spec/wrong-value]: stop.time = "soon" is not a time
  at   bad.toml:8:17  run.stop.time
  fix  write a number and a unit (ns, us, ms, s, min, h, d), such as "20ms" or "1.5s"
error[spec/out-of-range]: async_sgd.step_size = -1 is outside (0, inf)
  at   bad.toml:11:13  method[0].step_size
  fix  choose more than 0; multiplies the update; the first value
)");
}

TEST_F(Program, ChecksAGoodFile) {
  const Ended ended = run("check tiny.toml");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, ::testing::StartsWith("tiny.toml is fine\n"));
}

TEST_F(Program, ComparesMethodsAndWritesEveryFile) {
  const Ended ended = run("compare tiny.toml --no-color");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("to target [s]"));
  for (const char* file :
       {"experiment.toml", "machine.json", "summary.csv", "summary.json", "comparison.svg",
        "comparison_gradients.svg", "async_sgd/seed-1/metrics.csv",
        "async_sgd/seed-1/metrics.jsonl", "async_sgd/seed-1/run.log",
        "async_sgd/seed-1/result.json", "clipped_async_sgd/seed-2/result.json"}) {
    EXPECT_TRUE(fs::exists(folder_ / "runs/tiny" / file)) << file;
  }
}

TEST_F(Program, ShowsTheBestOfAGridAndKeepsAllOfIt) {
  const Ended ended =
      run("compare tiny.toml --no-color --set 'method[0].grid.step_size=[1e-6, 0.1]'");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("\nasync_sgd "));
  EXPECT_THAT(ended.output, HasSubstr("the best of each grid: async_sgd-step_size-0.1\n"));
  const std::string rows = read_file(folder_ / "runs/tiny/summary.csv");
  EXPECT_THAT(rows, HasSubstr("async_sgd-step_size-1e-06,"));
  EXPECT_THAT(rows, HasSubstr("async_sgd-step_size-0.1,"));
}

TEST_F(Program, SaysWhichShareOfAGridReachesTheTarget) {
  const Ended ended =
      run("compare tiny.toml --no-color --set 'method[0].grid.step_size=[1e-6, 0.3]'");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, ::testing::ContainsRegex("async_sgd +2 +1 .50 %. +1 .50 %. +0 .0 %."));
}

TEST_F(Program, SaysWhatNearlyAllOfManySeedsStayBelow) {
  const std::string twenty = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]";

  const Ended ended = run("compare tiny.toml --no-color --set run.seeds=" + twenty);

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("\nover seeds"));
  EXPECT_THAT(ended.output, HasSubstr("\nasync_sgd          average |grad|"));
  const std::string rows = read_file(folder_ / "runs/tiny/quantiles.csv");
  EXPECT_THAT(rows, HasSubstr("\nasync_sgd,20,gradient_norm,0.9,"));
}

TEST_F(Program, NeverOverwritesARunSilently) {
  ASSERT_EQ(run("compare tiny.toml --quiet").exit, 0);
  const std::string before = read_file(folder_ / "runs/tiny/summary.csv");

  const Ended ended = run("compare tiny.toml --set 'run.seeds=[9]'");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("error[report/exists]"));
  EXPECT_EQ(read_file(folder_ / "runs/tiny/summary.csv"), before);
  EXPECT_EQ(run("compare tiny.toml --quiet --set 'run.seeds=[9]' --overwrite").exit, 0);
  EXPECT_NE(read_file(folder_ / "runs/tiny/summary.csv"), before);
}

TEST_F(Program, GivesTheSameBitsOnAnyNumberOfThreadsAndFromItsOwnFile) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one --threads 1").exit, 0);
  ASSERT_EQ(run("compare tiny.toml --quiet --out many --threads 5").exit, 0);
  ASSERT_EQ(run("compare one/experiment.toml --quiet --out again").exit, 0);

  EXPECT_EQ(read_file(folder_ / "one/summary.csv"), read_file(folder_ / "many/summary.csv"));
  EXPECT_EQ(read_file(folder_ / "one/summary.csv"), read_file(folder_ / "again/summary.csv"));
}

TEST_F(Program, RunsOneMethodAndReplaysItToTheBit) {
  ASSERT_EQ(run("run tiny.toml --method async_sgd --seed 2 --out one --quiet").exit, 0);

  const Ended ended = run("replay one/async_sgd/seed-2");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("the same bits as the recorded model"));
}

TEST_F(Program, ReplaysARunInRealTimeToTheBit) {
  ASSERT_EQ(run("run tiny.toml --method async_sgd --out one --quiet --engine threads --threads 3 "
                "--set run.waits=false")
                .exit,
            0);

  const Ended ended = run("replay one/async_sgd/seed-1");

  EXPECT_EQ(ended.exit, 0) << ended.output;
}

TEST_F(Program, NamesTheMethodsToChooseFrom) {
  const Ended several = run("run tiny.toml");
  const Ended unknown = run("run tiny.toml --method asinc_sgd");

  EXPECT_EQ(several.exit, 1);
  EXPECT_THAT(several.output, HasSubstr("async_sgd, clipped_async_sgd"));
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(unknown.output, HasSubstr("did you mean \"async_sgd\"?"));
}

TEST_F(Program, GoesOnAfterCtrlCAndEndsOnTheSameBits) {
  const std::string longer =
      "--set run.stop.target.below=0 --set run.stop.steps=400000 --set "
      "run.evaluate.every_steps=4000";
  ASSERT_EQ(run("compare tiny.toml --quiet --out whole " + longer).exit, 0);
  const std::string program = TAILRACE_PROGRAM;

  const Ended stopped = shell(program + " compare tiny.toml --out parts " + longer +
                              " & until [ -s parts/async_sgd/seed-1/metrics.csv ]; do sleep 0.01; "
                              "done; kill -INT $!; wait $!");

  ASSERT_EQ(stopped.exit, 130) << stopped.output;
  EXPECT_THAT(stopped.output, HasSubstr("Go on with:\n  tailrace compare --resume parts\n"));
  const Ended resumed = run("compare --resume parts --quiet");
  EXPECT_EQ(resumed.exit, 0) << resumed.output;
  EXPECT_EQ(read_file(folder_ / "parts/summary.csv"), read_file(folder_ / "whole/summary.csv"));
  for (const char* file : {"metrics.csv", "metrics.jsonl"}) {
    const fs::path run = fs::path("async_sgd/seed-1") / file;
    EXPECT_TRUE(read_file(folder_ / "parts" / run) == read_file(folder_ / "whole" / run)) << file;
  }
  EXPECT_EQ(run("replay parts/async_sgd/seed-1").exit, 0);
}

TEST_F(Program, EndsWithThreeWhenResultsCannotBeWritten) {
  const Ended ended = run("compare tiny.toml --out /dev/null/runs");

  EXPECT_EQ(ended.exit, 3);
  EXPECT_THAT(ended.output, HasSubstr("error[report/cannot-write]"));
}

TEST_F(Program, OverwritesItsOwnFilesAndNoOthers) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one").exit, 0);
  write("one/thesis.tex", "years of work\n");
  fs::create_directories(folder_ / "project");
  write("project/experiment.toml", tiny);

  const Ended own = run("compare tiny.toml --quiet --out one --overwrite --set 'run.seeds=[9]'");
  const Ended inside = run("compare one/experiment.toml --quiet --out one --overwrite");
  const Ended foreign = run("compare tiny.toml --quiet --out project --overwrite");
  const Ended current = run("compare tiny.toml --quiet --out . --overwrite");

  EXPECT_EQ(own.exit, 0) << own.output;
  EXPECT_EQ(read_file(folder_ / "one/thesis.tex"), "years of work\n");
  EXPECT_FALSE(fs::exists(folder_ / "one/async_sgd/seed-1"));
  EXPECT_THAT(inside.output, HasSubstr("error[report/protected]"));
  EXPECT_THAT(foreign.output, HasSubstr("error[report/not-a-run]"));
  EXPECT_THAT(current.output, HasSubstr("error[report/not-a-run]"));
  EXPECT_EQ(read_file(folder_ / "project/experiment.toml"), tiny);
}

TEST_F(Program, ResumesNothingUnderOtherOptionsAndLeavesTheRunAsItWas) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one").exit, 0);
  const std::string before = read_file(folder_ / "one/experiment.toml");

  for (const char* other :
       {"--set run.stop.steps=300", "--set method.async_sgd.step_size=0.2", "--set 'run.seeds=[1]'",
        "--set 'run.seeds=[1,2,3]'", "--set workers.count=5"}) {
    for (const char* file : {"", "tiny.toml "}) {
      const Ended ended = run(std::string("compare ") + file + "--resume one " + other);
      EXPECT_EQ(ended.exit, 1) << other;
      EXPECT_THAT(ended.output, HasSubstr("error[cli/other-experiment]")) << other;
    }
  }

  EXPECT_EQ(read_file(folder_ / "one/experiment.toml"), before);
  EXPECT_EQ(run("compare --resume one --quiet --threads 1").exit, 0);
  EXPECT_EQ(read_file(folder_ / "one/experiment.toml"), before);
}

TEST_F(Program, GoesOnWithAnotherEngine) {
  // One run is done and the other was killed before its first checkpoint.
  ASSERT_EQ(run("compare tiny.toml --quiet --out one --set 'run.seeds=[1]'").exit, 0);
  const std::string done = read_file(folder_ / "one/clipped_async_sgd/seed-1/result.json");
  fs::remove(folder_ / "one/async_sgd/seed-1/result.json");
  fs::remove(folder_ / "one/async_sgd/seed-1/checkpoint");

  const Ended ended =
      run("compare --resume one --quiet --engine threads --set run.waits=false --threads 2");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_EQ(read_file(folder_ / "one/clipped_async_sgd/seed-1/result.json"), done);
  const Ended replayed = run("replay one/async_sgd/seed-1");
  EXPECT_THAT(replayed.output, HasSubstr("the same bits as the recorded model"));
  EXPECT_EQ(run("compare --resume one --quiet").exit, 0) << "whichever engine made the results";
}

TEST_F(Program, ResumesNoFolderThatIsNotItsOwn) {
  write("experiment.toml", tiny);

  const Ended ended = run("compare --resume .");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("error[report/nothing-to-resume]"));
  EXPECT_EQ(read_file(folder_ / "experiment.toml"), tiny);
}

TEST_F(Program, NeverReportsAResultOfOtherOptions) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one").exit, 0);
  ASSERT_EQ(shell("sed -i 's/{ steps = 200,/{ steps = 300,/' one/experiment.toml").exit, 0);

  const Ended ended = run("compare --resume one --quiet");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("this result was made with other options"));
}

TEST_F(Program, GoesOnWithOneRunOfAComparisonAndKeepsTheOthers) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one").exit, 0);
  const std::string experiment = read_file(folder_ / "one/experiment.toml");
  const std::string summary = read_file(folder_ / "one/summary.csv");
  fs::remove_all(folder_ / "one/async_sgd");

  const Ended one = run("run --resume one --quiet --method async_sgd --seed 2");

  EXPECT_EQ(one.exit, 0) << one.output;
  EXPECT_TRUE(fs::exists(folder_ / "one/async_sgd/seed-2/result.json"));
  EXPECT_FALSE(fs::exists(folder_ / "one/async_sgd/seed-1"));
  EXPECT_EQ(read_file(folder_ / "one/experiment.toml"), experiment);
  EXPECT_EQ(run("compare --resume one --quiet").exit, 0);
  EXPECT_EQ(read_file(folder_ / "one/summary.csv"), summary);
}

TEST_F(Program, KeepsASecondProcessOutOfItsFolder) {
  ASSERT_EQ(run("compare tiny.toml --quiet --out one").exit, 0);

  const Ended ended =
      shell(std::string("flock one/lock ") + TAILRACE_PROGRAM + " compare --resume one");

  EXPECT_EQ(ended.exit, 3);
  EXPECT_THAT(ended.output, HasSubstr("\"one\" is in use by another tailrace"));
}

TEST_F(Program, EndsWithThreeWhenMemoryIsShort) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers reserve more address space than this test allows";
#endif
  const Ended ended = shell("ulimit -v 300000; " + std::string(TAILRACE_PROGRAM) +
                            " compare tiny.toml --set run.stop.steps=2 --set "
                            "'problem={kind=\"tridiagonal\", dimension=20000000}'");

  EXPECT_EQ(ended.exit, 3);
  EXPECT_THAT(ended.output, HasSubstr("error[cli/out-of-memory]"));
}

TEST_F(Program, EndsWithThreeWhenItsOutputIsLost) {
  for (const char* command : {"list", "--help", "compare tiny.toml --overwrite"}) {
    EXPECT_EQ(run(std::string(command) + " > /dev/full").exit, 3) << command;
  }
}

TEST_F(Program, RefusesToReplayWhatHasNoName) {
  const Ended ended = run("replay ''");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("is not the folder of a run"));
}

TEST_F(Program, SaysWhatWasProbablyMeant) {
  EXPECT_THAT(run("comparre tiny.toml").output, HasSubstr("did you mean \"compare\"?"));
  EXPECT_THAT(run("compare tiny.toml --ovrwrite").output,
              HasSubstr("did you mean \"--overwrite\"?"));
  EXPECT_THAT(run("--versoin").output, HasSubstr("did you mean \"--version\"?"));
}

TEST_F(Program, NamesATornRunLogAsTheCauseOfAReplayThatDiffers) {
  ASSERT_EQ(run("run tiny.toml --method async_sgd --out one --quiet").exit, 0);
  const fs::path log = folder_ / "one/async_sgd/seed-1/run.log";
  fs::resize_file(log, fs::file_size(log) - 1);

  const Ended ended = run("replay one/async_sgd/seed-1");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("the run log is torn"));
}

TEST_F(Program, RefusesNegativeCounts) {
  EXPECT_EQ(run("run tiny.toml --method async_sgd --seed -1").exit, 2);
  EXPECT_EQ(run("compare tiny.toml --threads -1").exit, 2);
}

TEST_F(Program, ReportsThePrivacyThatARunHasSpent) {
  const Ended ended =
      run("compare tiny.toml --quiet --set 'method[1].recipe=\"private_async_sgd\"' "
          "--set 'method[1].privacy.noise_multiplier=4.0'");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("private_async_sgd, seed 2: privacy: what a worker has sent "
                                      "is ("));
}

TEST_F(Program, TakesLessTimeToSendSmallerUpdates) {
  write("network.toml", R"(title = "network"
[problem]
kind = "quadratic"
spectrum = { kind = "spread", dimension = 10 }
[workers]
network = { bandwidth = "10B/s" }
[run]
stop = { steps = 10 }
[[method]]
recipe = "async_sgd"
[[method]]
recipe = "compressed_async_sgd"
compressor = "sign"
)");

  const Ended ended = run("compare network.toml --quiet");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  const std::string rows = read_file(folder_ / "runs/network/summary.csv");
  // A job: 4 s for the model of 40 bytes, 1 s of work, 4 s for its gradient or 0.6 s for 6 bytes.
  EXPECT_THAT(rows, HasSubstr("async_sgd,1,step limit,,90,10,"));
  EXPECT_THAT(rows, HasSubstr("compressed_async_sgd,1,step limit,,56,10,"));
}

TEST_F(Program, ListsAndExplains) {
  EXPECT_THAT(run("list recipes").output, HasSubstr("  clipped_async_sgd"));
  EXPECT_THAT(run("explain method").output, HasSubstr("an assigner"));
  EXPECT_THAT(run("explain clip2").output, HasSubstr("worker.step_size"));
  EXPECT_EQ(run("explain clipp2").exit, 1);
}

// The first screen of the README is what the demo prints, to the letter.
TEST_F(Program, PrintsForTheDemoWhatTheReadmeShows) {
  const fs::path source = TAILRACE_SOURCE_DIR;

  const Ended ended = run("compare '" + (source / "examples/demo.toml").string() +
                          "' --out runs/demo --no-color --quiet");

  EXPECT_EQ(ended.exit, 0);
  const std::size_t table = ended.output.find("method ");
  ASSERT_NE(table, std::string::npos) << ended.output;
  EXPECT_THAT(read_file(source / "README.md"), HasSubstr(ended.output.substr(table)));
}

}  // namespace
}  // namespace tailrace::cli
