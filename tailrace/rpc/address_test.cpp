#include "tailrace/rpc/address.hpp"

#include <gtest/gtest.h>

namespace tailrace::rpc {
namespace {

TEST(AnAddress, IsAHostAndAPort) {
  EXPECT_EQ(parse_address("0.0.0.0:7000")->host, "0.0.0.0");
  EXPECT_EQ(parse_address("server.example:65535")->port, 65535);
  EXPECT_EQ(parse_address("[::1]:7000")->host, "::1");
  EXPECT_EQ(parse_address("[::1]:7000")->text(), "[::1]:7000");
  EXPECT_EQ(parse_address("localhost:0")->text(), "localhost:0");
}

TEST(AnAddress, IsRefusedWithoutOneOfThemOrWithMore) {
  for (const char* text : {"", "host", ":7000", "host:", "host:70000", "host:-1", "host:70x",
                           "::1:7000", "http://host:7000", "[]:7000", "a b:1"}) {
    const auto address = parse_address(text);

    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().front().code, "rpc/bad-address") << text;
  }
}

TEST(AnAddress, IsLoopbackWhenNobodyElseCanReachIt) {
  for (const char* host : {"localhost", "127.0.0.1", "127.3.2.1", "::1"}) {
    EXPECT_TRUE((Address{.host = host}.loopback())) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example",
                           "::2", "128.0.0.1"}) {
    EXPECT_FALSE((Address{.host = host}.loopback())) << host;
  }
}

TEST(PlainText, IsForLoopbackOnly) {
  EXPECT_TRUE(allow_plaintext({.host = "127.0.0.1"}));

  EXPECT_EQ(allow_plaintext({.host = "0.0.0.0"}).error().front().code, "rpc/plaintext");
}

}  // namespace
}  // namespace tailrace::rpc
