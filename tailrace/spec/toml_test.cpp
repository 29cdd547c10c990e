#include "tailrace/spec/toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace tailrace::spec {
namespace {

/// The value of `key = text` after it has been written and read again.
Node there_and_back(Node value) {
  Node root{.value = Node::Table{{.key = "key", .place = {}, .node = std::move(value)}},
            .place = {}};
  return parse_toml(to_toml_file(root), "copy.toml")->table()->front().node;
}

TEST(ParseToml, KeepsTheOrderAndThePlaceOfKeys) {
  const Node root = *parse_toml("z = 1\na = [true, 2.5]\n[m]\nb = \"x\"\n", "a.toml");

  const Node::Table& table = *root.table();
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[0].key, "z");
  EXPECT_EQ(table[1].key, "a");
  EXPECT_EQ(table[1].place.to_string(), "a.toml:2:1");
  EXPECT_EQ((*table[1].node.array())[1].place.to_string(), "a.toml:2:12");
  EXPECT_EQ(table[2].key, "m");
  EXPECT_EQ(*root.find("m")->find("b")->text(), "x");
}

TEST(ParseToml, SaysWhereASyntaxErrorIs) {
  const Result<Node> result = parse_toml("title = \"a\"\nseeds = [1, 2\n", "a.toml");

  ASSERT_FALSE(result);
  ASSERT_EQ(result.error().size(), 1U);
  EXPECT_EQ(result.error()[0].code, "spec/syntax");
  EXPECT_THAT(result.error()[0].where, testing::StartsWith("a.toml:"));
}

TEST(ParseToml, RefusesAKeyTooDeepForTheStack) {
  std::string key = "a";
  for (int i = 0; i < 100'000; ++i) key += ".a";

  const Result<Node> result = parse_toml("\n" + key + " = 1\n", "deep.toml");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error()[0].to_string(),
            "error[spec/syntax]: a key has more than 100 parts\n"
            "  at   deep.toml:2\n"
            "  fix  no option lies that deep");
}

TEST(ToToml, WritesDoublesThatReadBackToTheSameBits) {
  for (const double number :
       {0.1, 1.0, -0.0, 1e300, 5e-324, 1.0 / 3, 1e22, std::numeric_limits<double>::infinity()}) {
    const Node copy = there_and_back({.value = number, .place = {}});
    ASSERT_TRUE(std::holds_alternative<double>(copy.value)) << number;
    EXPECT_EQ(std::get<double>(copy.value), number);
  }
}

TEST(ToToml, EscapesTextsThatWouldEndOrBreakALine) {
  const std::string text = "a \"quote\", a \\ and a\nline\x01";

  const Node copy = there_and_back({.value = text, .place = {}});

  EXPECT_EQ(*copy.text(), text);
}

TEST(ToTomlFile, BreaksLongTablesIntoSectionsAndReadsBackTheSame) {
  Node::Table inner;
  for (int i = 0; i < 10; ++i) {
    inner.push_back({.key = "a_rather_long_key_" + std::to_string(i),
                     .place = {},
                     .node = {.value = std::int64_t{i}, .place = {}}});
  }
  Node::Table method{{.key = "name", .place = {}, .node = {.value = std::string("m"), .place = {}}},
                     {.key = "long", .place = {}, .node = {.value = inner, .place = {}}},
                     {.key = "last", .place = {}, .node = {.value = true, .place = {}}}};
  Node::Array methods{{.value = method, .place = {}}, {.value = method, .place = {}}};
  const Node root{
      .value = Node::Table{{.key = "method", .place = {}, .node = {.value = methods, .place = {}}}},
      .place = {}};

  const std::string text = to_toml_file(root);

  EXPECT_THAT(text, testing::HasSubstr("[method.long]\n"));
  EXPECT_EQ(to_toml_file(*parse_toml(text, "copy.toml")).size(), text.size());
  EXPECT_EQ(
      (*parse_toml(text, "copy.toml")->find("method")->array())[1].find("long")->table()->size(),
      10U);
}

}  // namespace
}  // namespace tailrace::spec
