#include "tailrace/report/run_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tailrace::report {
namespace {

namespace fs = std::filesystem;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ =
        fs::path(::testing::TempDir()) / ("tailrace_run_folder_test_" + std::to_string(getpid()));
    fs::remove_all(path_);
  }
  void TearDown() override { fs::remove_all(path_); }

  [[nodiscard]] Result<RunFolder> begin(bool overwrite, const std::string& input = "") const {
    return RunFolder::make(path_.string(), {.experiment = "title = \"b\"\n",
                                            .version = "1.2.3",
                                            .input = input,
                                            .overwrite = overwrite});
  }
  static std::string code_of(const Result<RunFolder>& folder) {
    return folder ? "" : folder.error()[0].code;
  }
  void put(const char* file) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << "1\n";
  }
  [[nodiscard]] bool has(const char* file) const { return fs::exists(path_ / file); }
  [[nodiscard]] std::string experiment() const {
    std::ifstream stream(path_ / "experiment.toml");
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void make_run() const {
    ASSERT_TRUE(
        RunFolder::make(path_.string(), {.experiment = "title = \"a\"\n", .version = "1.2.3"}));
  }

  fs::path path_;
};

TEST_F(Folder, IsMadeWithItsExperiment) {
  make_run();

  EXPECT_EQ(experiment(), "title = \"a\"\n");
}

TEST_F(Folder, IsNeverOverwrittenSilently) {
  make_run();

  const Result<RunFolder> again = begin(false);

  EXPECT_EQ(code_of(again), "report/exists");
  EXPECT_EQ(experiment(), "title = \"a\"\n");
  EXPECT_THAT(again.error()[0].fix,
              ::testing::AllOf(::testing::HasSubstr("--resume"),
                               ::testing::HasSubstr("--overwrite"), ::testing::HasSubstr("--out")));
}

TEST_F(Folder, LosesItsOwnFilesWhenItIsOverwritten) {
  make_run();
  put("summary.csv");
  put("clip2/seed-1/run.log");
  put("clip2/seed-1/checkpoint.partial");

  EXPECT_EQ(code_of(begin(true)), "");

  EXPECT_EQ(experiment(), "title = \"b\"\n");
  EXPECT_FALSE(has("summary.csv"));
  EXPECT_FALSE(has("clip2"));
}

TEST_F(Folder, KeepsForeignFilesWhenItIsOverwritten) {
  make_run();
  put("thesis.tex");
  put("notes/seed-x/run.log");
  put("clip2/seed-1/run.log");
  put("clip2/seed-1/remarks.txt");

  EXPECT_EQ(code_of(begin(true)), "");

  EXPECT_TRUE(has("thesis.tex"));
  EXPECT_TRUE(has("notes/seed-x/run.log"));
  EXPECT_TRUE(has("clip2/seed-1/remarks.txt"));
  EXPECT_FALSE(has("clip2/seed-1/run.log"));
}

TEST_F(Folder, ThatTheInputLiesInIsNotOverwritten) {
  make_run();
  put("mine.toml");

  EXPECT_EQ(code_of(begin(true, (path_ / "mine.toml").string())), "report/protected");

  EXPECT_EQ(experiment(), "title = \"a\"\n");
}

TEST_F(Folder, ThatTheCurrentFolderLiesInIsNotOverwritten) {
  make_run();
  fs::create_directories(path_ / "inner");
  const fs::path before = fs::current_path();
  fs::current_path(path_ / "inner");

  const std::string code = code_of(begin(true));
  fs::current_path(before);

  EXPECT_EQ(code, "report/protected");
}

TEST_F(Folder, IsKeptAsItIsToResumeIt) {
  make_run();
  put("clip2/seed-1/run.log");

  EXPECT_EQ(code_of(RunFolder::resume(path_.string())), "");

  EXPECT_TRUE(has("clip2/seed-1/run.log"));
  EXPECT_EQ(experiment(), "title = \"a\"\n");
}

TEST_F(Folder, IsForOneAtATime) {
  make_run();
  const Result<RunFolder> first = RunFolder::resume(path_.string());

  EXPECT_EQ(code_of(RunFolder::resume(path_.string())), "report/in-use");
  EXPECT_EQ(code_of(begin(true)), "report/in-use");
}

TEST_F(Folder, IsFreeAgainWhenItIsClosed) {
  make_run();
  { const Result<RunFolder> first = RunFolder::resume(path_.string()); }

  EXPECT_EQ(code_of(RunFolder::resume(path_.string())), "");
}

TEST_F(Folder, ThatHoldsOtherThingsIsNotTouched) {
  put("experiment.toml");  // somebody's own, and no mark of ours beside it

  EXPECT_EQ(code_of(begin(true)), "report/not-a-run");
  EXPECT_EQ(code_of(begin(false)), "report/not-a-run");
  EXPECT_EQ(code_of(RunFolder::resume(path_.string())), "report/nothing-to-resume");

  EXPECT_EQ(experiment(), "1\n");
  EXPECT_FALSE(has("lock"));
}

TEST_F(Folder, ThatCannotBeMadeIsAnErrorOfTheEnvironment) {
  const Result<RunFolder> folder = RunFolder::make("/dev/null/runs", {});

  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error()[0].code, "report/cannot-write");
}

TEST_F(Folder, HasAPlaceForEveryMethodAndSeed) {
  make_run();
  const Result<RunFolder> folder = RunFolder::resume(path_.string());

  const Result<std::string> run = folder->make_run("clip2", 3);

  ASSERT_TRUE(run);
  EXPECT_EQ(*run, (path_ / "clip2" / "seed-3").string());
  EXPECT_TRUE(fs::is_directory(*run));
}

TEST(DefaultFolder, IsTheTitleInPlainLetters) {
  EXPECT_EQ(default_folder("a9a, half of the workers 4x slower!"),
            "runs/a9a-half-of-the-workers-4x-slower");
  EXPECT_EQ(default_folder("../../etc"), "runs/etc");
  EXPECT_EQ(default_folder("\xc3\xa4"), "runs/untitled");
}

TEST(MachineJson, NamesVersionCompilerAndProcessor) {
  const std::string json = machine_json("1.2.3");

  EXPECT_THAT(json, ::testing::HasSubstr("\"tailrace\": \"1.2.3\""));
  EXPECT_THAT(json, ::testing::HasSubstr("\"compiler\""));
  EXPECT_THAT(json, ::testing::ContainsRegex("\"cores\": [1-9]"));
}

}  // namespace
}  // namespace tailrace::report
