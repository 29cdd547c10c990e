#include "tailrace/fetch/fetch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tailrace/core/file_lock.hpp"
#include "tailrace/fetch/checksum.hpp"
#include "tailrace/fetch/files_test.hpp"
#include "tailrace/fetch/server_test.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;
using testing::answer;
using testing::answer_file;
using testing::Format;
using ::testing::HasSubstr;
using testing::pack;
using testing::read_all;
using testing::Request;
using testing::Server;
using testing::write_all;

/// A set in a zip, one packed file and one plain file, all served from here.
class Fetching : public testing::WithFolder {
 protected:
  Fetching() {
    options_.folder = folder_ / "data";
    options_.download.pause = std::chrono::milliseconds(1);
    options_.download.note = [this](const std::string& line) { notes_ += line + '\n'; };
  }

  [[nodiscard]] std::string sum_of(const std::string& bytes) const {
    write_all(folder_ / "sum", bytes);
    return sha256_of(folder_ / "sum").value();
  }

  [[nodiscard]] Source source(const std::string& file, Packing packing,
                              const std::string& sha256) const {
    return {
        .name = set_.name,
        .files = {{.url = "https://127.0.0.1:1/" + file, .packing = packing, .sha256 = sha256}}};
  }

  /// Fetches from the server instead of where it is published.
  [[nodiscard]] Result<Fetched> fetch(const Source& source) {
    options_.from = server_.url("");
    return fetch_set(set_, source, options_);
  }

  static std::string code(const Result<Fetched>& result) {
    return result ? "" : result.error().front().code;
  }

  data::KnownSet set_ = {
      .name = "tiny", .title = "", .folders = {"glue/Tiny", "Tiny"}, .files = {"train.tsv"}};
  fs::path place_ = folder_ / "data/glue/Tiny";
  std::string bytes_ = pack({{"Tiny/train.tsv", "1\thello\n"}, {"Tiny/more/x", "x"}}, Format::zip);
  Server server_{[this](const Request& request) {
    return request.path == "/tiny" ? answer_file(request, bytes_) : answer("404 Not Found", "");
  }};
  std::string notes_;
  FetchOptions options_;
};

TEST_F(Fetching, DownloadsChecksUnpacksAndLeavesNothingElse) {
  const auto fetched = fetch(source("tiny", Packing::archive, sum_of(bytes_)));

  ASSERT_TRUE(fetched) << to_string(fetched.error());
  EXPECT_FALSE(fetched->was_here);
  EXPECT_EQ(fetched->folder, place_);
  EXPECT_EQ(read_all(place_ / "train.tsv"), "1\thello\n");
  EXPECT_EQ(read_all(place_ / "more/x"), "x");
  std::vector<std::string> beside;
  for (const auto& entry : fs::directory_iterator(place_.parent_path())) {
    beside.push_back(entry.path().filename());
  }
  EXPECT_THAT(beside, ::testing::ElementsAre("Tiny"));
  EXPECT_EQ(notes_, "");
}

TEST_F(Fetching, AsksNobodyForWhatIsHere) {
  write_all(place_ / "train.tsv", "mine");

  const auto fetched = fetch(source("tiny", Packing::archive, "irrelevant"));

  ASSERT_TRUE(fetched);
  EXPECT_TRUE(fetched->was_here);
  EXPECT_EQ(read_all(place_ / "train.tsv"), "mine");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Fetching, RemovesADownloadWithAWrongChecksum) {
  const auto fetched = fetch(source("tiny", Packing::archive, std::string(64, '0')));

  EXPECT_EQ(code(fetched), "fetch/checksum");
  EXPECT_THAT(fetched.error().front().what, HasSubstr(sum_of(bytes_)));
  EXPECT_FALSE(fs::exists(place_));
  EXPECT_FALSE(fs::exists(place_.parent_path() / "tiny.part"));
  EXPECT_FALSE(fs::exists(place_.parent_path() / "tiny"));
}

TEST_F(Fetching, NotesAnUnknownChecksumAndRequiresItTheNextTime) {
  bytes_ = "1\thello\n";
  set_.files = {"tiny"};
  const Source unknown = source("tiny", Packing::plain, "");

  ASSERT_TRUE(fetch(unknown));
  EXPECT_THAT(notes_, HasSubstr("no checksum"));
  EXPECT_EQ(read_all(place_ / "tiny.sha256"), sum_of(bytes_) + "  tiny\n");
  fs::remove(place_ / "tiny");
  ASSERT_TRUE(fetch(unknown));
  fs::remove(place_ / "tiny");
  bytes_ = "0\tchanged\n";

  EXPECT_EQ(code(fetch(unknown)), "fetch/checksum");
  EXPECT_FALSE(fs::exists(place_ / "tiny"));
}

TEST_F(Fetching, UnpacksAFileThatIsPackedAlone) {
  bytes_ = pack({{"x", "hello"}}, Format::gz);
  set_.files = {"train-images"};
  Server server([this](const Request& request) { return answer_file(request, bytes_); });
  options_.from = server.url("/mirror/");

  ASSERT_TRUE(
      fetch_set(set_, source("train-images.gz", Packing::compressed, sum_of(bytes_)), options_));

  EXPECT_EQ(read_all(place_ / "train-images"), "hello");
  EXPECT_EQ(server.requests().front().path, "/mirror/train-images.gz");
  EXPECT_FALSE(fs::exists(place_ / "train-images.gz"));
}

TEST_F(Fetching, TakesAFileThatSomebodyDownloadedByHand) {
  write_all(folder_ / "data/glue/tiny", bytes_);

  ASSERT_TRUE(fetch(source("tiny", Packing::archive, sum_of(bytes_))));

  EXPECT_EQ(read_all(place_ / "train.tsv"), "1\thello\n");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Fetching, LeavesAWrongFileOfSomebodyAlone) {
  write_all(folder_ / "data/glue/tiny", "something else");

  EXPECT_EQ(code(fetch(source("tiny", Packing::archive, sum_of(bytes_)))), "fetch/checksum");

  EXPECT_EQ(read_all(folder_ / "data/glue/tiny"), "something else");
}

TEST_F(Fetching, PutsNothingInPlaceOfAnArchiveThatLeadsOut) {
  bytes_ = pack({{"Tiny/train.tsv", "1"}, {"../../evil", "x"}}, Format::zip);

  EXPECT_EQ(code(fetch(source("tiny", Packing::archive, sum_of(bytes_)))), "fetch/archive");

  EXPECT_FALSE(fs::exists(place_));
  EXPECT_FALSE(fs::exists(folder_ / "evil"));
  EXPECT_FALSE(fs::exists(folder_ / "data/evil"));
}

TEST_F(Fetching, SaysWhenWhatCameIsNotTheWholeSet) {
  set_.files = {"train.tsv", "dev.tsv"};

  EXPECT_EQ(code(fetch(source("tiny", Packing::archive, sum_of(bytes_)))), "fetch/archive");
}

TEST_F(Fetching, KeepsASecondFetchOfTheSameSetOut) {
  fs::create_directories(options_.folder);
  const auto held = FileLock::take((options_.folder / ".tiny.lock").string());
  ASSERT_TRUE(held);

  EXPECT_EQ(code(fetch(source("tiny", Packing::archive, ""))), "fetch/in-use");
}

TEST_F(Fetching, SaysWhatToDoByHandWithoutANetwork) {
  options_.download.attempts = 1;
  const Source published = source("tiny", Packing::archive, sum_of(bytes_));

  const auto fetched = fetch_set(set_, published, options_);  // port 1: nobody answers

  EXPECT_EQ(code(fetched), "fetch/offline");
  EXPECT_THAT(fetched.error().front().fix, HasSubstr("https://127.0.0.1:1/tiny"));
  EXPECT_THAT(fetched.error().front().fix, HasSubstr(place_.parent_path().string()));
  EXPECT_THAT(fetched.error().front().fix, HasSubstr("--data"));
}

}  // namespace
}  // namespace tailrace::fetch
