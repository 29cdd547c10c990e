#include "tailrace/fetch/proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tailrace::fetch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The proxy's address; "" without one.
std::string proxy(const std::string& url, const std::map<std::string, std::string>& variables) {
  const Environment environment = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
  const auto chosen = proxy_for(parse_url(url).value(), environment).value();
  return chosen ? chosen->origin() : "";
}

TEST(Proxy, IsChosenByTheScheme) {
  const std::map<std::string, std::string> both = {{"https_proxy", "http://secure:3128"},
                                                   {"http_proxy", "open:8080"}};

  EXPECT_EQ(proxy("https://host/", both), "http://secure:3128");
  EXPECT_EQ(proxy("http://host/", both), "http://open:8080");
  EXPECT_EQ(proxy("https://host/", {}), "");
  EXPECT_EQ(proxy("https://host/", {{"HTTPS_PROXY", "http://p:1"}}), "http://p:1");
  EXPECT_EQ(proxy("http://host/", {{"HTTP_PROXY", "http://p:1"}}), "");
}

TEST(Proxy, IsNotAskedForThisMachineAndExceptions) {
  const std::map<std::string, std::string> some = {{"https_proxy", "http://p:1"},
                                                   {"no_proxy", "example.org, .inner"}};
  const std::map<std::string, std::string> all = {{"https_proxy", "http://p:1"}, {"NO_PROXY", "*"}};

  EXPECT_EQ(proxy("https://localhost/", some), "");
  EXPECT_EQ(proxy("https://example.org/", some), "");
  EXPECT_EQ(proxy("https://www.example.org/", some), "");
  EXPECT_EQ(proxy("https://a.inner/", some), "");
  EXPECT_EQ(proxy("https://notexample.org/", some), "http://p:1");
  EXPECT_EQ(proxy("https://host/", all), "");
}

TEST(Proxy, ThatCannotBeUsedIsSaidWithoutItsPassword) {
  const std::map<std::string, std::string> unusable = {
      {"http://user:word@host:1", "passwords are not supported"},
      {"user:word@host:1", "passwords are not supported"},
      {"https://host:1", "only proxies that are asked over http://"},
      {"socks5://host:1", "only proxies that are asked over http://"},
      {"http://", "no address"}};

  for (const auto& [value, why] : unusable) {
    const auto chosen =
        proxy_for(parse_url("https://other/").value(), [&value = value](const char* name) {
          return std::string(name) == "https_proxy" ? value : std::string();
        });

    ASSERT_FALSE(chosen) << value;
    const std::string text = to_string(chosen.error());
    EXPECT_EQ(chosen.error().front().code, "fetch/proxy");
    EXPECT_THAT(text, HasSubstr("https_proxy"));
    EXPECT_THAT(text, HasSubstr(why));
    EXPECT_THAT(text, Not(HasSubstr("word@")));
  }
}

}  // namespace
}  // namespace tailrace::fetch
