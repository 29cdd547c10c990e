#include "tailrace/cluster/host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/cluster/peer_test.hpp"

namespace tailrace::cluster {
namespace {

using namespace std::chrono_literals;
using engine::testing::TemporaryFolder;
using ::testing::HasSubstr;
using testing::model;
using testing::Peer;
using testing::Stage;
using testing::update;

constexpr Cluster anybody{.stand_in = StandIn::anybody};

TEST(Host, WelcomesAWorkerWithAJobAndItsModel) {
  Stage stage;

  const auto peer = stage.join(1);

  const Welcome welcome = *peer->last<Welcome>();
  EXPECT_EQ(welcome.fingerprint, 7U);
  EXPECT_EQ(welcome.dimension, 4U);
  EXPECT_EQ(peer->last<JobOffer>()->worker, 1U);
  EXPECT_EQ(peer->last<JobOffer>()->bytes, 16U);
  EXPECT_EQ(peer->model(), model(0));
  EXPECT_EQ(stage.standings().workers_here, 1U);
}

TEST(Host, AppliesAnUpdateAndSendsTheNextModel) {
  Stage stage;
  const auto peer = stage.join(1);
  const Ticket first = peer->ticket();

  EXPECT_EQ(peer->upload(first, update(2)), Receive::more);

  EXPECT_EQ(*peer->last<Applied>(), (Applied{.ticket = first, .keep = false}));
  EXPECT_NE(peer->ticket(), first);
  EXPECT_EQ(peer->last<JobOffer>()->version, 1U);
  EXPECT_EQ(peer->model(), model(2));
}

TEST(Host, AModelThatTheWorkerHasIsNotSentAgain) {
  Stage stage;
  const auto peer = stage.join_as("all", {0, 1, 2});
  const JobOffer first = *peer->last<JobOffer>();

  peer->upload(first.ticket, update(2));  // the next job is worker 1's, of the same version

  const JobOffer second = *peer->last<JobOffer>();
  EXPECT_EQ(second.model, first.model);
  EXPECT_EQ(second.bytes, 0U);
}

TEST(Host, AnUpdateInPiecesIsTheSameUpdate) {
  Stage stage;
  const auto peer = stage.join(1);
  const std::vector<Real> values = update(2);
  const auto bytes = std::as_bytes(std::span(values));
  peer->say(UpdateOffer{.ticket = peer->ticket(), .bytes = 16});

  for (std::size_t at = 0; at < 16; ++at) peer->say_chunk(at, bytes.subspan(at, 1));

  EXPECT_EQ(peer->model(), model(2));
}

TEST(Host, AJobWhoseSessionDiesIsGivenAgainAndAppliedOnce) {
  Stage stage;
  auto peer = stage.join(1);
  const Ticket ticket = peer->ticket();
  peer->say(UpdateOffer{.ticket = ticket, .bytes = 16});
  peer->say_chunk(0, std::vector<std::byte>(8));

  peer = stage.join(1);

  EXPECT_EQ(peer->ticket(), ticket);
  peer->upload(ticket, update(1));
  peer->upload(ticket, update(1));  // it did not hear the answer, perhaps
  EXPECT_EQ(peer->refusal(), Refusal::unknown_job);
  EXPECT_EQ(peer->model(), model(1));
}

TEST(Host, AWorkerThatConnectsAgainReplacesItself) {
  Stage stage;
  const auto former = stage.join(1);

  const auto peer = stage.join(1);

  EXPECT_EQ(former->parting(), Parting::replaced);
  EXPECT_EQ(peer->ticket(), former->ticket());
  EXPECT_EQ(stage.standings().workers_here, 1U);
}

TEST(Host, WhoLeavesFinishesItsJobAndGetsNoMore) {
  Stage stage;
  const auto peer = stage.join(1);

  peer->say(Leave{});
  peer->upload(peer->ticket(), update(1));

  EXPECT_EQ(peer->count<Applied>(), 1U);
  EXPECT_EQ(peer->count<JobOffer>(), 1U);
}

TEST(Host, ASilentWorkerLosesItsSessionAfterALease) {
  Stage stage({.lease = {1'000'000'000}});
  const auto silent = stage.join(0);
  const auto beating = stage.join(1);

  stage.pass_in_steps(300ms, 5, [&] { beating->say(Beat{}); });

  EXPECT_EQ(silent->parting(), Parting::lease_ended);
  EXPECT_FALSE(beating->parting());
  EXPECT_EQ(stage.standings().leases_ended, 1U);
  EXPECT_EQ(stage.standings().workers_here, 1U);
}

TEST(Host, AnybodyWithNothingToDoStandsInAfterALease) {
  Stage stage(anybody);
  const auto helper = stage.join_as("helper");
  EXPECT_EQ(helper->count<JobOffer>(), 0U);

  stage.pass_in_steps(1s, 16, [&] { helper->say(Beat{}); });

  EXPECT_EQ(helper->last<JobOffer>()->worker, 0U);
  helper->upload(helper->ticket(), update(1));
  EXPECT_EQ(helper->last<JobOffer>()->worker, 1U);
}

TEST(Host, OfTwoWhoComputeAJobTheFirstUpdateCounts) {
  Stage stage(anybody, {}, 1);
  const auto owner = stage.join(0);
  const Ticket ticket = owner->ticket();
  const auto helper = stage.join_as("helper");
  stage.pass_in_steps(1s, 32, [&] { helper->say(Beat{}); });
  ASSERT_EQ(helper->ticket(), ticket);
  const auto returned = stage.join(0);

  returned->upload(ticket, update(1));  // it had gone on computing

  EXPECT_EQ(returned->last<Applied>()->ticket, ticket);
  EXPECT_EQ(helper->last<Canceled>()->ticket, ticket);
  helper->upload(ticket, update(5));
  EXPECT_EQ(helper->refusal(), Refusal::unknown_job);
  EXPECT_EQ(returned->model(), model(1));
}

TEST(Host, AReturnedWorkerGetsTheJobOfAStandInThatDied) {
  Stage stage(anybody, {}, 1);
  const auto helper = stage.join_as("helper");
  stage.pass_in_steps(1s, 16, [&] { helper->say(Beat{}); });
  ASSERT_EQ(helper->count<JobOffer>(), 1U);
  const auto owner = stage.join(0);
  ASSERT_EQ(owner->count<JobOffer>(), 0U);

  helper->hang_up();

  EXPECT_EQ(owner->count<JobOffer>(), 1U);
}

TEST(Host, AHungWorkerThatStillBeatsLosesItsJob) {
  Stage stage({.lease = {1'000'000'000}, .patience = 3});
  const auto peer = stage.join(0);
  stage.pass_in_steps(500ms, 2, [&] { peer->say(Beat{}); });
  peer->upload(peer->ticket(), update(1));  // its slowest job took a second

  stage.pass_in_steps(500ms, 6, [&] { peer->say(Beat{}); });
  EXPECT_FALSE(peer->parting());
  stage.pass_in_steps(500ms, 1, [&] { peer->say(Beat{}); });

  EXPECT_EQ(peer->parting(), Parting::lease_ended);
  EXPECT_THAT(peer->last<Farewell>()->text, HasSubstr("its job takes 3 times as long"));
}

TEST(Host, AFastWorkerWaitsForItsNextJob) {
  Stage stage({.limits = {.updates_per_second = 100}});
  const auto peer = stage.join(0);
  const auto other = stage.join(1);

  peer->upload(peer->ticket(), update(1));

  EXPECT_EQ(peer->count<JobOffer>(), 1U);
  stage.pass(9ms);
  EXPECT_EQ(peer->count<JobOffer>(), 1U);
  stage.pass(1ms);
  EXPECT_EQ(peer->count<JobOffer>(), 2U);
  EXPECT_EQ(other->count<JobOffer>(), 1U);
}

TEST(Host, MoreSessionsThanItHoldsAreToldToComeLater) {
  Stage stage({.sessions = 1});
  auto first = stage.join(0);

  EXPECT_EQ(stage.connect(1)->parting(), Parting::full);

  first.reset();
  EXPECT_EQ(stage.join(1)->count<JobOffer>(), 1U);
}

TEST(Host, AnUpdateWaitsWhileAnotherIsReceived) {
  Stage stage({.updates = 1});
  const auto first = stage.join(0);
  const auto second = stage.join(1);
  first->say(UpdateOffer{.ticket = first->ticket(), .bytes = 16});
  const UpdateOffer offer{.ticket = second->ticket(), .bytes = 16};

  EXPECT_EQ(second->say(offer), Receive::wait);
  EXPECT_EQ(second->resumed(), 0);
  first->say_chunk(0, update(1));

  EXPECT_EQ(second->resumed(), 1);
  EXPECT_EQ(second->say(offer), Receive::more);
  second->say_chunk(0, update(2));
  EXPECT_EQ(second->model(), model(3));
}

TEST(Host, ThoseWhoWaitTakeTurns) {
  Stage stage({.updates = 1});
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<UpdateOffer> offers;
  for (const WorkerId worker : {0U, 1U, 2U}) {
    peers.push_back(stage.join(worker));
    offers.push_back({.ticket = peers.back()->ticket(), .bytes = 16});
  }
  peers[0]->say(offers[0]);
  EXPECT_EQ(peers[1]->say(offers[1]), Receive::wait);
  EXPECT_EQ(peers[2]->say(offers[2]), Receive::wait);

  peers[0]->say_chunk(0, update(1));
  offers[0].ticket = peers[0]->ticket();
  EXPECT_EQ(peers[0]->say(offers[0]), Receive::wait);  // the place is the second one's already

  EXPECT_EQ(peers[1]->say(offers[1]), Receive::more);
  EXPECT_EQ(peers[2]->resumed(), 0);
}

TEST(Host, APlaceIsPassedOnWhenItsOwnerDiesBeforeItTakesIt) {
  Stage stage({.updates = 1});
  const auto first = stage.join(0);
  const auto second = stage.join(1);
  const auto third = stage.join(2);
  first->say(UpdateOffer{.ticket = first->ticket(), .bytes = 16});
  second->say(UpdateOffer{.ticket = second->ticket(), .bytes = 16});
  const UpdateOffer offer{.ticket = third->ticket(), .bytes = 16};
  third->say(offer);

  first->hang_up();
  EXPECT_EQ(second->resumed(), 1);
  second->hang_up();

  EXPECT_EQ(third->resumed(), 1);
  EXPECT_EQ(third->say(offer), Receive::more);
}

TEST(Host, WhoWaitsForAPlaceIsNotSilentAndNotSlow) {
  Stage stage({.lease = {1'000'000'000}, .patience = 1, .updates = 1});
  const auto first = stage.join(0);
  const auto second = stage.join(1);
  stage.pass(100ms);
  second->upload(second->ticket(), update(0));
  stage.pass(100ms);
  first->say(UpdateOffer{.ticket = first->ticket(), .bytes = 16});
  const UpdateOffer offer{.ticket = second->ticket(), .bytes = 16};
  ASSERT_EQ(second->say(offer), Receive::wait);

  stage.pass_in_steps(500ms, 2, [&] { first->say(Beat{}); });
  first->hang_up();
  stage.pass(500ms);

  EXPECT_FALSE(second->parting());
  EXPECT_EQ(second->say(offer), Receive::more);
}

TEST(Host, TheEndOfTheRunReachesThoseWhoWait) {
  Stage stage({.updates = 1}, {.stop = {.steps = 1}});
  const auto first = stage.join(0);
  const auto second = stage.join(1);
  const auto idle = stage.join_as("idle", {2});
  first->say(UpdateOffer{.ticket = first->ticket(), .bytes = 16});
  const UpdateOffer offer{.ticket = second->ticket(), .bytes = 16};
  second->say(offer);

  first->say_chunk(0, update(1));
  EXPECT_EQ(second->say(offer), Receive::more);  // nobody hangs up before the farewell
  EXPECT_EQ(second->say_chunk(0, update(1)), Receive::more);
  stage.host().tick();

  EXPECT_TRUE(stage.host().over());
  for (const Peer* peer : {first.get(), second.get(), idle.get()}) {
    EXPECT_EQ(peer->parting(), Parting::finished);
  }
  EXPECT_EQ(stage.connect(0)->parting(), Parting::finished);
  EXPECT_EQ(stage.host().result()->model, model(1));
}

TEST(Host, AJobThatFailsThreeTimesEndsTheRun) {
  Stage stage;
  const auto peer = stage.join(0);
  const Ticket ticket = peer->ticket();

  for (int i = 0; i < 3; ++i) peer->say(Failed{.ticket = ticket, .text = "no data"});
  stage.host().tick();

  EXPECT_EQ(peer->count<JobOffer>(), 3U);
  EXPECT_TRUE(stage.host().over());
  const auto result = stage.host().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().front().code, "cluster/job-failed");
  EXPECT_THAT(result.error().front().what, HasSubstr("no data"));
}

TEST(Host, AFailureOfAnotherWorkersJobIsNotBelieved) {
  Stage stage;
  const auto peer = stage.join(0);
  const auto other = stage.join(1);

  for (int i = 0; i < 5; ++i) other->say(Failed{.ticket = peer->ticket(), .text = "lie"});
  stage.host().tick();

  EXPECT_FALSE(stage.host().over());
}

/// A problem that calls somebody up whenever it is evaluated.
class TellingProblem final : public problem::Problem {
 public:
  [[nodiscard]] const Layout& layout() const override { return toy_.layout(); }
  [[nodiscard]] std::size_t workers() const override { return toy_.workers(); }
  void start(std::uint64_t seed, std::span<Real> out) const override { toy_.start(seed, out); }
  [[nodiscard]] std::unique_ptr<problem::Oracle> oracle() const override { return toy_.oracle(); }
  [[nodiscard]] problem::Evaluation evaluate(std::span<const Real> parameters,
                                             Pool* pool) const override {
    if (tell) tell();
    return toy_.evaluate(parameters, pool);
  }
  [[nodiscard]] std::string describe() const override { return "toy"; }

  std::function<void()> tell;

 private:
  engine::testing::Toy toy_{{.workers = 1, .dimension = Stage::dimension}};
};

TEST(Host, TakesUpdatesWhileItEvaluates) {
  TellingProblem problem;
  const policy::Method method{.step_size = policy::ConstantStep{.value = 1}};
  const auto host = std::move(
      *make_host(problem, method, {.stop = {.steps = 100}, .evaluate = {.every_steps = 1}}, {}));
  Peer peer(*host, {.name = "w0"});
  peer.say(Hello{.workers = {0}});
  peer.upload(peer.ticket(), update(1));
  problem.tell = [&] { peer.upload(peer.ticket(), update(1)); };  // would wait for ever for a lock

  host->tick();

  problem.tell = {};
  EXPECT_EQ(host->standings().steps, 2U);
  EXPECT_EQ(peer.model(), model(2));
}

TEST(Host, EvaluatesWhatWasTheModelThen) {
  Stage stage({}, {.evaluate = {.every_steps = 1}});
  const auto peer = stage.join(0);
  for (int i = 0; i < 3; ++i) peer->upload(peer->ticket(), update(1));

  stage.host().tick();

  EXPECT_EQ(stage.standings().steps, 3U);
  EXPECT_NE(stage.standings().loss, 0);
}

}  // namespace
}  // namespace tailrace::cluster
