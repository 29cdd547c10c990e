#include "tailrace/fetch/tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "tailrace/fetch/download.hpp"
#include "tailrace/fetch/files_test.hpp"
#include "tailrace/fetch/server_test.hpp"

namespace tailrace::fetch {
namespace {

using testing::answer;
using ::testing::HasSubstr;
using testing::Request;
using testing::Server;

/// What comes of asking a proxy that answers with these bytes for data.example.org.
Tunnel ask(const std::string& bytes) {
  const Server proxy([&](const Request&) { return bytes; });
  return open_tunnel(parse_url(proxy.url("")).value(),
                     parse_url("https://data.example.org/file").value(), {});
}

TEST(Tunnel, IsAskedForByHostAndPort) {
  const Server proxy([](const Request&) { return answer("403 Forbidden", ""); });
  const Url place = parse_url(proxy.url("")).value();

  for (const char* url : {"https://data.example.org/file", "https://[2001:db8::1]:8443/file"}) {
    EXPECT_EQ(open_tunnel(place, parse_url(url).value(), {}).status, 403);
  }

  ASSERT_EQ(proxy.requests().size(), 2U);
  EXPECT_THAT(proxy.requests()[0].head, HasSubstr("CONNECT data.example.org:443 HTTP/1.1\r\n"));
  EXPECT_EQ(proxy.requests()[0].header("Host"), "data.example.org:443");
  EXPECT_THAT(proxy.requests()[1].head, HasSubstr("CONNECT [2001:db8::1]:8443 HTTP/1.1\r\n"));
}

TEST(Tunnel, LeavesEveryByteBehindTheAnswerToTheClient) {
  const Tunnel tunnel = ask("HTTP/1.0 200 Connection Established\r\nVia: x\r\n\r\nhost");
  ASSERT_GE(tunnel.descriptor, 0);

  std::string rest;
  std::array<char, 64> buffer{};
  for (ssize_t size = 1; (size = read(tunnel.descriptor, buffer.data(), buffer.size())) > 0;) {
    rest.append(buffer.data(), static_cast<std::size_t>(size));
  }
  close(tunnel.descriptor);

  EXPECT_EQ(rest, "host");
  EXPECT_EQ(tunnel.status, 200);
}

TEST(Tunnel, IsNoneWhenTheProxyRefuses) {
  const Tunnel tunnel = ask(answer("502 Bad Gateway", "no such host"));

  EXPECT_TRUE(tunnel.connected);
  EXPECT_EQ(tunnel.status, 502);
  EXPECT_LT(tunnel.descriptor, 0);
}

TEST(Tunnel, IsNoneWhenTheAnswerIsNoHttpOrHasNoEnd) {
  for (const std::string& bytes :
       {std::string(), std::string("SSH-2.0-x y 200\r\n\r\n"), std::string("HTTP/1.1 200\r\n"),
        std::string("HTTP/1.1\r\n\r\n"), std::string("HTTP/1.1 2x0 OK\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"}) {
    const Tunnel tunnel = ask(bytes);

    EXPECT_TRUE(tunnel.connected);
    EXPECT_EQ(tunnel.status, 0) << bytes.substr(0, 40);
    EXPECT_LT(tunnel.descriptor, 0);
  }
}

TEST(Tunnel, IsGivenUpWhenTheProxyFallsSilentOrPeopleWantToStop) {
  std::atomic<bool> done = false;
  const Server proxy([&](const Request&) {
    while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::string();
  });
  const Url place = parse_url(proxy.url("")).value();
  const Url host = parse_url("https://data.example.org/file").value();
  const std::atomic<bool> stop = true;

  const Tunnel silent = open_tunnel(place, host, {.answer_time = std::chrono::milliseconds(50)});
  const Tunnel stopped = open_tunnel(place, host, {.stop = &stop});
  done = true;

  EXPECT_TRUE(silent.connected);
  EXPECT_EQ(silent.status, 0);
  EXPECT_LT(silent.descriptor, 0);
  EXPECT_LT(stopped.descriptor, 0);
}

class DownloadingThroughATunnel : public testing::WithFolder {
 protected:
  DownloadingThroughATunnel() { options_.pause = std::chrono::milliseconds(1); }
  ~DownloadingThroughATunnel() override { unsetenv("https_proxy"); }

  /// The error of a download with this proxy.
  [[nodiscard]] Error error_with(const std::string& proxy) const {
    setenv("https_proxy", proxy.c_str(), 1);
    const Status got =
        download({.url = "https://data.example.org/file", .part = folder_ / "file.part"}, options_);
    return got ? Error{} : got.error().front();
  }

  DownloadOptions options_;
};

TEST_F(DownloadingThroughATunnel, TriesAgainWhenTheProxyReachesNobodyAndThenSaysSo) {
  const Server proxy([](const Request&) { return answer("502 Bad Gateway", "no such host"); });

  const Error error = error_with(proxy.url(""));

  EXPECT_EQ(error.code, "fetch/proxy");
  EXPECT_THAT(error.what, HasSubstr("502"));
  EXPECT_THAT(error.what, HasSubstr("data.example.org"));
  EXPECT_EQ(proxy.requests().size(), 4U);
}

TEST_F(DownloadingThroughATunnel, GivesUpAtOnceWhenTheProxyForbidsIt) {
  const Server proxy(
      [](const Request&) { return answer("407 Proxy Authentication Required", ""); });

  EXPECT_EQ(error_with(proxy.url("")).code, "fetch/proxy");

  EXPECT_EQ(proxy.requests().size(), 1U);
}

TEST_F(DownloadingThroughATunnel, SaysWhenThereIsNoProxyOrNoAnswer) {
  options_.attempts = 1;
  std::string nobody;
  {
    const Server gone([](const Request&) { return std::string(); });
    nobody = gone.url("");
  }
  const Server silent([](const Request&) { return std::string(); });

  const Error none = error_with(nobody);
  const Error no_answer = error_with(silent.url(""));

  EXPECT_EQ(none.code, "fetch/offline");
  EXPECT_THAT(none.what, HasSubstr("no connection to the proxy " + nobody));
  EXPECT_EQ(no_answer.code, "fetch/offline");
  EXPECT_THAT(no_answer.what, HasSubstr("the proxy " + silent.url("") + " does not answer"));
}

}  // namespace
}  // namespace tailrace::fetch
