#include "tailrace/policy/transform/error_feedback.hpp"

#include "tailrace/policy/compressor_test.hpp"
#include "tailrace/policy/hand_run_test.hpp"
#include "tailrace/policy/transform/bf16.hpp"
#include "tailrace/policy/transform/fp16.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/natural.hpp"
#include "tailrace/policy/transform/random_k.hpp"
#include "tailrace/policy/transform/sign.hpp"
#include "tailrace/policy/transform/top_k.hpp"

namespace tailrace::policy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of the tests

/// Keeps whole numbers, towards zero.
struct Truncate {
  void operator()(std::span<Real> values) const {
    for (Real& x : values) x = std::trunc(x);
  }
};

Values sent(ErrorFeedback& feedback, WorkerId worker, Values values) {
  Update update(std::move(values));
  feedback.through(worker, update, Truncate{});
  return update.values();
}

ErrorFeedback feedback_for(std::size_t dimension, bool on = true) {
  ErrorFeedback feedback;
  feedback.prepare({.dimension = dimension, .workers = 2}, on);
  return feedback;
}

TEST(ErrorFeedback, SendsWhatWasLeftOutWithTheNextMessage) {
  ErrorFeedback feedback = feedback_for(2);

  EXPECT_THAT(sent(feedback, 0, {1.5, -0.25}), ElementsAre(1, 0));
  EXPECT_THAT(sent(feedback, 0, {1.5, -0.25}), ElementsAre(2, 0));  // 3/2 + 1/2
  EXPECT_THAT(sent(feedback, 0, {1.5, -0.25}), ElementsAre(1, 0));
  EXPECT_THAT(sent(feedback, 0, {1.5, -0.25}), ElementsAre(2, -1));  // four quarters
}

TEST(ErrorFeedback, RemembersEveryWorkerByItself) {
  ErrorFeedback feedback = feedback_for(1);

  EXPECT_THAT(sent(feedback, 0, {0.5}), ElementsAre(0));
  EXPECT_THAT(sent(feedback, 1, {0.5}), ElementsAre(0));
  EXPECT_THAT(sent(feedback, 0, {0.5}), ElementsAre(1));
}

TEST(ErrorFeedback, RemembersNothingWhereItIsOff) {
  ErrorFeedback feedback = feedback_for(1, /*on=*/false);

  for (int i = 0; i < 3; ++i) EXPECT_THAT(sent(feedback, 0, {0.5}), ElementsAre(0));
}

TEST(ErrorFeedback, TakesUpItsMemoryWhereItWasSaved) {
  ErrorFeedback before = feedback_for(1);
  sent(before, 1, {0.5});
  Archive writer = Archive::writer();
  before.state(writer);
  ErrorFeedback after = feedback_for(1);

  Archive reader = Archive::reader(writer.bytes());
  after.state(reader);

  EXPECT_TRUE(reader.finished());
  EXPECT_THAT(sent(after, 1, {0.5}), ElementsAre(1));
}

TEST(ErrorFeedback, RefusesTheMemoryOfAnotherModelOrOfOtherWorkers) {
  ErrorFeedback larger = feedback_for(3);
  sent(larger, 0, {0.5, 0.5, 0.5});
  ErrorFeedback crowd;
  crowd.prepare({.dimension = 2, .workers = 5}, true);
  for (ErrorFeedback* saved : {&larger, &crowd}) {
    Archive writer = Archive::writer();
    saved->state(writer);
    ErrorFeedback feedback = feedback_for(2);

    Archive reader = Archive::reader(writer.bytes());
    feedback.state(reader);

    EXPECT_FALSE(reader.ok());
    EXPECT_THAT(sent(feedback, 1, {1.5, 0.5}), ElementsAre(1, 0));
  }
}

template <class T>
class Compressors : public ::testing::Test {};
using All = ::testing::Types<TopK, RandomK, Int8, Natural, Sign, Fp16, Bf16>;
TYPED_TEST_SUITE(Compressors, All);

/// The memory is what the messages have not sent, so the messages' mean is the update but for
/// memory / jobs.
TYPED_TEST(Compressors, RecoverTheMeanWithErrorFeedback) {
  constexpr JobNumber jobs = 4000;
  const Values update = heavy_tailed(40, "policy/error_feedback");
  TypeParam options;
  options.error_feedback = true;
  TypeParam compressor = ready(options, update.size());

  const Values mean = mean_of(messages(compressor, update, jobs));

  // The memory's norm is at most 2/delta times the update's; top_k and random_k, of whose 40
  // coordinates 1 and 4 are kept, have the smallest delta, 1/40.
  EXPECT_LT(std::sqrt(energy(difference(mean, update))), 2 * 40 * std::sqrt(energy(update)) / jobs);
}

TYPED_TEST(Compressors, MakeMessagesSmaller) {
  EXPECT_LT(bytes_of(TypeParam{}, 1000), 4000U);
  EXPECT_GT(bytes_of(TypeParam{}, 1000), 0U);
  EXPECT_LE(bytes_of(TypeParam{}, 1), 9U);  // 4 bytes, and a scale or place
}

TYPED_TEST(Compressors, TellWorkersAndJobsApartAndRepeatThemselves) {
  const Values update = heavy_tailed(300, "policy/compressors/keys");
  const auto message = [&](const Arrival& arrival) {
    TypeParam compressor = ready(TypeParam{}, update.size());
    return applied(compressor, update, arrival);
  };
  const bool draws = std::is_same_v<TypeParam, RandomK> || std::is_same_v<TypeParam, Int8> ||
                     std::is_same_v<TypeParam, Natural>;

  EXPECT_EQ(message(job(3, 1)), message(job(3, 1)));
  EXPECT_EQ(message(job(3, 1)) != message(job(4, 1)), draws);
  EXPECT_EQ(message(job(3, 1)) != message(job(3, 2)), draws);
}

TYPED_TEST(Compressors, CompressOnTheWorkerBeforeTheServerSeesTheUpdate) {
  HandRun run({.send = {TypeParam{}}, .step_size = ConstantStep{.value = 1}}, {0, 0}, 0);

  run.deliver(1, 4);  // one coordinate: it is its own largest, its own mean, a power of two

  EXPECT_EQ(run.x(), -4);
}

TEST(Message, CountsAChainOfCompressors) {
  const Chain chain{TopK{.share = 0.1}, Int8{.block = 100}};

  // 100 numbers of 8 bits, places as a bit a coordinate or 3200 bits, 10 scales of 32 bits.
  EXPECT_EQ(chain.message(1000).bytes(), (100 * 8 + 1000 + 10 * 32) / 8U);
}

TEST(Message, OfAChainWithoutCompressorsIsFourBytesAParameter) {
  EXPECT_EQ(Chain{}.message(1000).bytes(), 4000U);
}

}  // namespace
}  // namespace tailrace::policy
