#include "tailrace/data/locate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

/// A variable of the environment, which has its old value again afterwards.
class Variable {
 public:
  explicit Variable(const char* name) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
  }
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

  void set(const std::string& value) { setenv(name_, value.c_str(), 1); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

/// Works in an empty folder, with a fresh TAILRACE_DATA and no other data, and puts everything back
/// afterwards.
class Locate : public ::testing::Test {
 protected:
  Locate() {
    fs::create_directories(folder_ / "libsvm");
    fs::create_directories(folder_ / "here");
    fs::current_path(folder_ / "here");
    data_.set(folder_.string());
    home_.set((folder_ / "home").string());
  }
  ~Locate() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  fs::path file(const fs::path& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "1 1:1\n";
    return folder_ / name;
  }

  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("tailrace_locate_test_" + std::to_string(getpid()));
  fs::path before_ = fs::current_path();
  Variable data_{"TAILRACE_DATA"};
  Variable home_{"HOME"};
};

TEST_F(Locate, TakesAPathAsItIs) {
  const fs::path path = file("some.txt");

  EXPECT_EQ(locate(path.string()).value(), path);
}

TEST_F(Locate, FindsANameInTheDataFolderItsLibsvmFolderAndPacked) {
  const fs::path direct = file("tailrace_one");
  const fs::path nested = file("libsvm/tailrace_two");
  const fs::path packed = file("libsvm/tailrace_three.gz");

  EXPECT_EQ(locate("tailrace_one").value(), direct);
  EXPECT_EQ(locate("tailrace_two").value(), nested);
  EXPECT_EQ(locate("tailrace_three").value(), packed);
}

TEST_F(Locate, ListsTheFoldersItSearchedForANameItDoesNotFind) {
  const auto found = locate("tailrace_none");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().code, "data/not-found");
  for (const fs::path& searched : data_folders()) {
    EXPECT_THAT(found.error().front().what, HasSubstr(searched.string()));
  }
}

TEST_F(Locate, DoesNotSearchForAPathWithFoldersNorForAnEmptyName) {
  file("libsvm/tailrace_two");

  EXPECT_EQ(locate("nowhere/tailrace_two").error().front().what,
            "there is no file \"nowhere/tailrace_two\"");
  EXPECT_EQ(locate("").error().front().code, "data/not-found");
  EXPECT_FALSE(locate(folder_.string()));  // a folder is no data set
}

TEST_F(Locate, RefusesPipesAndFolders) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);

  EXPECT_EQ(locate(pipe.string()).error().front().code, "data/not-a-file");
  EXPECT_EQ(locate(folder_.string()).error().front().code, "data/not-a-file");
}

TEST_F(Locate, FindsTheFolderOfAKnownSetHoweverItsNameIsWritten) {
  const fs::path folder = file("glue/SST-2/train.tsv").parent_path();

  for (const char* name : {"sst-2", "SST-2", "sst2", "SST_2"}) {
    EXPECT_EQ(locate_folder(name).value(), folder) << name;
  }
}

TEST_F(Locate, TakesNoFolderThatHoldsNoneOfASetsFiles) {
  fs::create_directories(folder_ / "mnist");
  const fs::path other = file("MNIST/raw/train-labels-idx1-ubyte.gz").parent_path();

  EXPECT_EQ(locate_folder("mnist").value(), other);  // where torchvision leaves it
}

TEST_F(Locate, PrefersAPathToAFolderAndKnowsFoldersOfOtherNames) {
  const fs::path own = file("my_set/train.tsv").parent_path();

  EXPECT_EQ(locate_folder(own.string()).value(), own);
  EXPECT_EQ(locate_folder("my_set").value(), own);
}

TEST_F(Locate, IsNotMisledByAFolderThatOnlySharesASetsName) {
  const fs::path set = file("glue/SST-2/train.tsv").parent_path();
  const fs::path text = file("tinyshakespeare/input.txt");
  file("here/sst-2/notes.txt");
  file("here/shakespeare/notes.txt");
  file("here/rte/odd_name.tsv");

  const auto misleading = locate_folder("sst-2");
  const auto misleading_file = locate("shakespeare");
  const auto last_resort = locate_folder("rte");
  file("here/sst-2/train.tsv");
  const auto right = locate_folder("sst-2");

  EXPECT_EQ(misleading.value(), set);
  EXPECT_EQ(misleading_file.value(), text);
  EXPECT_EQ(last_resort.value(), "rte");
  EXPECT_EQ(right.value(), "sst-2");
}

TEST_F(Locate, OffersNoDownloadThatWouldNotHelp) {
  const auto images = locate("cifar-10");
  const auto rows = locate("w8a");

  ASSERT_FALSE(images);
  ASSERT_FALSE(rows);
  EXPECT_THAT(images.error().front().fix, Not(HasSubstr("fetch")));
  EXPECT_THAT(rows.error().front().fix, HasSubstr("tailrace data fetch w8a"));
}

TEST_F(Locate, SaysWhereItSearchedForAFolderAndHowToFetchIt) {
  const auto found = locate_folder("QNLI");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().code, "data/not-found");
  for (const fs::path& root : data_roots()) {
    EXPECT_THAT(found.error().front().what, HasSubstr((root / "glue/QNLI").string()));
  }
  EXPECT_THAT(found.error().front().fix, HasSubstr("tailrace data fetch qnli"));
  EXPECT_FALSE(locate_folder(""));
  EXPECT_FALSE(locate_folder("nowhere/sst-2"));
}

TEST_F(Locate, FindsTheFileOfAKnownSetThatIsOneFile) {
  const fs::path text = file("shakespeare/input.txt");
  const fs::path rows = file("libsvm/gisette_scale");

  EXPECT_EQ(locate("shakespeare").value(), text);
  EXPECT_EQ(locate("gisette").value(), rows);
}

TEST_F(Locate, LooksFirstWhereItIsToldToAndThenWhereItDidBefore) {
  const fs::path old_one = file("tailrace_one");
  const fs::path old_two = file("tailrace_two");
  const fs::path new_one = file("first/tailrace_one");

  ASSERT_TRUE(look_first_in((folder_ / "first").string()));

  EXPECT_EQ(locate("tailrace_one").value(), new_one);
  EXPECT_EQ(locate("tailrace_two").value(), old_two);
  EXPECT_EQ(download_folder(), folder_ / "first");
  EXPECT_TRUE(fs::exists(old_one));
}

TEST_F(Locate, RefusesToLookInAFolderThatIsNotThereOrHasAColon) {
  fs::create_directories(folder_ / "a:b");

  EXPECT_EQ(look_first_in((folder_ / "none").string()).error().front().code, "data/no-folder");
  EXPECT_EQ(look_first_in((folder_ / "a:b").string()).error().front().code, "data/no-folder");
}

TEST(KnownSets, HaveNamesThatDifferAndFindThemselves) {
  for (const KnownSet& set : known_sets()) {
    EXPECT_EQ(find_known_set(set.name), &set);
    EXPECT_FALSE(set.files.empty());
    EXPECT_FALSE(set.folders.empty());
  }
  EXPECT_EQ(find_known_set("no-such-set"), nullptr);
}

}  // namespace
}  // namespace tailrace::data
