#include "cli/program_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Neural problems in experiment files, and what the program does when LibTorch is not there.
namespace tailrace::cli {
namespace {

using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Program;

constexpr const char* shapes = R"(title = "shapes"
[problem]
kind = "images"
data = "synthetic-shapes"
count = 80
test_count = 20
padding = 4
flip = true
model = { kind = "cnn", first = 4, second = 8, hidden = 16 }
batch = 4
evaluate = { train = 40, batch = 20 }
[workers]
count = 4
speed = { kind = "two_speeds", slowdown = 4 }
[run]
stop = { steps = 20 }
evaluate = { every_steps = 10 }
[[method]]
recipe = "clipped_async_sgd"
step_size = 0.05
)";

TEST_F(Program, TrainsANetworkToTheEnd) {
  write("shapes.toml", shapes);

  const Ended ended = run("run shapes.toml --out shapes --no-color");

  EXPECT_EQ(ended.exit, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("cnn, 4,498 parameters"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "shapes"));
}

TEST_F(Program, EndsOnTheSameModelOnOneThreadAndOnTwo) {
  write("shapes.toml", shapes);

  const Ended one = run("run shapes.toml --out one --threads 1 --quiet");
  const Ended two = run("run shapes.toml --out two --threads 2 --quiet");

  ASSERT_EQ(one.exit, 0) << one.output;
  ASSERT_EQ(two.exit, 0) << two.output;
  const std::string run_folder = "/clipped_async_sgd/seed-1/";
  EXPECT_EQ(shell("cmp one" + run_folder + "metrics.csv two" + run_folder + "metrics.csv").output,
            "");
  EXPECT_EQ(
      shell("grep -h '\"model\"' */clipped_async_sgd/seed-1/result.json | sort -u | wc -l").output,
      "1\n");
}

TEST_F(Program, NeedsNoTorchToStart) {
  const Ended libraries = shell("ldd " TAILRACE_PROGRAM);

  EXPECT_EQ(libraries.exit, 0);
  EXPECT_THAT(libraries.output, Not(HasSubstr("torch")));
}

TEST_F(Program, LoadsTorchForANetworkAlone) {
  // The loader's own diary names every library that it opens.
  write("shapes.toml", shapes);
  const std::string diary = "LD_DEBUG=files " TAILRACE_PROGRAM " ";

  EXPECT_EQ(shell(diary + "list 2>&1 | grep -c tailrace_torch.so").output, "0\n");
  EXPECT_EQ(shell(diary + "check tiny.toml 2>&1 | grep -c tailrace_torch.so").output, "0\n");
  EXPECT_NE(shell(diary + "run shapes.toml --quiet 2>&1 | grep -c tailrace_torch.so").output,
            "0\n");
}

TEST_F(Program, SaysWhatToInstallWhenTorchIsNotThere) {
  write("shapes.toml", shapes);

  const Ended ended =
      shell("TAILRACE_TORCH=/nonexistent/torch.so " TAILRACE_PROGRAM " run shapes.toml --quiet");

  EXPECT_NE(ended.exit, 0);
  EXPECT_THAT(ended.output, HasSubstr("error[neural/no-torch]"));
  EXPECT_THAT(ended.output, HasSubstr("/nonexistent/torch.so"));
  EXPECT_THAT(ended.output, HasSubstr("libtorch-dev"));
}

TEST_F(Program, RefusesTheTorchHalfOfAnotherBuild) {
  write("shapes.toml", shapes);

  const Ended ended = shell("TAILRACE_TORCH=" TAILRACE_OTHER_PLUGIN " " TAILRACE_PROGRAM
                            " run shapes.toml --quiet");

  EXPECT_NE(ended.exit, 0);
  EXPECT_THAT(ended.output, HasSubstr("error[neural/no-torch]"));
  EXPECT_THAT(ended.output, HasSubstr("belongs to another build of Tailrace"));
}

TEST_F(Program, RefusesALibraryThatIsNoTorchHalf) {
  write("shapes.toml", shapes);
  write("broken.so", "this is no library\n");

  const Ended ended =
      shell("TAILRACE_TORCH=broken.so " TAILRACE_PROGRAM " run shapes.toml --quiet");

  EXPECT_NE(ended.exit, 0);
  EXPECT_THAT(ended.output, HasSubstr("cannot be loaded"));
}

}  // namespace
}  // namespace tailrace::cli
