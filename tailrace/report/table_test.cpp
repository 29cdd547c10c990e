#include "tailrace/report/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>

#include "tailrace/report/runs_test.hpp"

namespace tailrace::report {
namespace {

using testing::reached;
using testing::run_with;

TEST(ShortNumber, KeepsFourDigits) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.049987), "0.04999");
  EXPECT_EQ(short_number(12.3), "12.3");
  EXPECT_EQ(short_number(1234.4), "1,234");
  EXPECT_EQ(short_number(-1234567), "-1,234,567");
  EXPECT_EQ(short_number(3.21e-7), "3.21e-07");
  EXPECT_EQ(short_number(1e9), "1.00e+09");
  EXPECT_EQ(short_number(INFINITY), "inf");
  EXPECT_EQ(short_number(NAN), "nan");
}

TEST(Table, HasALineForEveryMethodWithItsMedians) {
  const std::string text = table(
      summarize({reached(run_with("fast", 1, {1, 0.1})), reached(run_with("fast", 2, {1, 1, 0.1})),
                 reached(run_with("fast", 3, {1, 1, 1, 0.1})), run_with("slow", 1, {1, 0.5}),
                 run_with("slow", 2, {1, 0.5}), run_with("slow", 3, {1, 0.5})}),
      {});

  EXPECT_EQ(text, R"(method  to target [s]  steps  gradients  loss  |grad|  stale  lost  ended by
----------------------------------------------------------------------------
fast      20 [10, 30]    200        400   0.2     0.1    0/0     0  target
slow      not reached    100        200     1     0.5    0/0     0  time
)");
}

TEST(Table, SaysHowManyRunsReachedTheTarget) {
  const std::string text = table(summarize({reached(run_with("m", 1, {1, 0.1})),
                                            run_with("m", 2, {1, 1}), run_with("m", 3, {1, 1})}),
                                 {});

  EXPECT_THAT(text, ::testing::HasSubstr("1 of 3 reached"));
}

TEST(Table, HighlightsTheFirstAtTheTarget) {
  const std::string text = table(summarize({reached(run_with("slow", 1, {1, 1, 0.1})),
                                            reached(run_with("fast", 1, {1, 0.1}))}),
                                 {.color = true});

  EXPECT_THAT(text, ::testing::HasSubstr("\x1b[1;32mfast"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("\x1b[1;32mslow")));
}

TEST(Table, ShortensTheMiddleOfNamesThatWouldNotFit) {
  const std::string name = "federated_clipped_async_sgd-worker_step_size-0.05-threshold-0.25";

  const std::string text = table(summarize({run_with(name, 1, {1, 1})}), {});

  EXPECT_THAT(text, ::testing::HasSubstr("\nfederated_clip..threshold-0.25 "));
}

TEST(Table, FitsIntoAHundredColumnsWithLongNamesAndLargeNumbers) {
  Outcome large = reached(run_with("a_method_with_a_really_long_name", 1, {12345.678, 1e-7}));
  large.steps = 123'456'789;
  large.gradients = 1'234'567;
  large.staleness_mean = 12345.67;
  large.staleness_max = 99'999;
  large.discarded = 123'456;
  large.target->time = Time{123'456'000'000'000};

  const std::string text = table(summarize({large, large, run_with(large.method, 3, {1})}), {});

  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace tailrace::report
