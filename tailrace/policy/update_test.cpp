#include "tailrace/policy/update.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/math/vector.hpp"

namespace tailrace::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using Values = std::vector<Real>;

/// u <- gain * u + shift, counting the coordinates it has seen.
struct Affine {
  Real gain = 1;
  Real shift = 0;
  std::size_t seen = 0;

  void run(const Block& block) {
    for (std::size_t i = 0; i < block.size; ++i) {
      block.out[i] = gain * (block.scale * block.in[i]) + shift;
    }
    seen += block.size;
  }
};

/// Another slice whose values have 16 as the sum of their squares.
struct OtherSlice final : Slices {
  double add_up(std::span<const double> chunks) override {
    double sum = 0;
    for (const double chunk : chunks) sum += chunk;
    return sum + 16;
  }
  bool all(bool here) override { return here && finite; }
  bool finite = true;
};

TEST(Update, ComputesItsNormOnceAndScalesItByTheFactor) {
  Values memory = {3, -4};
  const Update::Source source{memory.data(), 1};
  Update update;
  update.start(2, {&source, 1});

  EXPECT_EQ(update.norm(), 5);
  memory[0] = 1000;  // would show if the norm were computed again
  update.scale(-0.5);

  EXPECT_EQ(update.norm(), 2.5);
}

TEST(Update, AsksTheOtherSlicesForTheRestOfItsNorm) {
  OtherSlice other;
  Update update(Values{3});
  update.use(nullptr, &other);

  EXPECT_EQ(update.norm(), 5);
  Affine twice{.gain = 2};
  update.then(Pass::of(twice));

  EXPECT_THAT(update.norm(), std::sqrt(36.0 + 16));
}

TEST(Update, HearsOfAStepThatIsNotFiniteInAnotherSlice) {
  OtherSlice other;
  Real x = 1;
  const auto step = [&] {
    Update update(Values{3});
    update.use(nullptr, &other);
    return update.subtract_from(&x, &x, 1);
  };

  EXPECT_TRUE(step());
  other.finite = false;

  EXPECT_FALSE(step());
}

TEST(Update, ForgetsItsNormAndItsFactorWhenItIsEdited) {
  Values memory = {3, -4};
  const Update::Source source{memory.data(), 2};
  Update update;
  update.start(2, {&source, 1});
  EXPECT_EQ(update.norm(), 10);

  const std::span<Real> values = update.edit();
  EXPECT_THAT(values, ElementsAre(6, -8));
  values[0] = 0;

  EXPECT_EQ(update.norm(), 8);
  EXPECT_THAT(memory, ElementsAre(3, -4));  // a source is never written to
}

TEST(Update, RunsAQueuedPassExactlyOnce) {
  Affine pass{.gain = 2};
  Update update({3, -4});
  update.then(Pass::of(pass));

  EXPECT_EQ(pass.seen, 0U);
  EXPECT_EQ(update.norm(), 10);
  EXPECT_EQ(update.norm(), 10);
  EXPECT_THAT(update.values(), ElementsAre(6, -8));

  EXPECT_EQ(pass.seen, 2U);
}

TEST(Update, RunsPassesInTheirOrder) {
  Affine add{.shift = 1};
  Affine twice{.gain = 2};
  Update update({3});

  update.then(Pass::of(add));
  update.then(Pass::of(twice));

  EXPECT_THAT(update.values(), ElementsAre(8));  // (3 + 1) * 2
}

TEST(Update, HandsAPassTheFactorThatCameBeforeIt) {
  Affine add{.shift = 1};
  Update update({3});

  update.scale(2);
  update.then(Pass::of(add));
  update.scale(10);

  EXPECT_THAT(update.values(), ElementsAre(70));  // (3 * 2 + 1) * 10
}

TEST(Update, TakesMorePassesThanItsQueueHolds) {
  Affine twice{.gain = 2};
  Update update({1});

  for (int i = 0; i < 20; ++i) update.then(Pass::of(twice));

  EXPECT_THAT(update.values(), ElementsAre(1 << 20));
}

TEST(Update, SumsItsSourcesInTheirOrderInDouble) {
  const Values large = {1e8F, 1};
  const Values small = {1, 2};
  const Values minus = {-1e8F, 3};
  const std::vector<Update::Source> sources = {
      {large.data(), 1}, {small.data(), 0.5}, {minus.data(), 1}};
  Update update;

  update.start(2, sources);

  EXPECT_THAT(update.values(), ElementsAre(0.5, 5));  // a float sum would have lost the 0.5
}

TEST(Update, KeepsTheWeightOfASingleSourcePending) {
  const Values memory = {3, -4};
  const Update::Source source{memory.data(), 0.25};
  Update update;

  update.start(2, {&source, 1});

  EXPECT_EQ(update.factor(), 0.25);
  EXPECT_THAT(update.values(), ElementsAre(0.75, -1));
  EXPECT_THAT(memory, ElementsAre(3, -4));
}

TEST(Update, SettlesIntoItsOwnMemoryAndHandsItOver) {
  Affine add{.shift = 1};
  Values spare = {7, 7, 7};
  Update update({3, -4});
  update.then(Pass::of(add));
  update.scale(2);

  update.exchange(spare);

  EXPECT_THAT(spare, ElementsAre(4, -3));
  EXPECT_EQ(update.factor(), 2);  // still pending: it travels beside the memory
}

TEST(Update, ForgetsEverythingWhenItStartsAgain) {
  Update update({3, -4});
  update.scale(2);
  update.discard();

  const std::span<Real> memory = update.start(1);
  memory[0] = 5;

  EXPECT_FALSE(update.discarded());
  EXPECT_EQ(update.factor(), 1);
  EXPECT_EQ(update.norm(), 5);
}

TEST(Update, SubtractsFromAModelInPlaceAndBesideIt) {
  Values model = {1, 1};
  Values next(2);

  EXPECT_TRUE(Update({2, -4}).subtract_from(model.data(), next.data(), 0.5));
  EXPECT_TRUE(Update({2, -4}).subtract_from(model.data(), model.data(), 0.25));

  EXPECT_THAT(next, ElementsAre(0, 3));
  EXPECT_THAT(model, ElementsAre(0.5, 2));
}

TEST(Update, SaysWhenTheNewModelIsNotFinite) {
  const Values model = {1, 1};
  Values next(2);

  EXPECT_FALSE(Update({3e38F, 0}).subtract_from(model.data(), next.data(), 10));
  EXPECT_FALSE(Update({std::nanf(""), 0}).subtract_from(model.data(), next.data(), 1));
}

TEST(Update, AppliesFactorsThatNoFloatHolds) {
  Update tiny({1e38F, 2e38F});
  Update huge({1e-38F, -1e-38F});

  tiny.scale(1e-40);
  huge.scale(1e40);

  EXPECT_THAT(tiny.values(), ElementsAre(FloatEq(0.01F), FloatEq(0.02F)));
  EXPECT_THAT(huge.values(), ElementsAre(FloatEq(100), FloatEq(-100)));
}

TEST(Update, AppliesAFactorAndAStepSizeWhoseProductNoFloatHolds) {
  const Values model = {0};
  Values next(1);
  Update update({1e38F});

  update.scale(1e-25);
  update.subtract_from(model.data(), next.data(), 1e-15);

  EXPECT_THAT(next, ElementsAre(FloatEq(-0.01F)));
}

/// Everything an update can do to a model of three chunks and a bit, on a pool.
Values used_on(std::size_t threads) {
  const std::size_t dimension = 3 * math::chunk_size + 17;
  Stream stream("policy/update/pools");
  std::vector<Values> members(3, Values(dimension));
  for (Values& member : members) {
    for (Real& value : member) value = static_cast<Real>(student_t(stream, 1.5));
  }
  std::vector<Update::Source> sources;
  for (const Values& member : members) sources.push_back({member.data(), 1.0 / 3});
  Pool pool(threads);
  Update update;
  update.use(&pool);
  update.start(dimension, sources);
  update.scale(1 / update.norm());
  Values model(dimension, 1);
  update.subtract_from(model.data(), model.data(), 0.1);
  return model;
}

TEST(Update, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Values alone = used_on(1);

  EXPECT_EQ(used_on(2), alone);
  EXPECT_EQ(used_on(5), alone);
}

}  // namespace
}  // namespace tailrace::policy
