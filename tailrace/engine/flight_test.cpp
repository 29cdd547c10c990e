#include "tailrace/engine/flight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tailrace::engine {
namespace {

using ::testing::UnorderedElementsAre;

void step(ModelStore& models, Real value) {
  models.begin_step().to[0] = value;
  models.end_step();
}

TEST(Flight, NumbersEachWorkersJobs) {
  ModelStore models(std::vector<Real>{0});
  Flight flight(2);

  const Flight::Id first = flight.take_off(1, models);
  const Flight::Id second = flight.take_off(1, models);
  const Flight::Id other = flight.take_off(0, models);

  EXPECT_EQ(flight[first].number, 0U);
  EXPECT_EQ(flight[second].number, 1U);
  EXPECT_EQ(flight[other].number, 0U);
  EXPECT_EQ(flight[other].worker, 0U);
}

TEST(Flight, KeepsTheStartingPointOfAJobUntilItLands) {
  ModelStore models(std::vector<Real>{1});
  Flight flight(1);
  const Flight::Id id = flight.take_off(0, models);

  step(models, 2);
  step(models, 3);

  EXPECT_EQ(flight.job(id, models).model[0], 1);
  EXPECT_EQ(flight.job(id, models).version, 0U);
  EXPECT_EQ(flight.arrived(id, models).start[0], 1);
  EXPECT_EQ(flight.arrived(id, models).started, 0U);
  EXPECT_EQ(models.versions_alive(), 2U);
  flight.land(id, models);
  EXPECT_EQ(models.versions_alive(), 1U);
}

TEST(Flight, UsesTheIdOfALandedJobAgain) {
  ModelStore models(std::vector<Real>{0});
  Flight flight(3);
  flight.take_off(0, models);
  const Flight::Id landed = flight.take_off(1, models);

  flight.land(landed, models);

  EXPECT_EQ(flight.take_off(2, models), landed);
  EXPECT_EQ(flight[landed].worker, 2U);
}

TEST(Flight, CountsJobsNowAndAtMost) {
  ModelStore models(std::vector<Real>{0});
  Flight flight(1);
  const Flight::Id a = flight.take_off(0, models);
  const Flight::Id b = flight.take_off(0, models);
  const Flight::Id c = flight.take_off(0, models);

  flight.land(b, models);

  EXPECT_EQ(flight.size(), 2U);
  EXPECT_EQ(flight.size_max(), 3U);
  EXPECT_THAT(flight.open(), UnorderedElementsAre(a, c));
}

TEST(Flight, ComesBackFromItsState) {
  ModelStore models(std::vector<Real>{0});
  Flight flight(2);
  flight.take_off(0, models);
  const Flight::Id gone = flight.take_off(1, models);
  const Flight::Id open = flight.take_off(1, models);
  flight.land(gone, models);

  Archive writer = Archive::writer();
  writer(flight);
  Archive reader = Archive::reader(writer.bytes());
  Flight restored(2);
  reader(restored);

  ASSERT_TRUE(reader.finished());
  EXPECT_EQ(restored.size(), 2U);
  EXPECT_EQ(restored.size_max(), 3U);
  EXPECT_EQ(restored[open].worker, 1U);
  EXPECT_EQ(restored[open].number, 1U);
  const Flight::Id next = restored.take_off(1, models);
  EXPECT_EQ(next, gone);
  EXPECT_EQ(restored[next].number, 2U);  // numbers go on
}

}  // namespace
}  // namespace tailrace::engine
