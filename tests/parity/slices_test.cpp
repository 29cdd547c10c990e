#include "tests/parity/slices_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tailrace/core/random.hpp"
#include "tailrace/policy/check_method.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/momentum.hpp"
#include "tailrace/policy/transform/normalize.hpp"
#include "tailrace/policy/whole_sums.hpp"
#include "tests/named_methods.hpp"
#include "tests/parity/test_name.hpp"

/// Every method that may be sliced does the same on several servers as on one.
namespace tailrace::policy::testing {
namespace {

using tailrace::testing::NamedMethod;
using tailrace::testing::test_name;

/// Three chunks, the last one nearly empty.
constexpr std::size_t dimension = 2 * math::chunk_size + 100;

std::vector<NamedMethod> sliceable_methods() {
  std::vector<NamedMethod> methods = tailrace::testing::named_methods();
  std::erase_if(methods,
                [](const NamedMethod& each) { return !check_sliceable(each.method).empty(); });
  return methods;
}

/// The oldest job of a worker that has one, drawn at random.
engine::Flight::Id draw_job(const engine::Flight& flight, Stream& stream) {
  std::vector<engine::Flight::Id> oldest;
  for (const engine::Flight::Id job : flight.open()) {
    if (oldest.empty() || flight[oldest.back()].worker != flight[job].worker) oldest.push_back(job);
  }
  return oldest[stream.below(oldest.size())];
}

/// Lets updates arrive in some order until a few steps are made, and notes it.
std::vector<Event> run_whole(Holder& whole, Stream& stream) {
  constexpr std::size_t arrivals_min = 40;
  constexpr std::size_t arrivals_max = 400;
  constexpr Version steps_min = 3;
  std::vector<Event> events;
  Time now;
  const auto enough = [&] {
    return events.size() >= arrivals_min && whole.server().version() >= steps_min;
  };
  while (!enough() && events.size() < arrivals_max) {
    now = now + Time{1 + static_cast<std::int64_t>(stream.below(200'000'000))};
    if (whole.flight().size() == 0) now = std::max(now, whole.next_timer());
    whole.ring(now);
    if (whole.flight().size() == 0) continue;
    events.push_back({draw_job(whole.flight(), stream), now});
    whole.arrive(events.back());
  }
  return events;
}

using Holders = std::vector<std::unique_ptr<Holder>>;

/// The same again with the model in slices, each on a thread of its own; returns the servers.
/// `between` is called for each of them after half of the events and returns who goes on.
template <class Between>
Holders run_sliced(const Method& method, std::uint32_t count, const std::vector<Event>& events,
                   const Between& between) {
  Together together(count);
  Holders holders(count);
  std::vector<std::thread> threads;
  for (std::uint32_t index = 0; index < count; ++index) {
    threads.emplace_back([&, index] {
      Together::Seat seat(together, index);
      const auto make = [&] {
        return std::make_unique<Holder>(method, slice_of(dimension, index, count), &seat);
      };
      holders[index] = make();
      for (std::size_t i = 0; i < events.size(); ++i) {
        if (i == events.size() / 2) between(holders[index], make);
        holders[index]->arrive(events[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return holders;
}

Holders run_sliced(const Method& method, std::uint32_t count, const std::vector<Event>& events) {
  return run_sliced(method, count, events, [](auto&, const auto&) {});
}

void expect_same(const Holder& whole, const Holders& slices) {
  std::vector<Real> model;
  for (const auto& holder : slices) {
    model.insert(model.end(), holder->model().begin(), holder->model().end());
    EXPECT_EQ(holder->server().version(), whole.server().version());
    EXPECT_EQ(holder->server().counts().discarded, whole.server().counts().discarded);
    EXPECT_EQ(holder->server().counts().canceled, whole.server().counts().canceled);
    EXPECT_EQ(holder->server().counts().staleness_sum, whole.server().counts().staleness_sum);
    EXPECT_EQ(holder->diverged(), whole.diverged());
  }
  ASSERT_EQ(model.size(), whole.model().size());
  EXPECT_EQ(std::memcmp(model.data(), whole.model().data(), model.size() * sizeof(Real)), 0);
}

class EverySliceableMethod : public ::testing::TestWithParam<NamedMethod> {};

TEST_P(EverySliceableMethod, DoesTheSameOnThreeServersAsOnOne) {
  const Method& method = GetParam().method;
  Holder whole(method, {0, dimension}, nullptr);
  Stream stream(GetParam().name);
  const std::vector<Event> events = run_whole(whole, stream);

  const Holders three = run_sliced(method, 3, events);

  EXPECT_GT(whole.server().version(), 0U);
  expect_same(whole, three);
}

/// A norm of single updates and one of their sums, and a memory behind them.
const Method with_norms{.each = {ClipNorm{.threshold = 300}},
                        .combine = Buffer{.size = 3},
                        .then = {Momentum{}, Normalize{}},
                        .step_size = ConstantStep{.value = 0.5}};

TEST(Slices, MayHoldSeveralChunksEach) {
  Holder whole(with_norms, {0, dimension}, nullptr);
  Stream stream("MayHoldSeveralChunksEach");
  const std::vector<Event> events = run_whole(whole, stream);

  const Holders two = run_sliced(with_norms, 2, events);

  expect_same(whole, two);
}

TEST(Slices, GoOnFromWhatEachOfThemHasSaved) {
  Holder whole(with_norms, {0, dimension}, nullptr);
  Stream stream("GoOnFromWhatEachOfThemHasSaved");
  const std::vector<Event> events = run_whole(whole, stream);

  const Holders three =
      run_sliced(with_norms, 3, events, [](std::unique_ptr<Holder>& holder, const auto& make) {
        Archive out = Archive::writer();
        holder->state(out);
        const std::vector<std::byte> saved = out.take();
        holder = make();
        Archive in = Archive::reader(saved);
        holder->state(in);
        EXPECT_TRUE(in.finished());
      });

  expect_same(whole, three);
}

/// All kinds of sums over two vectors.
struct Sums {
  double norm;
  double dot;
  double distance;
  double product;
  bool operator==(const Sums&) const = default;
};

Sums sums_of(std::span<const Real> x, std::span<const Real> y, Slices* others) {
  Update update(std::vector<Real>(x.begin(), x.end()));
  update.use(nullptr, others);
  const double norm = update.norm();
  const double dot = policy::dot(x, y, others);
  const double distance = policy::squared_distance(x, y, others);
  const std::vector<const Real*> rows = {x.data(), y.data()};
  return {norm, dot, distance, gram(rows, y.data(), x.size(), nullptr, others).at(0, 0)};
}

TEST(Slices, AddUpInTheOrderOfChunksToTheLastBit) {
  // Enough chunks, and so unlike, that sums by slice or in another order have other bits.
  constexpr std::size_t size = 9 * math::chunk_size + 5;
  Stream stream("AddUpInTheOrderOfChunksToTheLastBit");
  std::vector<Real> x(size);
  std::vector<Real> y(size);
  for (std::size_t i = 0; i < size; ++i) {
    x[i] = static_cast<Real>(std::log(stream.uniform()));
    y[i] = static_cast<Real>(stream.uniform() - 0.3);
  }
  const Sums whole = sums_of(x, y, nullptr);

  Together together(4);
  std::vector<Sums> sums(4);
  std::vector<std::thread> threads;
  for (std::uint32_t index = 0; index < 4; ++index) {
    threads.emplace_back([&, index] {
      Together::Seat seat(together, index);
      const Slice slice = slice_of(size, index, 4);
      sums[index] = sums_of(std::span(x).subspan(slice.begin, slice.size()),
                            std::span(y).subspan(slice.begin, slice.size()), &seat);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(sums, ::testing::Each(whole));
}

TEST(Slices, AreWholeChunksOfNearlyTheSameSize) {
  EXPECT_EQ(slices_max(dimension), 3U);
  EXPECT_EQ(slice_of(dimension, 0, 1), (Slice{0, dimension}));
  EXPECT_EQ(slice_of(dimension, 0, 2), (Slice{0, math::chunk_size}));
  EXPECT_EQ(slice_of(dimension, 1, 2), (Slice{math::chunk_size, dimension}));
  EXPECT_EQ(slice_of(dimension, 2, 3), (Slice{2 * math::chunk_size, dimension}));
}

TEST(Slices, AreForAllMethodsButThoseThatLookAtMatrices) {
  std::vector<std::string> refused;
  for (const NamedMethod& each : tailrace::testing::named_methods()) {
    if (!check_sliceable(each.method).empty()) refused.push_back(each.name);
  }

  EXPECT_THAT(refused, ::testing::ElementsAre("ringmaster_lmo", "ringmaster_muon"));
}

INSTANTIATE_TEST_SUITE_P(Servers, EverySliceableMethod, ::testing::ValuesIn(sliceable_methods()),
                         test_name);

}  // namespace
}  // namespace tailrace::policy::testing
