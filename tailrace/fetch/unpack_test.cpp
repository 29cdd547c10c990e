#include "tailrace/fetch/unpack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tailrace/fetch/checksum.hpp"
#include "tailrace/fetch/files_test.hpp"
#include "tailrace/fetch/mrpc.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;
using testing::Format;
using ::testing::HasSubstr;
using testing::pack;
using testing::Packed;
using testing::read_all;
using ::testing::UnorderedElementsAre;
using testing::write_all;

class Unpacking : public testing::WithFolder {
 protected:
  /// Unpacks the folder "set" of an archive of these bytes.
  [[nodiscard]] Result<std::vector<fs::path>> unpack(const std::string& bytes,
                                                     const UnpackLimits& limits = {}) const {
    write_all(folder_ / "archive", bytes);
    return unpack_archive(folder_ / "archive", "set", folder_ / "into", limits);
  }

  static std::string code(const Result<std::vector<fs::path>>& result) {
    return result ? "" : result.error().front().code;
  }
};

TEST_F(Unpacking, TakesTheFilesOfOneFolderFromTarAndZip) {
  const std::vector<Packed> entries = {{"set/one", "1"}, {"./set/sub/two", "2"}, {"other/x", "x"}};

  for (const Format format : {Format::tar_gz, Format::zip}) {
    const auto files = unpack(pack(entries, format));

    ASSERT_TRUE(files) << to_string(files.error());
    EXPECT_THAT(*files, UnorderedElementsAre("one", "sub/two"));
    EXPECT_EQ(read_all(folder_ / "into/one"), "1");
    EXPECT_EQ(read_all(folder_ / "into/sub/two"), "2");
    EXPECT_FALSE(fs::exists(folder_ / "into/x"));
  }
}

TEST_F(Unpacking, RefusesPathsThatLeadOutOfTheFolder) {
  for (const std::string path : {"../evil", "set/../../evil", "/evil", "set/.."}) {
    EXPECT_EQ(code(unpack(pack({{path, "x"}}, Format::tar_gz))), "fetch/archive") << path;
    EXPECT_EQ(code(unpack(pack({{path, "x"}}, Format::zip))), "fetch/archive") << path;
  }
  EXPECT_FALSE(fs::exists(folder_ / "evil"));
  EXPECT_FALSE(fs::exists(folder_.parent_path() / "evil"));
}

TEST_F(Unpacking, RefusesLinks) {
  const std::string symbolic = pack({{"set/link", "", "/etc"}}, Format::tar_gz);
  const std::string hard = pack({{"set/link", "", "../../passwd", true}}, Format::tar_gz);

  EXPECT_EQ(code(unpack(symbolic)), "fetch/archive");
  EXPECT_EQ(code(unpack(hard)), "fetch/archive");
}

TEST_F(Unpacking, RefusesAnArchiveThatGrowsBeyondReason) {
  const std::string bomb = pack({{"set/zeros", std::string(20'000'000, '\0')}}, Format::tar_gz);
  ASSERT_LT(bomb.size(), 50'000U);

  EXPECT_EQ(code(unpack(bomb)), "fetch/archive");
  EXPECT_EQ(code(unpack(pack({{"set/a", "1"}, {"set/b", "2"}}, Format::zip), {.entries = 1})),
            "fetch/archive");
}

TEST_F(Unpacking, SaysWhenAnArchiveIsDamagedOrNone) {
  std::string noise(100'000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] = static_cast<char>((i * 2'654'435'761U) >> 13U);
  }
  const std::string whole = pack({{"set/one", noise}}, Format::tar_gz);

  EXPECT_EQ(code(unpack(whole.substr(0, whole.size() / 2))), "fetch/archive");
  EXPECT_EQ(code(unpack("this is no archive")), "fetch/archive");
  EXPECT_TRUE(unpack(whole));
}

TEST_F(Unpacking, UnpacksOneFileInGzipAndBzip2) {
  for (const Format format : {Format::gz, Format::bz2}) {
    write_all(folder_ / "packed", pack({{"x", "hello"}}, format));

    ASSERT_TRUE(unpack_file(folder_ / "packed", folder_ / "out", {}));

    EXPECT_EQ(read_all(folder_ / "out"), "hello");
  }
  write_all(folder_ / "packed", "plain");
  EXPECT_FALSE(unpack_file(folder_ / "packed", folder_ / "out", {}));
}

TEST_F(Unpacking, KnowsTheChecksumThatTheStandardGives) {
  write_all(folder_ / "abc", "abc");  // FIPS 180-2, example B.1

  EXPECT_EQ(sha256_of(folder_ / "abc").value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_FALSE(sha256_of(folder_ / "none"));
}

TEST_F(Unpacking, SplitsMrpcByTheListOfPairsForDevelopment) {
  write_all(folder_ / "msr_paraphrase_train.txt",
            "\xEF\xBB\xBFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
            "1\t10\t11\tA b.\tC \"d\".\r\n"
            "0\t20\t21\tE.\tF.\r\n");
  write_all(folder_ / "mrpc_dev_ids.tsv", "20\t21\n11\t10\n");

  ASSERT_TRUE(split_mrpc(folder_));

  const std::string header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
  EXPECT_EQ(read_all(folder_ / "train.tsv"), header + "1\t10\t11\tA b.\tC \"d\".\n");
  EXPECT_EQ(read_all(folder_ / "dev.tsv"), header + "0\t20\t21\tE.\tF.\n");
}

TEST_F(Unpacking, SaysWhichRowOfMrpcIsNotAsExpected) {
  write_all(folder_ / "msr_paraphrase_train.txt",
            "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t2\t3\n");
  write_all(folder_ / "mrpc_dev_ids.tsv", "");

  const Status split = split_mrpc(folder_);

  ASSERT_FALSE(split);
  EXPECT_THAT(split.error().front().where, HasSubstr("msr_paraphrase_train.txt:2"));
  EXPECT_FALSE(fs::exists(folder_ / "train.tsv"));
}

}  // namespace
}  // namespace tailrace::fetch
