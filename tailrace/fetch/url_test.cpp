#include "tailrace/fetch/url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tailrace::fetch {
namespace {

TEST(Url, IsReadWithAndWithoutPortPathAndFragment) {
  const Url full = parse_url("http://localhost:8080/a/b?c=d#e").value();
  const Url bare = parse_url("https://host").value();
  const Url six = parse_url("https://[::1]:444/x").value();

  EXPECT_FALSE(full.secure);
  EXPECT_EQ(full.host, "localhost");
  EXPECT_EQ(full.port, 8080);
  EXPECT_EQ(full.target, "/a/b?c=d");
  EXPECT_EQ(bare.to_string(), "https://host/");
  EXPECT_EQ(six.origin(), "https://[::1]:444");
}

TEST(Url, RefusesWhatIsNoAddressOrHidesItsHost) {
  for (const char* text :
       {"", "host/file", "ftp://host/", "https://", "https://user:word@host/", "https://host:0/",
        "https://host:99999/", "https://host:8x/", "https://host/a b", "https://host/a\r\nX: y"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, FollowsRedirectionsToOtherHostsPathsAndNeighbors) {
  const Url from = parse_url("https://host:444/a/b?c").value();

  EXPECT_EQ(redirected(from, "http://other/x")->to_string(), "http://other/x");
  EXPECT_EQ(redirected(from, "//other/x")->to_string(), "https://other/x");
  EXPECT_EQ(redirected(from, "/x")->to_string(), "https://host:444/x");
  EXPECT_EQ(redirected(from, "x?y")->to_string(), "https://host:444/a/x?y");
}

TEST(Url, KnowsThisMachineFromOthersWithLikeNames) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    EXPECT_TRUE(parse_url("http://" + std::string(host) + "/")->is_loopback()) << host;
  }
  for (const char* host : {"localhost.example.org", "127.0.0.1.example.org", "128.0.0.1"}) {
    EXPECT_FALSE(parse_url("http://" + std::string(host) + "/")->is_loopback()) << host;
  }
}

}  // namespace
}  // namespace tailrace::fetch
