#include "tailrace/core/field_range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tailrace {
namespace {

struct Inner {
  double beta = 0.5;

  static void fields(auto& self, auto&& field) {
    field("beta", self.beta, Field{.min = 0, .max = 1, .below_max = true, .doc = "choose less"});
  }
};

struct Outer {
  int count = 1;
  Time wait{5};
  std::vector<double> list = {1, 2};
  std::optional<double> maybe;
  std::variant<Inner> choice;
  std::optional<Inner> part;
  bool flag = true;

  static void fields(auto& self, auto&& field) {
    field("count", self.count, Field{.min = 1});
    field("wait", self.wait, Field{.unit = "s", .min = 0, .above_min = true});
    field("list", self.list, Field{.min = 0});
    field("maybe", self.maybe, Field{.max = 3});
    field("choice", self.choice, Field{});
    field("part", self.part, Field{});
    field("flag", self.flag, Field{});
  }
};

TEST(CheckRanges, AcceptsTheDefaults) { EXPECT_TRUE(check_ranges(Outer{}, "outer")); }

TEST(CheckRanges, FindsEveryNumberOutsideItsRangeHoweverDeep) {
  const Outer bad{.count = 0,
                  .wait = Time{0},
                  .list = {1, -2},
                  .maybe = 4,
                  .choice = Inner{.beta = 1},
                  .part = Inner{.beta = -1}};

  const Status status = check_ranges(bad, "outer");

  ASSERT_FALSE(status);
  std::vector<std::string> keys;
  for (const Error& error : status.error()) keys.push_back(error.where);
  EXPECT_THAT(keys, ::testing::ElementsAre("outer.count", "outer.wait", "outer.list[1]",
                                           "outer.maybe", "outer.choice.beta", "outer.part.beta"));
}

TEST(CheckRanges, SaysWhatIsAllowedAndWhatToDo) {
  const Status status = check_ranges(Inner{.beta = 1.5}, "inner");

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().front(), (Error{.code = "spec/out-of-range",
                                           .what = "inner.beta = 1.5 is outside [0, 1)",
                                           .where = "inner.beta",
                                           .fix = "choose less"}));
}

TEST(CheckRanges, RefusesNotANumber) {
  EXPECT_FALSE(check_ranges(Inner{.beta = std::numeric_limits<double>::quiet_NaN()}, "inner"));
}

}  // namespace
}  // namespace tailrace
