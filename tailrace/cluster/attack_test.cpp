#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tailrace/cluster/peer_test.hpp"
#include "tailrace/core/random.hpp"

/// What a hostile or broken worker may send, and what becomes of it: refused with a reason,
/// counted, the model's bits as they were, and the others go on.
namespace tailrace::cluster {
namespace {

using namespace std::chrono_literals;
using testing::model;
using testing::Peer;
using testing::Stage;
using testing::update;

constexpr Real infinite = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

/// Worker 0 is honest, worker 1 is not, worker 2 is not there.
class Attack : public ::testing::Test {
 protected:
  explicit Attack(Cluster cluster = {}) : stage(cluster) {
    honest = stage.join(0);
    attacker = stage.join(1);
    honest->upload(honest->ticket(), update(1));  // the attacker's job is a step old then
  }

  /// The honest worker's update is all there is in the model, and it can send the next one.
  void expect_no_harm() {
    EXPECT_EQ(stage.standings().updates_applied, 1U);
    EXPECT_EQ(stage.standings().steps, 1U);
    EXPECT_EQ(honest->model(), model(1));
    honest->upload(honest->ticket(), update(2));
    EXPECT_EQ(honest->model(), model(3));
    EXPECT_EQ(honest->count<Applied>(), 2U);
    EXPECT_FALSE(honest->parting());
  }
  void expect_refused(Refusal reason) {
    EXPECT_EQ(attacker->refusal(), reason);
    EXPECT_EQ(stage.refused(reason), 1U);
    EXPECT_FALSE(attacker->parting());
    expect_no_harm();
  }
  void expect_parted(const Peer& peer, Parting reason) {
    EXPECT_EQ(peer.parting(), reason);
    EXPECT_FALSE(peer.last<Farewell>()->text.empty());
    EXPECT_TRUE(peer.finished());
    EXPECT_EQ(stage.parted(reason), 1U);
    expect_no_harm();
  }

  Stage stage;
  std::unique_ptr<Peer> honest;
  std::unique_ptr<Peer> attacker;
};

class AttackOnLimits : public Attack {
 protected:
  AttackOnLimits() : Attack({.limits = {.norm = 10, .refusals = 3}}) {}
};

TEST_F(Attack, AReplayedTicketIsUnknown) {
  const Ticket first = attacker->ticket();
  honest->upload(honest->ticket(), update(1));
  attacker->upload(first, update(1));
  ASSERT_EQ(attacker->count<Applied>(), 1U);

  EXPECT_EQ(attacker->upload(first, update(1)), Receive::more);

  EXPECT_EQ(attacker->refusal(), Refusal::unknown_job);
  EXPECT_EQ(stage.standings().updates_applied, 3U);
}

TEST_F(Attack, AnInventedTicketIsUnknown) {
  attacker->upload(12345, update(1));

  expect_refused(Refusal::unknown_job);
}

TEST_F(Attack, AnotherWorkersTicketIsNotItsOwn) {
  attacker->upload(honest->ticket(), update(1));

  expect_refused(Refusal::not_yours);
}

TEST_F(Attack, AMemberWithoutAWorkersNameCannotSendForIt) {
  const auto other = stage.join_as("other", {2});  // any worker's certificate, but it named 2

  other->upload(honest->ticket(), update(1));

  EXPECT_EQ(other->refusal(), Refusal::not_yours);
  expect_no_harm();
}

TEST_F(Attack, AnUpdateOfAnotherLengthIsRefused) {
  attacker->upload(attacker->ticket(), {1, 2, 3});

  expect_refused(Refusal::bad_layout);
}

TEST_F(Attack, APackingThatDoesNotFitIsRefused) {
  const std::vector<std::byte> five(5);
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .packing = Packing::half, .bytes = 5});
  attacker->say_chunk(0, five);

  expect_refused(Refusal::bad_layout);
}

TEST_F(Attack, AMemoryOfUpdatesThatNeverCameIsRefused) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .sent = true, .bytes = 16});
  attacker->say_chunk(0, update(1));

  expect_refused(Refusal::bad_layout);
}

TEST_F(Attack, AnUpdateWithoutBytesEndsTheSession) {
  EXPECT_EQ(attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 0}), Receive::closed);

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, AnUpdateThatWouldFillTheMemoryEndsTheSession) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = body_bytes_max});

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, AChunkThatNobodyAnnouncedEndsTheSession) {
  attacker->say_chunk(0, update(1));

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, ChunksOutOfOrderEndTheSession) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 16});
  attacker->say_chunk(8, std::vector<std::byte>(8));

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, AChunkBeyondTheEndEndsTheSession) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 16});
  attacker->say_chunk(0, std::vector<std::byte>(17));

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, AnOfferWithinAnOfferEndsTheSession) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 16});
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 16});

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, ValuesThatAreNotFiniteAreRefused) {
  for (const Real value : {nan, infinite, -infinite}) {
    std::vector<Real> bad = update(1);
    bad[2] = value;
    attacker->upload(attacker->ticket(), bad);
    EXPECT_EQ(attacker->refusal(), Refusal::not_finite);
  }

  EXPECT_EQ(stage.refused(Refusal::not_finite), 3U);
  expect_no_harm();
}

TEST_F(Attack, AFactorThatMakesValuesInfiniteIsRefused) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .factor = 1e308, .bytes = 16});
  attacker->say_chunk(0, update(1e30F));

  expect_refused(Refusal::not_finite);
}

TEST_F(Attack, AnInfiniteFactorEndsTheSession) {
  std::vector<std::byte> offer =
      encode(UpdateOffer{.ticket = attacker->ticket(), .factor = 1, .bytes = 16});
  const double factor = infinite;
  std::memcpy(offer.data() + 1 + 8 + 1 + 1 + 1, &factor, sizeof factor);
  attacker->say(offer);

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, ATimeToComputeLongerThanTheRunIsNotBelieved) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .seconds = 1e300, .bytes = 16});
  attacker->say_chunk(0, update(0));

  EXPECT_EQ(attacker->count<Applied>(), 1U);  // and no sum has overflowed
}

TEST_F(AttackOnLimits, AHugeNormIsRefused) {
  attacker->upload(attacker->ticket(), update(5.5));  // its norm is 11

  expect_refused(Refusal::norm_limit);
}

TEST_F(AttackOnLimits, AFactorCountsTowardsTheNorm) {
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .factor = -6, .bytes = 16});
  attacker->say_chunk(0, update(1));

  expect_refused(Refusal::norm_limit);
}

TEST_F(AttackOnLimits, OneWorkerWhoseValuesAreNotFiniteDoesNotEndTheRun) {
  for (int i = 0; i < 3; ++i) attacker->upload(attacker->ticket(), update(nan));
  expect_parted(*attacker, Parting::barred);

  stage.pass(std::chrono::seconds(1));

  EXPECT_FALSE(stage.host().over());
}

TEST_F(AttackOnLimits, ARunWhoseEveryWorkerHasSuchValuesHasDiverged) {
  const auto third = stage.join(2);
  for (Peer* peer : {attacker.get(), honest.get(), third.get()}) {
    for (int i = 0; i < 3; ++i) peer->upload(peer->ticket(), update(nan));
    peer->hang_up();
  }

  stage.pass(std::chrono::seconds(1));

  ASSERT_TRUE(stage.host().over());
  EXPECT_EQ(stage.host().result()->ending, engine::Ending::diverged);
}

TEST_F(AttackOnLimits, WhoIsRefusedTooOftenIsBarredForGood) {
  for (int i = 0; i < 3; ++i) attacker->upload(attacker->ticket(), update(100));
  expect_parted(*attacker, Parting::barred);
  attacker->hang_up();

  const auto again = stage.join(1);

  EXPECT_EQ(again->parting(), Parting::barred);
  EXPECT_EQ(again->count<JobOffer>(), 0U);
}

TEST_F(AttackOnLimits, LateUpdatesBarNobody) {
  for (int i = 0; i < 10; ++i) attacker->upload(12345, update(1));

  EXPECT_EQ(stage.refused(Refusal::unknown_job), 10U);
  EXPECT_FALSE(attacker->parting());
}

TEST_F(Attack, EndlessBeatsEndTheSession) {
  int beats = 0;
  while (beats < 10'000 && attacker->say(Beat{}) == Receive::more) ++beats;

  EXPECT_LT(beats, 2'000);
  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, EndlessUnknownTicketsEndTheSession) {
  int updates = 0;
  while (updates < 10'000 && attacker->upload(1, update(1)) == Receive::more) ++updates;

  EXPECT_LT(updates, 2'000);
  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, BeatsAtTheirPaceGoOnForever) {
  for (int i = 0; i < 5'000; ++i) {
    stage.pass(200ms);
    ASSERT_EQ(attacker->say(Beat{}), Receive::more);
    honest->say(Beat{});
  }

  expect_no_harm();
}

TEST_F(Attack, WhatComesBeforeHelloEndsTheSession) {
  const std::vector<Frame> frames = {Beat{}, Leave{}, Failed{}, UpdateOffer{.bytes = 16}};
  for (const Frame& frame : frames) {
    const auto peer = stage.connect(2);

    EXPECT_EQ(peer->say(frame), Receive::closed) << name_of(frame);

    EXPECT_EQ(peer->parting(), Parting::protocol) << name_of(frame);
  }
  expect_no_harm();
}

TEST_F(Attack, WhoNeverSaysHelloIsSentAway) {
  const auto peer = stage.connect(2);

  stage.pass_in_steps(1s, 12, [&] {
    honest->say(Beat{});
    attacker->say(Beat{});
  });

  expect_parted(*peer, Parting::protocol);
}

TEST_F(Attack, HelloTwiceEndsTheSession) {
  attacker->say(Hello{.workers = {1}});

  expect_parted(*attacker, Parting::protocol);
}

TEST_F(Attack, AnotherVersionIsToldSo) {
  const auto peer = stage.connect(2);

  peer->say(Hello{.protocol = 2, .workers = {2}});

  expect_parted(*peer, Parting::version);
}

TEST_F(Attack, AVersionWhoseHelloLooksDifferentIsToldSo) {
  const auto peer = stage.connect(2);
  std::vector<std::byte> hello = encode(Hello{.protocol = 9});
  hello.resize(3);  // the frame's number and the version
  hello.resize(40, std::byte{0xee});

  peer->say(hello);

  expect_parted(*peer, Parting::version);
}

TEST_F(Attack, AWorkerOfAnotherExperimentIsSentAway) {
  const auto peer = stage.connect(2);

  peer->say(Hello{.fingerprint = 8, .workers = {2}});

  expect_parted(*peer, Parting::other_run);
}

TEST_F(Attack, AnotherWorkersNameIsNotTaken) {
  const auto peer = stage.connect(2);

  peer->say(Hello{.workers = {0}});

  expect_parted(*peer, Parting::not_allowed);
  EXPECT_EQ(peer->count<Welcome>(), 0U);
}

TEST_F(Attack, AWorkerThatTheRunDoesNotHaveIsSentAway) {
  const auto peer = std::make_unique<Peer>(stage.host(), Identity{.name = "any"});

  peer->say(Hello{.workers = {2, 3}});

  expect_parted(*peer, Parting::not_allowed);
}

TEST_F(Attack, AMillionWorkersAreRefusedUnread) {
  const auto peer = std::make_unique<Peer>(stage.host(), Identity{.name = "any"});
  std::vector<std::byte> hello = encode(Hello{});
  hello.resize(4 * 1'000'000);

  peer->say(hello);

  expect_parted(*peer, Parting::protocol);
}

TEST_F(Attack, FramesOfAServerEndTheSession) {
  const std::vector<Frame> frames = {Welcome{}, JobOffer{}, Applied{}, Durable{},
                                     Refused{}, Canceled{}, Farewell{}};
  for (const Frame& frame : frames) {
    const auto peer = stage.join(2);

    EXPECT_EQ(peer->say(frame), Receive::closed) << name_of(frame);

    EXPECT_EQ(peer->parting(), Parting::protocol) << name_of(frame);
  }
  EXPECT_EQ(stage.parted(Parting::protocol), frames.size());
  expect_no_harm();
}

TEST_F(Attack, GarbageNeitherCrashesNorMovesTheModel) {
  Stream stream("garbage for a host");
  auto peer = stage.join(2);
  for (int i = 0; i < 100'000; ++i) {
    std::vector<std::byte> message(stream.below(40));
    for (std::byte& byte : message) byte = static_cast<std::byte>(stream.below(256));
    if (!message.empty()) message[0] = static_cast<std::byte>(stream.below(14));
    if (peer->say(message) == Receive::closed) peer = stage.join(2);
  }

  EXPECT_GT(stage.parted(Parting::protocol), 10'000U);
  EXPECT_EQ(stage.standings().updates_applied, 1U);
  expect_no_harm();
}

TEST_F(Attack, TornFramesOfAnUpdateNeverReachTheModel) {
  Stream stream("flipped bits for a host");
  auto peer = stage.join(2);
  for (int i = 0; i < 10'000; ++i) {
    std::vector<std::byte> message =
        encode(UpdateOffer{.ticket = peer->ticket(), .bytes = Stage::dimension * sizeof(Real)});
    message[1 + stream.below(8)] ^= static_cast<std::byte>(1 + stream.below(255));  // the ticket
    const Receive then = peer->say(message);
    if (then == Receive::more) peer->say_chunk(0, update(1));
    if (peer->parting()) peer = stage.join(2);
  }

  EXPECT_EQ(stage.standings().updates_applied, 1U);
  expect_no_harm();
}

TEST_F(Attack, ACertificateIsRevokedWhileItsOwnerWorks) {
  Identity identity = stage.identity(2);
  identity.serial = "5EED";
  const auto peer = std::make_unique<Peer>(stage.host(), identity);
  peer->say(Hello{.workers = {2}});
  const Ticket ticket = peer->ticket();

  stage.host().revoke({"5EED"});

  EXPECT_EQ(peer->upload(ticket, update(1)), Receive::closed);
  expect_parted(*peer, Parting::revoked);
  const auto again = std::make_unique<Peer>(stage.host(), identity);
  EXPECT_EQ(again->parting(), Parting::revoked);
}

TEST_F(Attack, AnUpdateThatStopsHalfwayLosesItsPlace) {
  const auto beat = [&] {
    honest->say(Beat{});
    attacker->say(Beat{});
  };
  attacker->say(UpdateOffer{.ticket = attacker->ticket(), .bytes = 16});
  attacker->say_chunk(0, std::vector<std::byte>(8));

  stage.pass_in_steps(1s, 17, beat);

  expect_parted(*attacker, Parting::lease_ended);
}

}  // namespace
}  // namespace tailrace::cluster
