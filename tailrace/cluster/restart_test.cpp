#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <set>

#include "tailrace/cluster/peer_test.hpp"

/// What of a run is there after its server has died: everything that was durable, once, and the
/// rest as soon as the workers send it again.
namespace tailrace::cluster {
namespace {

using engine::testing::TemporaryFolder;
using testing::model;
using testing::Stage;
using testing::update;

class Restart : public ::testing::Test {
 protected:
  /// Every tick() writes a checkpoint.
  [[nodiscard]] engine::RunOptions saving() const {
    return {.checkpoint = {.path = folder.file("checkpoint"), .every_wall_seconds = 0}};
  }

  TemporaryFolder folder;
};

TEST_F(Restart, AnUpdateIsKeptUntilACheckpointIsOnDisk) {
  Stage stage({}, saving());
  const auto peer = stage.join(0);
  stage.host().tick();

  peer->upload(peer->ticket(), update(1));

  EXPECT_TRUE(peer->last<Applied>()->keep);
  EXPECT_EQ(peer->count<Durable>(), 0U);
  stage.host().tick();
  EXPECT_EQ(peer->count<Durable>(), 1U);
  stage.host().tick();
  EXPECT_EQ(peer->count<Durable>(), 1U);  // nothing new to say
  EXPECT_EQ(stage.standings().checkpoints, 3U);
}

TEST_F(Restart, AnUpdateOfAJobThatNoCheckpointKnowsNeedNotBeKept) {
  Stage stage({}, saving());
  const auto peer = stage.join(0);

  peer->upload(peer->ticket(), update(1));

  EXPECT_FALSE(peer->last<Applied>()->keep);
}

TEST_F(Restart, AKeptUpdateIsAppliedOnceByTheNextServer) {
  Stage stage({}, saving());
  auto peer = stage.join(0);
  stage.host().tick();
  const Ticket kept = peer->ticket();
  peer->upload(kept, update(1));
  peer.reset();

  stage.restart();
  peer = stage.join(0);

  EXPECT_EQ(stage.standings().steps, 0U);
  EXPECT_EQ(peer->ticket(), kept);
  peer->upload(kept, update(1));
  EXPECT_EQ(peer->last<Applied>()->ticket, kept);
  EXPECT_EQ(peer->model(), model(1));
  peer->upload(kept, update(1));
  EXPECT_EQ(peer->refusal(), Refusal::unknown_job);
  EXPECT_EQ(stage.standings().steps, 1U);
}

TEST_F(Restart, WhatWasDurableIsNotAppliedAgain) {
  Stage stage({}, saving());
  auto peer = stage.join(0);
  stage.host().tick();
  const Ticket durable = peer->ticket();
  peer->upload(durable, update(1));
  stage.host().tick();
  peer.reset();

  stage.restart();
  peer = stage.join(0);
  peer->upload(durable, update(1));

  EXPECT_EQ(peer->refusal(), Refusal::unknown_job);
  EXPECT_EQ(peer->model(), model(1));
}

TEST_F(Restart, AJobGivenAfterTheCheckpointIsForgottenWithItsUpdate) {
  Stage stage({}, saving());
  auto peer = stage.join(0);
  stage.host().tick();
  peer->upload(peer->ticket(), update(1));
  const Ticket lost = peer->ticket();
  peer->upload(lost, update(2));
  peer.reset();

  stage.restart();
  peer = stage.join(0);
  peer->upload(lost, update(2));

  EXPECT_EQ(peer->refusal(), Refusal::unknown_job);
  EXPECT_EQ(stage.standings().steps, 0U);
}

TEST_F(Restart, AStandInsKeptUpdateIsNotHeldAgainstIt) {
  Stage stage({.stand_in = StandIn::anybody}, saving(), 1);
  auto helper = stage.connect(7);  // a certificate for a worker that the run does not have
  helper->say(Hello{.workers = {}});
  helper = stage.join_as("helper");
  for (int i = 0; i < 16; ++i) {
    helper->say(Beat{});
    stage.pass(std::chrono::seconds(1));
  }
  const Ticket kept = helper->ticket();
  ASSERT_NE(kept, 0U);
  helper->upload(kept, update(1));
  helper.reset();

  stage.restart();
  helper = stage.join_as("helper");
  helper->upload(kept, update(1));

  EXPECT_EQ(helper->last<Applied>()->ticket, kept);
}

TEST_F(Restart, NoTicketIsGivenTwice) {
  Stage stage({}, saving());
  auto peer = stage.join(0);
  std::set<Ticket> tickets{peer->ticket()};
  for (int server = 0; server < 3; ++server) {
    for (int i = 0; i < 5; ++i) {
      peer->upload(peer->ticket(), update(1));
      EXPECT_TRUE(tickets.insert(peer->ticket()).second);
    }
    stage.host().tick();
    peer.reset();
    stage.restart();
    peer = stage.join(0);
  }
}

TEST_F(Restart, AnInterruptedRunDrainsAndGoesOn) {
  std::atomic<bool> interrupt = false;
  engine::RunOptions options = saving();
  options.checkpoint.every_wall_seconds = 1e9;
  options.interrupt = &interrupt;
  Stage stage({}, options);
  auto peer = stage.join(0);
  peer->upload(peer->ticket(), update(1));
  const Ticket open = peer->ticket();

  interrupt = true;
  stage.host().tick();

  EXPECT_EQ(peer->parting(), Parting::draining);
  EXPECT_EQ(stage.host().result()->ending, engine::Ending::interrupted);
  peer.reset();
  interrupt = false;
  stage.restart();
  peer = stage.join(0);
  EXPECT_EQ(peer->ticket(), open);
  EXPECT_EQ(peer->model(), model(1));
}

TEST_F(Restart, ALimitLeavesACheckpointFromWhichALongerRunGoesOn) {
  engine::RunOptions options = saving();
  options.checkpoint.every_wall_seconds = 1e9;
  options.checkpoint.at_end = true;
  options.stop.steps = 1;
  {
    Stage stage({}, options);
    const auto peer = stage.join(0);
    peer->upload(peer->ticket(), update(1));
    stage.host().tick();
    ASSERT_EQ(peer->parting(), Parting::finished);
  }

  options.stop.steps = 2;
  options.checkpoint.resume = true;
  Stage longer({}, options);

  const auto peer = longer.join(0);
  EXPECT_EQ(peer->model(), model(1));
}

TEST_F(Restart, AServerThatDiesBeforeTheResultIsWrittenNeedsNoWorkerToEnd) {
  for (const bool by_target : {false, true}) {
    std::filesystem::remove(folder.file("checkpoint"));
    engine::RunOptions options = saving();
    options.checkpoint.every_wall_seconds = 1e9;
    options.stop.steps = by_target ? 100 : 1;
    if (by_target) options.stop.target = {.metric = engine::Metric::loss, .above = 5};
    options.evaluate.every_steps = 1;
    Stage stage({}, options);
    {
      const auto peer = stage.join(0);
      peer->upload(peer->ticket(), update(1));
      while (!stage.host().over()) stage.host().tick();
      ASSERT_EQ(peer->parting(), Parting::finished);
    }

    stage.restart();

    while (!stage.host().over()) stage.host().tick();
    EXPECT_EQ(stage.host().result()->ending,
              by_target ? engine::Ending::target : engine::Ending::steps);
  }
}

TEST_F(Restart, ACheckpointThatCannotBeWrittenEndsNothing) {
  engine::RunOptions options = saving();
  options.checkpoint.path = folder.file("no/such/folder/checkpoint");
  Stage stage({}, options);
  const auto peer = stage.join(0);
  stage.host().tick();

  peer->upload(peer->ticket(), update(1));
  stage.host().tick();

  EXPECT_EQ(stage.standings().checkpoint_failures, 2U);
  EXPECT_EQ(stage.standings().checkpoints, 0U);
  EXPECT_TRUE(peer->last<Applied>()->keep);
  EXPECT_EQ(peer->count<Durable>(), 0U);
  peer->upload(peer->ticket(), update(1));
  EXPECT_EQ(peer->model(), model(2));
}

}  // namespace
}  // namespace tailrace::cluster
