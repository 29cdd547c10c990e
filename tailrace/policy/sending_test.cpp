#include "tailrace/policy/sending.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/policy/compressor_test.hpp"
#include "tailrace/policy/transform/clip_layers.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/drop_stale.hpp"
#include "tailrace/policy/transform/gaussian_privacy.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/momentum.hpp"
#include "tailrace/policy/transform/top_k.hpp"
#include "tailrace/policy/transform/worker_momentum.hpp"

namespace tailrace::policy {
namespace {

using testing::heavy_tailed;
using testing::Values;

constexpr std::uint32_t workers = 3;
constexpr std::size_t dimension = 200;

PartSetup setup() { return {.dimension = dimension, .workers = workers, .seed = 5}; }

std::unique_ptr<Server> server_of(const Method& method) {
  const Values start(dimension, 1);
  return make_server(method, {.start = start, .workers = workers, .seed = 5});
}

/// Heavy-tailed, another one for each job.
Update update_of(const Job& job) {
  return Update(heavy_tailed(dimension, "sending " + std::to_string(job.number * 3 + job.worker)));
}

/// An update of worker 1 that is lost on its way: the worker has sent it, the server never sees it.
bool lost(const Job& job) { return job.worker == 1 && job.number == 7; }

template <class Deliver>
void for_each_job(const Deliver& deliver) {
  for (JobNumber number = 0; number < 20; ++number) {
    for (WorkerId worker = 0; worker < workers; ++worker) {
      deliver(Job{.worker = worker, .number = number});
    }
  }
}

void arrive(Server& server, const Arrived& arrived, Update& update) {
  Actions actions;
  server.arrive(arrived, update, actions);
}

/// Every worker applies `send` with a copy of its own; what travels is a vector and a factor.
/// Fills `fresh` with what the server is told, arrival by arrival.
Values trained_by_workers(const Method& method, std::vector<bool>& fresh) {
  const auto server = server_of(method);
  std::vector<Sending> sendings(workers, Sending(method, setup()));
  for_each_job([&](const Job& job) {
    Sending& sending = sendings[job.worker];
    Update update = update_of(job);
    sending.apply(job, update);
    if (lost(job)) return sending.forget(job.worker);
    const double factor = update.factor();
    Values values;
    update.exchange(values);
    Update received(std::move(values));
    received.scale(factor);
    fresh.push_back(sending.fresh(job.worker));
    arrive(*server, {.worker = job.worker, .job = job.number, .sent = true, .fresh = fresh.back()},
           received);
    sending.applied(job.worker);
  });
  const auto model = server->models().current();
  return {model.begin(), model.end()};
}

/// The server applies `send`, told of freshness as it was the first time.
Values trained_by_server(const Method& method, const std::vector<bool>& fresh) {
  const auto server = server_of(method);
  auto next = fresh.begin();
  for_each_job([&](const Job& job) {
    if (lost(job)) return;
    Update update = update_of(job);
    arrive(*server, {.worker = job.worker, .job = job.number, .fresh = *next++}, update);
  });
  const auto model = server->models().current();
  return {model.begin(), model.end()};
}

Method method_with(Chain send) {
  return {.send = std::move(send),
          .each = {ClipNorm{.threshold = 20}},
          .then = {Momentum{.beta = 0.5}},
          .step_size = ConstantStep{.value = 0.01}};
}

class SendingOf : public ::testing::TestWithParam<std::pair<const char*, Chain>> {};

TEST_P(SendingOf, GivesTheBitsThatTheServerWouldHaveMade) {
  const Method method = method_with(GetParam().second);

  std::vector<bool> fresh;
  const Values by_workers = trained_by_workers(method, fresh);

  EXPECT_EQ(trained_by_server(method, fresh), by_workers);
  EXPECT_EQ(std::count(fresh.begin(), fresh.end(), true), 4) << "three first ones and a forgotten";
}

INSTANTIATE_TEST_SUITE_P(
    Chains, SendingOf,
    ::testing::Values(
        std::pair{"TopKWithFeedback", Chain{TopK{.share = 0.1}}},
        std::pair{"ClippedThenInt8", Chain{ClipNorm{.threshold = 5}, Int8{.error_feedback = true}}},
        std::pair{"MomentumThenLayers", Chain{WorkerMomentum{}, ClipLayers{.threshold = 3}}},
        std::pair{"ClippedTwice", Chain{ClipLayers{.threshold = 1e9}, ClipNorm{.threshold = 7}}},
        std::pair{"NoiseForPrivacy", Chain{GaussianPrivacy{.clip = 2, .noise_multiplier = 0.1}}}),
    [](const auto& instance) { return std::string(instance.param.first); });

TEST(Sending, MattersToWhatIsRememberedWhenAnUpdateIsLost) {
  const Method method = method_with({TopK{.share = 0.1}});

  std::vector<bool> fresh;
  const Values by_workers = trained_by_workers(method, fresh);

  // Were the server not told, it would go on with what the worker has forgotten.
  std::vector<bool> untold(fresh.size(), false);
  EXPECT_NE(trained_by_server(method, untold), by_workers);
}

TEST(Sending, IsFreshUntilAnUpdateWasAppliedAndOnceForgotten) {
  Sending sending(method_with({TopK{}}), setup());

  EXPECT_TRUE(sending.fresh(2));
  sending.applied(2);
  EXPECT_FALSE(sending.fresh(2));
  EXPECT_TRUE(sending.fresh(0));
  sending.forget(2);
  EXPECT_TRUE(sending.fresh(2));
}

TEST(Sending, LeavesToTheServerWhatOnlyItKnows) {
  EXPECT_TRUE(Sending(method_with({TopK{}}), setup()).active());
  EXPECT_FALSE(Sending(method_with({}), setup()).active());
  EXPECT_FALSE(Sending(method_with({TopK{}, DropStale{.older_than = 3}}), setup()).active());
}

TEST(Sending, CountsOnTheServerWhatWorkersGiveAway) {
  const Method method = method_with({GaussianPrivacy{.clip = 2, .noise_multiplier = 1}});
  const auto by_itself = server_of(method);
  const auto by_worker = server_of(method);

  Update update(Values(dimension, 1));
  arrive(*by_itself, {.worker = 1}, update);
  Update sent(Values(dimension, 1));
  arrive(*by_worker, {.worker = 1, .sent = true, .fresh = true}, sent);

  ASSERT_FALSE(by_itself->remarks().empty());
  EXPECT_EQ(by_worker->remarks(), by_itself->remarks());
}

}  // namespace
}  // namespace tailrace::policy
