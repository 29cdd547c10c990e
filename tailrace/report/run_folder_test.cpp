#include "tailrace/report/run_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
    path_ = fs::path(::testing::TempDir()) / "tailrace_run_folder_test";
    fs::remove_all(path_);
  }
  void TearDown() override { fs::remove_all(path_); }

  [[nodiscard]] std::string code_of(Existing existing) const {
    const Result<RunFolder> folder = RunFolder::open(path_.string(), existing, "title = \"b\"\n");
    return folder ? "" : folder.error()[0].code;
  }
  [[nodiscard]] std::string experiment() const {
    std::ifstream stream(path_ / "experiment.toml");
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void make_run() const {
    ASSERT_TRUE(RunFolder::open(path_.string(), Existing::refuse, "title = \"a\"\n"));
  }

  fs::path path_;
};

TEST_F(Folder, IsMadeWithItsExperiment) {
  make_run();

  EXPECT_EQ(experiment(), "title = \"a\"\n");
}

TEST_F(Folder, IsNeverOverwrittenSilently) {
  make_run();

  EXPECT_EQ(code_of(Existing::refuse), "report/exists");

  EXPECT_EQ(experiment(), "title = \"a\"\n");
  EXPECT_THAT(RunFolder::open(path_.string(), Existing::refuse, "").error()[0].fix,
              ::testing::AllOf(::testing::HasSubstr("--resume"),
                               ::testing::HasSubstr("--overwrite"), ::testing::HasSubstr("--out")));
}

TEST_F(Folder, IsEmptiedToOverwriteIt) {
  make_run();
  std::ofstream(path_ / "old.csv") << "1\n";

  EXPECT_EQ(code_of(Existing::overwrite), "");

  EXPECT_EQ(experiment(), "title = \"b\"\n");
  EXPECT_FALSE(fs::exists(path_ / "old.csv"));
}

TEST_F(Folder, IsKeptToResumeIt) {
  make_run();
  std::ofstream(path_ / "old.csv") << "1\n";

  EXPECT_EQ(code_of(Existing::resume), "");

  EXPECT_TRUE(fs::exists(path_ / "old.csv"));
}

TEST_F(Folder, ThatHoldsOtherThingsIsNotTouched) {
  fs::create_directories(path_);
  std::ofstream(path_ / "thesis.tex") << "years of work\n";

  EXPECT_EQ(code_of(Existing::overwrite), "report/not-a-run");
  EXPECT_EQ(code_of(Existing::refuse), "report/not-a-run");
  EXPECT_EQ(code_of(Existing::resume), "report/nothing-to-resume");

  EXPECT_TRUE(fs::exists(path_ / "thesis.tex"));
}

TEST_F(Folder, ThatCannotBeMadeIsAnErrorOfTheEnvironment) {
  const Result<RunFolder> folder = RunFolder::open("/dev/null/runs", Existing::refuse, "");

  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error()[0].code, "report/cannot-write");
}

TEST_F(Folder, HasAPlaceForEveryMethodAndSeed) {
  make_run();
  const RunFolder folder = *RunFolder::read(path_.string());

  const Result<std::string> run = folder.make_run("clip2", 3);

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
