#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

#include "cli/program_test.hpp"

namespace tailrace::cli {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using testing::read_file;

class Replay : public testing::Program {
 protected:
  void record(const std::string& more = "") const {
    const Ended ended = run("run tiny.toml --method async_sgd --seed 1 --out one --quiet " + more);
    ASSERT_EQ(ended.exit, 0) << ended.output;
  }
  [[nodiscard]] Ended replay(const std::string& arguments) const {
    return run("replay one/async_sgd/seed-1 " + arguments);
  }
};

TEST_F(Replay, TriesAnotherMethodOnTheTimesThatWereSeen) {
  record();

  const Ended ended = replay("--method ringmaster");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("the same bits as the recorded model"));
  EXPECT_THAT(ended.output, HasSubstr("ringmaster, estimated"));
  EXPECT_THAT(ended.output, HasSubstr("an estimate"));
}

/// The columns of a row: as recorded, and as estimated.
std::pair<std::string, std::string> columns(const std::string& output, const std::string& row) {
  const auto begin = output.find("\n  " + row + " ");
  if (begin == std::string::npos) return {"no such", "row"};
  std::istringstream line(
      output.substr(begin + 3 + row.size(), output.find('\n', begin + 1) - begin - 3 - row.size()));
  std::string recorded;
  std::string other;
  line >> recorded >> other;
  if (other == "s") line >> other;
  return {recorded, other};
}

TEST_F(Replay, GivesTheRunItselfWhenItsOwnMethodIsTried) {
  record();

  const Ended ended = replay("--method async_sgd");

  ASSERT_EQ(ended.exit, 0) << ended.output;
  for (const char* row : {"time", "steps", "loss", "gradient norm", "staleness"}) {
    const auto [recorded, estimated] = columns(ended.output, row);
    EXPECT_EQ(estimated, recorded) << row << '\n' << ended.output;
  }
}

TEST_F(Replay, TakesOptionsForTheOtherMethodOnly) {
  record();

  const Ended ended = replay("--method async_sgd --set method.async_sgd.step_size=0.1");

  ASSERT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("the same bits as the recorded model"));
  const auto [recorded, estimated] = columns(ended.output, "loss");
  EXPECT_NE(estimated, recorded);
}

TEST_F(Replay, RefusesAMethodThatNobodyKnows) {
  record();

  const Ended ended = replay("--method ringmeister");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("ringmaster"));
}

TEST_F(Replay, RefusesOtherWorkers) {
  record();

  const Ended ended = replay("--method async_sgd --set workers.count=5");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("the times are of 4 workers"));
}

TEST_F(Replay, SaysWhatCanceledJobsLeaveOpen) {
  std::string text = testing::tiny;
  text.resize(text.find("[[method]]"));
  write("restarts.toml", text +
                             "[[method]]\nname = \"restarts\"\nnext = { restart_after = 1 }\n"
                             "step_size = 0.1\n");
  ASSERT_EQ(run("run restarts.toml --seed 1 --out two --quiet").exit, 0);

  const Ended ended = run("replay two/restarts/seed-1 --method ringmaster");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("canceled jobs are left out"));
}

TEST_F(Replay, WritesTimesThatAnExperimentReads) {
  record();

  const Ended written = replay("--delays times.csv");

  ASSERT_EQ(written.exit, 0) << written.output;
  const std::string text = read_file(folder_ / "times.csv");
  EXPECT_EQ(text.front(), '#');
  std::istringstream lines(text.substr(text.find('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 3) << line;
  }
  const Ended again =
      run("run tiny.toml --method async_sgd --seed 1 --out two --quiet --set workers.speed=1 "
          "--set 'workers.delay={kind=\"trace\",file=\"times.csv\"}' --set 'workers.per=\"job\"'");
  ASSERT_EQ(again.exit, 0) << again.output;
  // Jobs took whole seconds, which the file holds to the bit.
  const auto hash = [&](const char* run) {
    const std::string json = read_file(folder_ / run / "async_sgd/seed-1/result.json");
    const auto at = json.find("\"model\"");
    return json.substr(at, json.find(',', at) - at);
  };
  EXPECT_EQ(hash("two"), hash("one"));
}

TEST_F(Replay, PrintsTheClosestLawAsATable) {
  record("--set workers.delay=exponential");

  const Ended ended = replay("--fit");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("[workers]\ncount = 4\nspeed = { kind = \"list\""));
  EXPECT_THAT(ended.output, HasSubstr("Kolmogorov-Smirnov"));
}

/// Jobs whose workers said how long they computed: a second and two, three times as long on worker
/// 1, and 1 ms each way at 1 MB/s beyond that.
std::string spans() {
  std::string text = "worker,job,steps,given_s,arrived_s,compute_s,bytes_out,bytes_in\n";
  for (int worker = 0; worker < 4; ++worker) {
    for (int job = 0; job < 10; ++job) {
      const double compute = (1 + job % 2) * (worker == 1 ? 3 : 1);
      const int bytes_out = job % 3 == 0 ? 0 : 8000;
      const double messages = 2e-3 + 1e-6 * (bytes_out + 2000);
      text += std::to_string(worker) + ',' + std::to_string(job) + ",1,10," +
              std::to_string(10 + compute + messages) + ',' + std::to_string(compute) + ',' +
              std::to_string(bytes_out) + ",2000\n";
    }
  }
  return text;
}

TEST_F(Replay, TellsComputingFromMessagesWhereWorkersSaidHowLongTheyComputed) {
  record();
  write("one/async_sgd/seed-1/spans.csv", spans());

  const Ended written = replay("--delays times.csv");

  ASSERT_EQ(written.exit, 0) << written.output;
  EXPECT_THAT(written.output, HasSubstr("per = \"job\"\nnetwork = { latency = \"1ms\", "
                                        "bandwidth = \"8Mbit/s\" }\n"));
  const std::string text = read_file(folder_ / "times.csv");
  EXPECT_THAT(text, HasSubstr("\n1,3,1,1\n2,6,2,2\n1,3,1,1\n"));
  const auto begin = written.output.find("[workers]");
  std::string experiment = testing::tiny;
  const auto old = experiment.find("[workers]");
  experiment.replace(old, experiment.find("[run]") - old,
                     written.output.substr(begin, written.output.find("\n\n", begin) + 1 - begin));
  write("measured.toml", experiment);
  EXPECT_EQ(run("check measured.toml").exit, 0) << run("check measured.toml").output << experiment;
}

TEST_F(Replay, PrintsTheLawOfMeasuredTimesWithTheirNetwork) {
  record();
  write("one/async_sgd/seed-1/spans.csv", spans());

  const Ended ended = replay("--fit");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("seconds = [1.5, 4.5, 1.5, 1.5]"));
  EXPECT_THAT(ended.output, HasSubstr("\nnetwork = { latency = \"1ms\""));
}

TEST_F(Replay, SaysWhichLineOfMeasuredTimesIsDamaged) {
  record();
  write("one/async_sgd/seed-1/spans.csv", spans() + "0,11,1,1,0,x\n");

  const Ended ended = replay("--fit");

  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.output, HasSubstr("spans.csv:42"));
}

}  // namespace
}  // namespace tailrace::cli
