#include "tailrace/fetch/download.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "tailrace/fetch/files_test.hpp"
#include "tailrace/fetch/server_test.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;
using testing::answer;
using testing::answer_file;
using testing::cut;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_all;
using testing::Request;
using testing::Server;
using testing::write_all;

/// Every byte tells its place: the i-th letter of a, b, ..., w, a, ...
std::string letters(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

class Downloading : public testing::WithFolder {
 protected:
  Downloading() {
    options_.pause = std::chrono::milliseconds(1);
    options_.read_time = std::chrono::milliseconds(500);
    options_.stop = &stop_;
    options_.note = [this](const std::string& line) { notes_.push_back(line); };
  }

  [[nodiscard]] Status get(const std::string& url, bool is_checked = false) const {
    return download({.url = url, .part = part_, .is_checked = is_checked}, options_);
  }

  static std::string code(const Status& status) {
    return status ? "" : status.error().front().code;
  }

  fs::path part_ = folder_ / "file.bin.part";
  std::atomic<bool> stop_ = false;
  std::vector<std::string> notes_;
  DownloadOptions options_;
  const std::string bytes_ = letters(100'000);
};

TEST_F(Downloading, BringsAFileByteByByteAndTellsHowFarItIs) {
  std::vector<Progress> seen;
  options_.progress = [&](const Progress& progress) { seen.push_back(progress); };
  const Server server([&](const Request& request) { return answer_file(request, bytes_); });

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().file, "file.bin");
  EXPECT_EQ(seen.back().done, bytes_.size());
  EXPECT_EQ(seen.back().total, bytes_.size());
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(Downloading, GoesOnWhereAConnectionBroke) {
  const Server server([&, first = true](const Request& request) mutable {
    const std::string whole = answer_file(request, bytes_);
    return std::exchange(first, false) ? cut(whole, 60'000) : whole;
  });

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[1].header("Range"), "bytes=40000-");
  EXPECT_EQ(server.requests()[1].header("If-Range"), "\"v1\"");
  EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(Downloading, GoesOnInALaterCall) {
  options_.attempts = 1;
  const Server server([&, first = true](const Request& request) mutable {
    const std::string whole = answer_file(request, bytes_);
    return std::exchange(first, false) ? cut(whole, 1) : whole;
  });

  EXPECT_EQ(code(get(server.url("/file.bin"))), "fetch/offline");
  EXPECT_EQ(read_all(part_), bytes_.substr(0, 99'999));
  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
  EXPECT_EQ(server.requests()[1].header("Range"), "bytes=99999-");
}

TEST_F(Downloading, BeginsAnewWhenTheServerHasAnotherVersion) {
  const std::string old(50'000, 'o');
  const Server server([&, first = true](const Request& request) mutable {
    if (std::exchange(first, false)) return cut(answer_file(request, old, "\"old\""), 20'000);
    return answer_file(request, bytes_, "\"new\"");
  });

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, BeginsAnewWithAServerWithoutRanges) {
  const Server server([&, first = true](const Request&) mutable {
    const std::string whole = answer("200 OK", bytes_, "ETag: \"v1\"\r\n");
    return std::exchange(first, false) ? cut(whole, 60'000) : whole;
  });

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, JoinsPartsOfUnnamedVersionsOnlyIfTheResultIsChecked) {
  for (const bool is_checked : {false, true}) {
    fs::remove(part_);
    const Server server([&, first = true](const Request& request) mutable {
      const std::string whole = answer_file(request, bytes_, "");
      return std::exchange(first, false) ? cut(whole, 60'000) : whole;
    });

    ASSERT_TRUE(get(server.url("/file.bin"), is_checked));

    EXPECT_EQ(read_all(part_), bytes_);
    EXPECT_EQ(server.requests()[1].header("Range"), is_checked ? "bytes=40000-" : "");
  }
}

TEST_F(Downloading, BeginsAnewWhenMoreIsKeptThanThereIs) {
  const Server server([&](const Request& request) { return answer_file(request, bytes_); });
  write_all(part_, bytes_ + "more");
  write_all(part_.string() + ".from", server.url("/file.bin") + "\n\"v1\"\n");

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, DoesNotAppendAPartThatBeginsElsewhere) {
  const Server server([&](const Request& request) {
    if (request.header("Range").empty()) return answer_file(request, bytes_);
    return answer("206 Partial Content", bytes_, "Content-Range: bytes 0-99999/100000\r\n");
  });
  write_all(part_, bytes_.substr(0, 10));
  write_all(part_.string() + ".from", server.url("/file.bin") + "\n\"v1\"\n");

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, GivesUpAtOnceOnAFileThatIsNotThere) {
  const Server server([](const Request&) { return answer("404 Not Found", "no"); });

  const Status got = get(server.url("/file.bin"));

  EXPECT_EQ(code(got), "fetch/status");
  EXPECT_THAT(got.error().front().what, HasSubstr("404"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Downloading, TriesAgainWhenTheServerIsBusyAndThenGivesUp) {
  const Server busy(
      [](const Request&) { return answer("503 Service Unavailable", "", "Retry-After: 0\r\n"); });
  const Server once([&, first = true](const Request& request) mutable {
    return std::exchange(first, false) ? answer("429 Too Many Requests", "")
                                       : answer_file(request, bytes_);
  });

  EXPECT_EQ(code(get(busy.url("/file.bin"))), "fetch/status");
  EXPECT_TRUE(get(once.url("/file.bin")));

  EXPECT_EQ(busy.requests().size(), 4U);
  EXPECT_EQ(once.requests().size(), 2U);
}

TEST_F(Downloading, FollowsRedirectionsButNotInCircles) {
  const Server server([&](const Request& request) {
    if (request.path == "/file.bin") return answer("302 Found", "", "Location: /other\r\n");
    if (request.path == "/other") return answer_file(request, bytes_);
    return answer("301 Moved Permanently", "", "Location: /circle\r\n");
  });

  ASSERT_TRUE(get(server.url("/file.bin")));
  EXPECT_EQ(read_all(part_), bytes_);

  EXPECT_EQ(code(get(server.url("/circle"))), "fetch/redirects");
}

TEST_F(Downloading, TakesNothingUnencryptedFromOtherMachines) {
  const Server server([](const Request&) {
    return answer("302 Found", "", "Location: http://192.0.2.1/file.bin\r\n");
  });

  EXPECT_EQ(code(get("http://192.0.2.1/file.bin")), "fetch/insecure");
  EXPECT_EQ(code(get(server.url("/file.bin"))), "fetch/insecure");
}

TEST_F(Downloading, AsksAProxyForWhatLiesElsewhere) {
  const Server proxy([&](const Request& request) { return answer_file(request, bytes_); });
  options_.insecure_http = true;
  setenv("http_proxy", proxy.url("").c_str(), 1);

  const Status got = get("http://192.0.2.1/file.bin");
  unsetenv("http_proxy");

  ASSERT_TRUE(got) << to_string(got.error());
  EXPECT_EQ(read_all(part_), bytes_);
  EXPECT_EQ(proxy.requests().front().path, "http://192.0.2.1:80/file.bin");
}

TEST_F(Downloading, TriesAgainWhenTheServerFallsSilent) {
  std::atomic<bool> tried_again = false;
  options_.read_time = std::chrono::milliseconds(50);
  options_.attempts = 100;  // the server may take long to notice
  options_.note = [&](const std::string&) { tried_again = true; };
  const Server server([&, first = true](const Request& request) mutable {
    if (!std::exchange(first, false)) return answer_file(request, bytes_);
    while (!tried_again) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::string();
  });

  ASSERT_TRUE(get(server.url("/file.bin")));

  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, SaysWhenThereIsNoConnection) {
  std::string nobody;
  {
    const Server server([](const Request&) { return std::string(); });
    nobody = server.url("/file.bin");
  }

  const Status got = get(nobody);

  EXPECT_EQ(code(got), "fetch/offline");
  EXPECT_THAT(got.error().front().what, HasSubstr("no connection"));
  EXPECT_EQ(notes_.size(), 3U);
}

TEST_F(Downloading, KeepsWhatCameWhenItIsInterrupted) {
  const Server server([&](const Request& request) { return answer_file(request, bytes_); });
  options_.progress = [&](const Progress&) { stop_ = true; };

  EXPECT_EQ(code(get(server.url("/file.bin"))), "fetch/interrupted");
  EXPECT_GT(read_all(part_).size(), 0U);

  stop_ = false;
  options_.progress = [](const Progress&) {};
  ASSERT_TRUE(get(server.url("/file.bin")));
  EXPECT_EQ(read_all(part_), bytes_);
}

TEST_F(Downloading, RefusesWhatIsFarTooLarge) {
  options_.size_max = 50'000;
  const Server honest([&](const Request& request) { return answer_file(request, bytes_); });
  const Server silent(
      [&](const Request&) { return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes_; });

  EXPECT_EQ(code(get(honest.url("/file.bin"))), "fetch/too-large");
  EXPECT_EQ(code(get(silent.url("/file.bin"))), "fetch/too-large");
}

TEST_F(Downloading, KeepsWhatCameOnAFullDiskAndGoesOnLater) {
  // A limit on the size of files stands for a disk without room.
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  rlimit limit = old_limit;
  limit.rlim_cur = 30'000;
  const Server server([&](const Request& request) { return answer_file(request, bytes_); });

  setrlimit(RLIMIT_FSIZE, &limit);
  const Status full = get(server.url("/file.bin"));
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_EQ(code(full), "fetch/disk-full");
  EXPECT_EQ(read_all(part_), bytes_.substr(0, 30'000));
  ASSERT_TRUE(get(server.url("/file.bin")));
  EXPECT_EQ(read_all(part_), bytes_);
}

}  // namespace
}  // namespace tailrace::fetch
