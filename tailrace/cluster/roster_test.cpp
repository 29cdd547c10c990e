#include "tailrace/cluster/roster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace tailrace::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time lease{1000};

Roster roster_for(std::uint32_t workers, StandIn stand_in = StandIn::nobody) {
  return {workers, {.lease = lease, .stand_in = stand_in}};
}

/// "worker/job", or "-".
std::string next(Roster& roster, Roster::SessionId session, Time now = {}) {
  const auto assignment = roster.next(session, now);
  if (!assignment) return "-";
  return std::to_string(assignment->worker) + "/" + std::to_string(assignment->job);
}

TEST(Roster, GivesASessionItsOwnWorkersJobsOneAtATime) {
  Roster roster = roster_for(3);
  roster.join(1, {0, 2}, {});

  roster.give(2, 20, {});
  roster.give(1, 10, {});
  roster.give(0, 5, {});

  EXPECT_EQ(next(roster, 1), "2/20");
  EXPECT_EQ(next(roster, 1), "-");  // it has one
  EXPECT_EQ(roster.done(2, 1, {}), Roster::nobody);
  EXPECT_EQ(next(roster, 1), "0/5");
  EXPECT_EQ(roster.waiting(), 1U);  // worker 1's
}

TEST(Roster, ComputesAWorkersJobsInTheirOrder) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  for (const Roster::Job job : {7U, 3U, 9U}) roster.give(0, job, {});

  EXPECT_EQ(next(roster, 1), "0/7");
  EXPECT_EQ(roster.first(0), 7U);
  roster.done(0, 1, {});
  EXPECT_EQ(next(roster, 1), "0/3");
  roster.done(0, 1, {});
  EXPECT_EQ(next(roster, 1), "0/9");
}

TEST(Roster, AJobThatWasGivenBackIsTheNextOne) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  roster.give(0, 7, {});
  roster.give(0, 8, {});
  next(roster, 1);

  EXPECT_EQ(roster.give_back(1, {}), 1U);

  EXPECT_TRUE(roster.idle(1));
  EXPECT_EQ(next(roster, 1), "0/7");
}

TEST(Roster, WhoeverJoinsForAWorkerReplacesItsSession) {
  Roster roster = roster_for(3);
  roster.join(1, {0, 1}, {});

  EXPECT_THAT(roster.join(2, {1}, {}), IsEmpty());  // session 1 still has worker 0
  EXPECT_THAT(roster.join(3, {0, 2}, {}), ElementsAre(1U));

  EXPECT_EQ(roster.owner(0), 3U);
  EXPECT_EQ(roster.owner(1), 2U);
  EXPECT_EQ(roster.workers_here(), 3U);
}

TEST(Roster, AListedJobMovesWithItsWorkerToTheNewSession) {
  Roster roster = roster_for(2);
  roster.join(1, {0, 1}, {});
  roster.give(0, 5, {});

  roster.join(2, {0}, {});

  EXPECT_EQ(next(roster, 1), "-");
  EXPECT_EQ(next(roster, 2), "0/5");
}

TEST(Roster, AReplacedSessionMayFinishWhatItHas) {
  Roster roster = roster_for(2);
  roster.join(1, {0, 1}, {});
  roster.give(0, 5, {});
  next(roster, 1);

  roster.join(2, {0}, {});

  EXPECT_EQ(roster.holder(0), 1U);
  EXPECT_EQ(next(roster, 2), "-");
  EXPECT_EQ(roster.done(0, 1, {}), Roster::nobody);
}

TEST(Roster, PartingWhileHoldingMakesTheJobWait) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  roster.give(0, 5, {});
  next(roster, 1);

  EXPECT_EQ(roster.part(1, {}), Roster::nobody);

  EXPECT_EQ(roster.waiting(), 1U);
  EXPECT_EQ(roster.workers_here(), 0U);
  roster.join(2, {0}, {});
  EXPECT_EQ(next(roster, 2), "0/5");
}

TEST(Roster, SaysWhoComputesAStandInsJobWhenTheStandInIsGone) {
  Roster roster = roster_for(1, StandIn::anybody);
  roster.give(0, 5, {});
  roster.join(1, {}, {});
  ASSERT_EQ(next(roster, 1, lease), "0/5");
  roster.join(2, {0}, lease);  // back too late for that one
  ASSERT_EQ(next(roster, 2, lease), "-");

  EXPECT_EQ(roster.part(1, lease), 2U);

  EXPECT_EQ(next(roster, 2, lease), "0/5");
}

TEST(Roster, AStandInsFailedJobIsItsWorkersAgain) {
  Roster roster = roster_for(1, StandIn::anybody);
  roster.give(0, 5, {});
  roster.join(1, {}, {});
  next(roster, 1, lease);
  roster.join(2, {0}, lease);

  EXPECT_EQ(roster.give_back(1, lease), 2U);

  EXPECT_EQ(next(roster, 1, lease), "-");
  EXPECT_EQ(next(roster, 2, lease), "0/5");
}

TEST(Roster, NobodyStandsInUnlessAnybodyMay) {
  Roster roster = roster_for(2);
  roster.give(0, 5, {});
  roster.join(1, {1}, {});

  EXPECT_EQ(next(roster, 1, Time{1'000'000}), "-");
  EXPECT_THAT(roster.stand_ins(Time{1'000'000}), IsEmpty());
}

TEST(Roster, AnOrphanWaitsForALeaseAndGoesToWhoeverIsIdle) {
  Roster roster = roster_for(2, StandIn::anybody);
  roster.join(1, {1}, {});
  roster.give(0, 5, Time{10});

  EXPECT_EQ(next(roster, 1, Time{1009}), "-");
  EXPECT_THAT(roster.stand_ins(Time{1009}), IsEmpty());
  EXPECT_THAT(roster.stand_ins(Time{1010}), ElementsAre(1U));
  EXPECT_EQ(next(roster, 1, Time{1010}), "0/5");
}

TEST(Roster, OnlyItsFirstJobWaitsForALeaseWhileAWorkerStaysAway) {
  Roster roster = roster_for(2, StandIn::anybody);
  roster.join(1, {1}, {});
  roster.give(0, 5, {});
  ASSERT_EQ(next(roster, 1, lease), "0/5");
  roster.done(0, 1, lease);

  roster.give(0, 6, lease);

  EXPECT_EQ(next(roster, 1, lease), "0/6");
}

TEST(Roster, OrphansTakeTurns) {
  Roster roster = roster_for(3, StandIn::anybody);
  roster.join(1, {2}, {});
  roster.give(0, 5, {});
  roster.give(1, 6, {});
  EXPECT_EQ(next(roster, 1, lease), "0/5");
  roster.done(0, 1, lease);

  roster.give(0, 7, lease);

  EXPECT_EQ(next(roster, 1, lease), "1/6");
}

TEST(Roster, OwnJobsComeBeforeThoseOfOrphans) {
  Roster roster = roster_for(2, StandIn::anybody);
  roster.join(1, {1}, {});
  roster.give(0, 5, {});
  roster.give(1, 6, {});

  EXPECT_EQ(next(roster, 1, lease), "1/6");
  roster.done(1, 1, lease);
  EXPECT_EQ(next(roster, 1, lease), "0/5");
}

TEST(Roster, AWorkerThatReturnsInTimeKeepsItsJobs) {
  Roster roster = roster_for(2, StandIn::anybody);
  roster.join(1, {0}, {});
  roster.join(2, {1}, {});
  roster.give(0, 5, {});
  roster.part(1, Time{100});

  roster.join(3, {0}, Time{1099});

  EXPECT_EQ(next(roster, 2, Time{5000}), "-");
  EXPECT_EQ(next(roster, 3, Time{5000}), "0/5");
}

TEST(Roster, CancelingLeavesNothingToComputeThoughItWasListed) {
  Roster roster = roster_for(3, StandIn::anybody);
  roster.join(1, {0}, {});
  roster.give(0, 5, {});
  roster.give(1, 6, {});
  roster.give(2, 7, {});

  EXPECT_EQ(roster.cancel(0, {}), Roster::nobody);
  EXPECT_EQ(roster.cancel(1, {}), Roster::nobody);

  EXPECT_EQ(next(roster, 1, lease), "2/7");  // not hidden by worker 1's
  EXPECT_EQ(roster.waiting(), 0U);
}

TEST(Roster, AJobGivenAfterACancelIsGivenOutOnce) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  roster.give(0, 5, {});
  roster.cancel(0, {});
  roster.give(0, 6, {});

  EXPECT_EQ(next(roster, 1), "0/6");
  roster.done(0, 1, {});
  EXPECT_EQ(next(roster, 1), "-");
}

TEST(Roster, CancelingTellsWhoWasAtIt) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  roster.give(0, 5, {});
  next(roster, 1);

  EXPECT_EQ(roster.cancel(0, {}), 1U);

  EXPECT_TRUE(roster.idle(1));
}

TEST(Roster, AnUpdateFromAnotherSessionEndsTheHoldersWork) {
  Roster roster = roster_for(1, StandIn::anybody);
  roster.join(1, {0}, {});
  roster.join(2, {}, {});
  roster.give(0, 5, {});
  next(roster, 1);

  EXPECT_EQ(roster.done(0, 2, {}), 1U);

  EXPECT_TRUE(roster.idle(1));
}

TEST(Roster, WhoeverLeavesFinishesItsJobAndGetsNoMore) {
  Roster roster = roster_for(1);
  roster.join(1, {0}, {});
  roster.give(0, 5, {});
  roster.give(0, 6, {});
  next(roster, 1);

  roster.leave(1, {});

  EXPECT_EQ(roster.at_work_for(1), 0U);
  roster.done(0, 1, {});
  EXPECT_EQ(next(roster, 1), "-");
}

TEST(Roster, OthersStandInForWhoeverLeavesThoughItDoesNotGo) {
  Roster roster = roster_for(2, StandIn::anybody);
  roster.join(1, {0, 1}, {});
  roster.join(2, {}, {});
  roster.give(0, 5, {});
  roster.give(1, 6, {});
  ASSERT_EQ(next(roster, 1), "0/5");

  roster.leave(1, {});

  EXPECT_EQ(roster.workers_here(), 0U);
  EXPECT_EQ(next(roster, 2, lease), "1/6");
  EXPECT_EQ(roster.holder(0), 1U);
}

TEST(Roster, OneSessionCanSpeakForAHundredThousandWorkers) {
  constexpr std::uint32_t many = 100'000;
  Roster roster = roster_for(many, StandIn::anybody);
  std::vector<WorkerId> all(many);
  std::iota(all.begin(), all.end(), 0);
  for (const WorkerId worker : all) roster.give(worker, worker, {});

  roster.join(1, all, lease);  // in a moment, not in minutes: other sessions wait meanwhile
  EXPECT_THAT(roster.join(2, all, lease), ElementsAre(1U));

  EXPECT_EQ(roster.workers_here(), many);
  EXPECT_EQ(next(roster, 2, lease), "0/0");
  EXPECT_EQ(next(roster, 1, lease), "-");
}

}  // namespace
}  // namespace tailrace::cluster
