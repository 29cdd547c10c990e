#include "tailrace/spec/node.hpp"

#include <gtest/gtest.h>

#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

TEST(Path, SplitsIntoKeysAndNumbers) {
  const std::vector<PathStep> steps = parse_path("method[12].worker.step_size");

  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[0].key, "method");
  EXPECT_EQ(steps[1].key, "");
  EXPECT_EQ(steps[1].index, 12U);
  EXPECT_EQ(steps[2].key, "worker");
  EXPECT_EQ(steps[3].key, "step_size");
}

TEST(Path, IsNothingWhenItIsMalformed) {
  for (const char* path :
       {"", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[0]b", "a.[0]"}) {
    EXPECT_TRUE(parse_path(path).empty()) << path;
  }
}

TEST(PlaceOf, FindsAnOptionOrTheNearestThingAroundIt) {
  const Node root = *parse_toml("[run]\nseeds = [1, 2]\n", "a.toml");

  EXPECT_EQ(place_of(root, "run.seeds").to_string(), "a.toml:2:9");
  EXPECT_EQ(place_of(root, "run.seeds[1]").to_string(), "a.toml:2:13");
  EXPECT_EQ(place_of(root, "run.stop.target").to_string(), "a.toml:1:1");
  EXPECT_TRUE(has_path(root, "run.seeds[1]"));
  EXPECT_FALSE(has_path(root, "run.seeds[2]"));
}

TEST(Where, PutsThePlaceBeforeThePath) {
  const Place place{
      .source = std::make_shared<const std::string>("a.toml"), .line = 3, .column = 7};

  EXPECT_EQ(where(place, "run.seeds"), "a.toml:3:7  run.seeds");
  EXPECT_EQ(where(place, ""), "a.toml:3:7");
  EXPECT_EQ(where({}, "run.seeds"), "run.seeds");
}

}  // namespace
}  // namespace tailrace::spec
