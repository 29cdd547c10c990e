#include "tailrace/neural/image_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tailrace/data/cifar.hpp"

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;

/// value = pixel: nothing is changed but the type, for bytes as shares of 255.
const Normalization none{.mean = {0}, .deviation = {1.0F / 255}};

/// One image of 2 x 3 pixels, 10 to 60, in class 4.
data::Images six_pixels() {
  return {.name = "six",
          .channels = 1,
          .height = 2,
          .width = 3,
          .classes = 5,
          .pixels = {10, 20, 30, 40, 50, 60},
          .labels = {4}};
}

std::vector<float> filled(const Samples& samples, Stream* augment) {
  Batch batch;
  samples.fill(std::vector<std::uint32_t>{0}, augment, batch);
  for (float& value : batch.values) value = std::round(value);
  return batch.values;
}

/// The image under every shift of up to one pixel with black outside, also mirrored if asked to.
std::set<std::vector<float>> all_changes(bool mirrored) {
  const data::Images image = six_pixels();
  std::set<std::vector<float>> changes;
  for (int down = -1; down <= 1; ++down) {
    for (int right = -1; right <= 1; ++right) {
      std::vector<float> values(6);
      for (int y = 0; y < 2; ++y) {
        for (int x = 0; x < 3; ++x) {
          const bool in = y + down >= 0 && y + down < 2 && x + right >= 0 && x + right < 3;
          const int to = y * 3 + (mirrored ? 2 - x : x);
          values[to] = in ? image.pixels[(y + down) * 3 + x + right] : 0.0F;
        }
      }
      changes.insert(values);
    }
  }
  return changes;
}

TEST(ImageSamples, NormalizesEachChannelByTheTrainingImages) {
  // Channel 0 has 0 and 255: mean 0.5, deviation 0.5. Channel 1 is 51 = 0.2 everywhere.
  const data::Images images{.channels = 2,
                            .height = 1,
                            .width = 1,
                            .classes = 2,
                            .pixels = {0, 51, 255, 51},
                            .labels = {0, 1}};

  const Normalization normalization = measure(images);
  Batch batch;
  make_image_samples(images, normalization, {})
      ->fill(std::vector<std::uint32_t>{1, 0, 1}, nullptr, batch);

  EXPECT_THAT(normalization.mean, ElementsAre(0.5F, FloatNear(0.2F, 1e-7F)));
  EXPECT_THAT(normalization.deviation, ElementsAre(FloatNear(0.5F, 1e-7F), 1.0F));
  const auto zero = FloatNear(0, 1e-6F);
  EXPECT_THAT(batch.values, ElementsAre(1, zero, -1, zero, 1, zero));
  EXPECT_THAT(batch.classes, ElementsAre(1, 0, 1));
  EXPECT_EQ(batch.count, 3u);
}

TEST(ImageSamples, ReplacesWhatABatchHeld) {
  Batch batch{.count = 9,
              .length = 9,
              .values = std::vector<float>(99),
              .tokens = {1},
              .segments = {1},
              .lengths = {1},
              .classes = {1, 2, 3},
              .targets = {1}};

  make_image_samples(six_pixels(), none, {})->fill(std::vector<std::uint32_t>{0}, nullptr, batch);

  EXPECT_EQ(batch.count, 1u);
  EXPECT_EQ(batch.length, 0u);
  EXPECT_EQ(batch.values.size(), 6u);
  EXPECT_THAT(batch.classes, ElementsAre(4));
  EXPECT_EQ(
      batch.tokens.size() + batch.segments.size() + batch.lengths.size() + batch.targets.size(),
      0u);
}

TEST(ImageSamples, DrawsEveryCropOfThePaddedImageAndNoOther) {
  const SharedSamples samples = make_image_samples(six_pixels(), none, {.padding = 1});
  Stream stream("crops");

  std::set<std::vector<float>> seen;
  // Nine crops: 300 draws miss one with chance 9 (8/9)^300 < 5e-15.
  for (int draw = 0; draw < 300; ++draw) seen.insert(filled(*samples, &stream));

  EXPECT_EQ(seen, all_changes(false));
  EXPECT_TRUE(samples->augments());
}

TEST(ImageSamples, MirrorsByChanceAfterTheCrop) {
  const SharedSamples samples =
      make_image_samples(six_pixels(), none, {.padding = 1, .flip = true});
  Stream stream("mirrors");

  std::set<std::vector<float>> seen;
  for (int draw = 0; draw < 600; ++draw) seen.insert(filled(*samples, &stream));

  std::set<std::vector<float>> expected = all_changes(false);
  expected.merge(all_changes(true));
  EXPECT_EQ(seen, expected);
}

// Binomial(1000, 1/2), standard deviation 16: five of them; false alarm below 6e-7 a stream.
TEST(ImageSamples, MirrorsEveryOtherImage) {
  const SharedSamples samples = make_image_samples(six_pixels(), none, {.flip = true});
  Stream stream("halves");

  int mirrored = 0;
  for (int draw = 0; draw < 1000; ++draw) mirrored += filled(*samples, &stream)[0] == 30 ? 1 : 0;

  EXPECT_NEAR(mirrored, 500, 79);
}

TEST(ImageSamples, SameStreamSameBatchAndWithoutAStreamNoChange) {
  const SharedSamples samples =
      make_image_samples(six_pixels(), none, {.padding = 4, .flip = true});
  Stream one("stream");
  Stream two("stream");

  EXPECT_EQ(filled(*samples, &one), filled(*samples, &two));
  EXPECT_THAT(filled(*samples, nullptr), ElementsAre(10, 20, 30, 40, 50, 60));
}

TEST(ImageSamples, SurvivePaddingBeyondTheImage) {
  const SharedSamples samples = make_image_samples(six_pixels(), none, {.padding = 64});
  Stream stream("far");

  bool all_black = false;
  for (int draw = 0; draw < 50; ++draw) {
    const std::vector<float> values = filled(*samples, &stream);
    all_black = all_black || std::ranges::count(values, 0.0F) == 6;
  }

  EXPECT_TRUE(all_black);
}

TEST(ImageSamples, KnowTheirShapeLabelsAndName) {
  const SharedSamples samples = make_image_samples(six_pixels(), none, {});

  EXPECT_THAT(samples->shape().sample, ElementsAre(1, 2, 3));
  EXPECT_EQ(samples->shape().outputs, 5u);
  EXPECT_THAT(samples->labels(), ElementsAre(4));
  EXPECT_FALSE(samples->augments());
  EXPECT_EQ(samples->describe(), "six, 1 images of 1 x 2 x 3 in 5 classes");
}

TEST(OpenImages, DrawsSyntheticSetsOfTheSizesAskedFor) {
  const auto digits = open_images("synthetic-digits", {.count = 30, .test_count = 10}, 1);
  const auto shapes = open_images("synthetic-shapes", {.count = 20, .padding = 4}, 1);

  ASSERT_TRUE(digits && shapes);
  EXPECT_EQ(digits->train->count(), 30u);
  EXPECT_EQ(digits->test->count(), 10u);
  EXPECT_THAT(shapes->train->shape().sample, ElementsAre(3, 32, 32));
  EXPECT_EQ(shapes->test->count(), 2000u);
  EXPECT_TRUE(shapes->train->augments());
  EXPECT_FALSE(shapes->test->augments());
}

class ImageFolder : public ::testing::Test {
 protected:
  ImageFolder()
      : folder_(fs::path(::testing::TempDir()) /
                ("tailrace_image_samples_test_" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
  }
  ~ImageFolder() override { fs::remove_all(folder_); }

  /// CIFAR-10 records, all of this shade.
  void write(const std::string& name, const std::vector<char>& labels, char shade) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    for (const char label : labels) file << label << std::string(3072, shade);
  }

  fs::path folder_;
};

TEST_F(ImageFolder, IsOpenedByPathWithoutImagesToTestOn) {
  write("data_batch_1.bin", {1, 1, 1, 2}, 7);

  const auto images = open_images(folder_.string(), {.count = 2}, 1);

  ASSERT_TRUE(images) << to_string(images.error());
  EXPECT_THAT(images->train->labels(), ElementsAre(1, 2));
  EXPECT_EQ(images->test, nullptr);
}

TEST_F(ImageFolder, NormalizesTestImagesByTheTrainingImages) {
  write("data_batch_1.bin", {0}, 0);
  write("data_batch_2.bin", {1}, '\xff');
  write("test_batch.bin", {0}, '\xff');

  const auto images = open_images(folder_.string(), {}, 1);

  ASSERT_TRUE(images) << to_string(images.error());
  EXPECT_THAT(filled(*images->test, nullptr), Each(1.0F));  // (1 - 0.5) / 0.5
}

TEST_F(ImageFolder, SaysWhatItLacksAndPassesErrorsOn) {
  const auto empty = open_images(folder_.string(), {}, 1);
  write("data_batch_1.bin", {1}, 7);
  write("test_batch.bin", {11}, 7);
  const auto broken = open_images(folder_.string(), {}, 1);
  const auto unknown = open_images("no-such-set", {}, 1);

  ASSERT_FALSE(empty || broken || unknown);
  EXPECT_EQ(empty.error().front().code, "data/not-found");
  EXPECT_EQ(broken.error().front().code, "data/labels");
  EXPECT_EQ(unknown.error().front().code, "data/not-found");
}

// Published for all 50,000 images: mean 0.491, 0.482, 0.447; deviation 0.247, 0.243, 0.262. Of
// 10,000 of them the mean over images of an image's mean has a deviation of about 0.0013.
TEST(Measure, FindsTheUsualNormalizationOfCifar) {
  const char* set = std::getenv("TAILRACE_DATA");
  const fs::path folder = fs::path(set != nullptr ? set : TAILRACE_SOURCE_DIR "/../shared/data") /
                          "cifar-10-batches-bin";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "CIFAR-10 is neither in $TAILRACE_DATA nor shared/data";
  }

  const Normalization found = measure(data::read_cifar10(folder, data::Part::train).value());

  const auto near = [](float value) { return FloatNear(value, 0.008F); };
  EXPECT_THAT(found.mean, ElementsAre(near(0.491F), near(0.482F), near(0.447F)));
  EXPECT_THAT(found.deviation, ElementsAre(near(0.247F), near(0.243F), near(0.262F)));
}

}  // namespace
}  // namespace tailrace::neural
