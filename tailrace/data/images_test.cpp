#include "tailrace/data/images.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tailrace::data {
namespace {

using ::testing::ElementsAre;

/// Images of one pixel, whose shade is their number.
Images numbered(std::vector<std::int32_t> labels, std::size_t classes) {
  Images images{.height = 1, .width = 1, .classes = classes, .labels = std::move(labels)};
  for (std::size_t i = 0; i < images.count(); ++i) {
    images.pixels.push_back(static_cast<std::uint8_t>(i));
  }
  return images;
}

TEST(Images, GivesEachImageItsPixels) {
  const Images images{.channels = 2,
                      .height = 1,
                      .width = 2,
                      .classes = 1,
                      .pixels = {1, 2, 3, 4, 5, 6, 7, 8},
                      .labels = {0, 0}};

  EXPECT_THAT(images.image(1), ElementsAre(5, 6, 7, 8));
}

TEST(FirstOfEachClass, TakesTheFirstOnesOfAllClassesEvenlyInFileOrder) {
  const Images images = first_of_each_class(numbered({2, 2, 0, 2, 0, 1, 1, 0}, 3), 5);

  // Two of the classes 0 and 1, one of class 2.
  EXPECT_THAT(images.pixels, ElementsAre(0, 2, 4, 5, 6));
  EXPECT_THAT(images.labels, ElementsAre(2, 0, 0, 1, 1));
}

TEST(FirstOfEachClass, TakesOthersInPlaceOfThoseThatAClassLacks) {
  const Images images = first_of_each_class(numbered({0, 0, 0, 0, 1}, 3), 4);

  EXPECT_THAT(images.labels, ElementsAre(0, 0, 0, 1));
}

TEST(FirstOfEachClass, TakesAllWithoutALimitOrWithALargeOne) {
  EXPECT_EQ(first_of_each_class(numbered({1, 0, 1}, 2), 0).count(), 3u);
  EXPECT_EQ(first_of_each_class(numbered({1, 0, 1}, 2), 4).count(), 3u);
}

}  // namespace
}  // namespace tailrace::data
