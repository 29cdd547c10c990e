#include "cli/progress_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tailrace::cli {
namespace {

using testing::HasSubstr;

ProgressLine busy() {
  return {.share = 0.25,
          .done = 1,
          .runs = 4,
          .seconds_left = 12,
          .steps_per_second = 1234,
          .shown = ProgressLine::Shown{
              .name = "clipped_async_sgd, seed 3", .time = Time{1'500'000'000}, .loss = 0.125}};
}

TEST(ProgressLine, HasEveryNumberOnAnEightyColumnTerminal) {
  EXPECT_EQ(to_text(busy(), 79),
            "[#####...............]  25%  t = 1.5 s  1,234 steps/s  loss 0.125  12 s left");
}

TEST(ProgressLine, NamesTheRunWhereThereIsRoom) {
  EXPECT_THAT(to_text(busy(), 120), testing::EndsWith("1/4 runs  clipped_async_sgd, seed 3"));
  EXPECT_THAT(to_text(busy(), 100), testing::EndsWith("1/4 runs  clipped_a..."));
}

TEST(ProgressLine, LeavesOutWholeNumbersAndNeverCutsOne) {
  const std::vector<std::pair<std::string, std::string>> numbers = {
      {"loss", "loss 0.125"}, {"t =", "t = 1.5 s"}, {"1,2", "1,234 steps/s"}, {"12 ", "12 s left"}};
  for (std::size_t columns = 4; columns < 130; ++columns) {
    const std::string text = to_text(busy(), columns);

    EXPECT_LE(text.size(), columns);
    EXPECT_THAT(text, HasSubstr("25%"));
    for (const auto& [begin, number] : numbers) {
      if (text.find(begin) != std::string::npos) {
        EXPECT_THAT(text, HasSubstr(number));
      }
    }
  }
}

TEST(ProgressLine, IsShortBeforeAnythingRuns) {
  EXPECT_EQ(to_text({.share = 0, .done = 0, .runs = 2}, 79),
            "[....................]   0%  0 steps/s  0/2 runs");
}

}  // namespace
}  // namespace tailrace::cli
