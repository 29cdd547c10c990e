#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "tailrace/catalog.hpp"
#include "tailrace/core/field_range.hpp"
#include "tailrace/math/vector.hpp"
#include "tests/conformance/hostile.hpp"

/// Every catalogued transform against the laws it declares. Written once; an entry added to the
/// catalog is covered without another word.
namespace tailrace::conformance {
namespace {

using policy::Arrival;
using policy::Update;
using Values = std::vector<Real>;

/// The entries of a list that promise a law, as types to test.
template <Law law, class Kept, class... Rest>
struct Promising {
  using Types = Kept;
};
template <Law law, class... Kept, class T, class... Rest>
struct Promising<law, ::testing::Types<Kept...>, T, Rest...>
    : std::conditional_t<law == Law::none || has(T::laws, law),
                         Promising<law, ::testing::Types<Kept..., T>, Rest...>,
                         Promising<law, ::testing::Types<Kept...>, Rest...>> {};

template <Law law, class List>
struct Filter;
template <Law law, class... Ts>
struct Filter<law, TypeList<Ts...>> : Promising<law, ::testing::Types<>, Ts...> {};

template <Law law>
using TransformsThat = typename Filter<law, Transforms>::Types;

/// Arrivals of every staleness that shows up early in a run, from a model that drifts.
class Arrivals {
 public:
  explicit Arrivals(std::size_t dimension) : model_(dimension), start_(dimension) {
    for (std::size_t i = 0; i < dimension; ++i) {
      model_[i] = static_cast<Real>(i % 7) - 3;
      start_[i] = static_cast<Real>(i % 5) - 2;
    }
  }
  [[nodiscard]] Arrival at(Version version) const {
    return {.worker = static_cast<WorkerId>(version % 4),
            .staleness = version * 3 % 8,
            .version = version,
            .model = model_,
            .start = start_,
            .workers = 4,
            .concurrency = 4};
  }

 private:
  Values model_;
  Values start_;
};

template <class T>
T fresh(std::size_t dimension) {
  T transform;
  const policy::PartSetup setup{.dimension = dimension, .workers = 4, .seed = 1};
  if constexpr (requires { transform.prepare(setup); }) transform.prepare(setup);
  return transform;
}

/// A discarded update changes nothing, like zero.
template <class T>
Values after(T& transform, const Arrival& arrival, const Values& values) {
  Update update(values);
  transform.apply(arrival, update);
  return update.discarded() ? Values(values.size(), 0) : update.values();
}

double norm(const Values& values) { return std::sqrt(math::squared_norm(values)); }

Values negated(Values values) {
  for (Real& value : values) value = -value;
  return values;
}

bool same_bits(const Values& a, const Values& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](Real x, Real y) {
           return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
         });
}

bool all_finite(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](Real x) { return std::isfinite(x); });
}

bool all_zero(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](Real x) { return x == 0; });
}

/// Whether `result` is a multiple >= 0 of `input`, to within a few roundings of each coordinate.
bool same_direction(const Values& input, const Values& result) {
  const double ratio = norm(result) / norm(input);
  if (!(ratio > 0)) return all_zero(result);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double expected = ratio * static_cast<double>(input[i]);
    const double rounding = std::numeric_limits<Real>::denorm_min() + 1e-6 * std::fabs(expected);
    if (std::fabs(static_cast<double>(result[i]) - expected) > rounding) return false;
  }
  return true;
}

/// Calls body(case, arrivals) for every hostile update of every dimension.
template <class Body>
void for_every_case(const Body& body) {
  for (const std::size_t dimension : dimensions) {
    for (const Case& hostile : hostile_cases(dimension)) {
      SCOPED_TRACE(hostile.name + " of dimension " + std::to_string(dimension));
      body(hostile, Arrivals(dimension));
    }
  }
}

struct TransformName {
  template <class T>
  static std::string GetName(int /*index*/) {
    return std::string(T::name);
  }
};

template <class T>
class TransformLaws : public ::testing::Test {};
TYPED_TEST_SUITE(TransformLaws, TransformsThat<Law::none>, TransformName);

template <class T>
class OddTransforms : public ::testing::Test {};
TYPED_TEST_SUITE(OddTransforms, TransformsThat<Law::odd>, TransformName);

template <class T>
class StatelessTransforms : public ::testing::Test {};
TYPED_TEST_SUITE(StatelessTransforms, TransformsThat<Law::stateless>, TransformName);

TYPED_TEST(TransformLaws, HoldOnHostileUpdates) {
  constexpr Law laws = TypeParam::laws;
  for_every_case([](const Case& hostile, const Arrivals& arrivals) {
    auto transform = fresh<TypeParam>(hostile.values.size());
    const double before = norm(hostile.values);
    for (Version version = 0; version < 3; ++version) {
      const Values result = after(transform, arrivals.at(version), hostile.values);
      if (has(laws, Law::shrinks)) {
        EXPECT_LE(norm(result), before * (1 + 1e-6));
      }
      if (has(laws, Law::keeps_zero) && before == 0) {
        EXPECT_TRUE(all_zero(result));
      }
      if (has(laws, Law::keeps_alive) && before > 1e-30) {
        EXPECT_GT(norm(result), 0);
      }
      if (has(laws, Law::keeps_direction)) {
        EXPECT_TRUE(same_direction(hostile.values, result));
      }
      // With default options no coordinate needs to grow beyond a small number.
      if (has(laws, Law::bounds_norm)) {
        EXPECT_LE(norm(result), 100 * std::sqrt(static_cast<double>(result.size())));
      }
    }
  });
}

TYPED_TEST(TransformLaws, KeepFiniteUpdatesFinite) {
  constexpr double room = 1e30;  // squares and sums of what is larger may overflow, as they must
  for_every_case([](const Case& hostile, const Arrivals& arrivals) {
    auto transform = fresh<TypeParam>(hostile.values.size());
    const bool large = norm(hostile.values) > room;
    if (large && !has(TypeParam::laws, Law::bounds_norm) && !has(TypeParam::laws, Law::shrinks)) {
      return;
    }
    for (Version version = 0; version < 20; ++version) {
      EXPECT_TRUE(all_finite(after(transform, arrivals.at(version), hostile.values)));
    }
  });
}

TYPED_TEST(OddTransforms, MirrorTheirInput) {
  for_every_case([](const Case& hostile, const Arrivals& arrivals) {
    auto transform = fresh<TypeParam>(hostile.values.size());
    auto mirror = fresh<TypeParam>(hostile.values.size());
    for (Version version = 0; version < 3; ++version) {
      const Values result = after(transform, arrivals.at(version), hostile.values);
      EXPECT_EQ(after(mirror, arrivals.at(version), negated(hostile.values)), negated(result));
    }
  });
}

TYPED_TEST(StatelessTransforms, ForgetWhatTheyHaveSeen) {
  for_every_case([](const Case& hostile, const Arrivals& arrivals) {
    auto unused = fresh<TypeParam>(hostile.values.size());
    auto used = fresh<TypeParam>(hostile.values.size());
    for (const Case& other : hostile_cases(hostile.values.size())) {
      after(used, arrivals.at(1), other.values);
    }
    EXPECT_EQ(after(used, arrivals.at(2), hostile.values),
              after(unused, arrivals.at(2), hostile.values));
  });
}

TYPED_TEST(TransformLaws, ContinueWithTheSameBitsFromASavedState) {
  constexpr std::size_t dimension = 4097;
  const std::vector<Case> cases = hostile_cases(dimension);
  const Arrivals arrivals(dimension);
  policy::AnyTransform before = fresh<TypeParam>(dimension);
  policy::AnyTransform restored = fresh<TypeParam>(dimension);
  const auto& pareto = cases[4];
  for (Version version = 0; version < 3; ++version) {
    after(before, arrivals.at(version), pareto.values);
  }

  Archive saved = Archive::writer();
  before.state(saved);
  Archive archive = Archive::reader(saved.bytes());
  restored.state(archive);

  EXPECT_TRUE(archive.finished());
  for (Version version = 3; version < 6; ++version) {
    const Values expected = after(before, arrivals.at(version), cases[7].values);
    EXPECT_EQ(after(restored, arrivals.at(version), cases[7].values), expected);
  }
}

/// Jobs of four workers in turn, each with another hostile update.
template <class Apply>
std::vector<Values> of_four_workers(std::size_t dimension, const Apply& apply) {
  const std::vector<Case> cases = hostile_cases(dimension);
  std::vector<Values> results;
  for (JobNumber job = 0; job < 4; ++job) {
    for (WorkerId worker = 0; worker < 4; ++worker) {
      results.push_back(apply(Arrival{.worker = worker, .job = job, .workers = 4},
                              cases[(4 * job + worker) % cases.size()].values));
    }
  }
  return results;
}

TYPED_TEST(TransformLaws, MakeTheSameBitsOnEachWorkerAsOnTheServerIfTheySaySo) {
  constexpr std::size_t dimension = 4097;
  const policy::AnyTransform prepared = fresh<TypeParam>(dimension);
  if (!prepared.on_worker()) return;
  policy::AnyTransform on_server = prepared;
  std::vector<policy::AnyTransform> on_workers(4, prepared);

  const auto expected =
      of_four_workers(dimension, [&](const Arrival& arrival, const Values& values) {
        return after(on_server, arrival, values);
      });
  const auto results =
      of_four_workers(dimension, [&](const Arrival& arrival, const Values& values) {
        return after(on_workers[arrival.worker], arrival, values);
      });

  ASSERT_EQ(results.size(), expected.size());
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_TRUE(same_bits(results[i], expected[i]));
}

TYPED_TEST(TransformLaws, ForgetAWorkerAndNoOther) {
  constexpr std::size_t dimension = 100;
  policy::AnyTransform used = fresh<TypeParam>(dimension);
  if (!used.on_worker()) return;
  policy::AnyTransform unused = used;
  policy::AnyTransform remembering = used;
  const Values normal = hostile_cases(dimension).back().values;
  const auto next = [&](policy::AnyTransform& transform, WorkerId worker) {
    return after(transform, {.worker = worker, .job = 7, .workers = 4}, normal);
  };
  for (policy::AnyTransform* transform : {&used, &remembering}) {
    for (const WorkerId worker : {1U, 2U}) {
      after(*transform, {.worker = worker, .workers = 4}, normal);
    }
  }

  used.forget(1);

  EXPECT_EQ(next(used, 1), next(unused, 1));
  EXPECT_EQ(next(used, 2), next(remembering, 2));
}

TYPED_TEST(TransformLaws, BeginAnewWhenPreparedAgain) {
  constexpr std::size_t dimension = 4097;
  const Arrivals arrivals(dimension);
  const Case normal = hostile_cases(dimension).back();
  policy::AnyTransform unused = fresh<TypeParam>(dimension);
  policy::AnyTransform used = fresh<TypeParam>(dimension);
  for (Version version = 0; version < 3; ++version) {
    after(used, arrivals.at(version), normal.values);
  }

  used.prepare({.dimension = dimension, .workers = 4, .seed = 1});

  EXPECT_EQ(after(used, arrivals.at(3), normal.values),
            after(unused, arrivals.at(3), normal.values));
}

TYPED_TEST(TransformLaws, AreIndependentInCopies) {
  constexpr std::size_t dimension = 4097;
  const Arrivals arrivals(dimension);
  const Case normal = hostile_cases(dimension).back();
  auto original = fresh<TypeParam>(dimension);
  after(original, arrivals.at(0), normal.values);
  auto copy = original;
  auto other_copy = original;

  after(copy, arrivals.at(1), normal.values);
  after(copy, arrivals.at(2), normal.values);

  EXPECT_EQ(after(original, arrivals.at(1), normal.values),
            after(other_copy, arrivals.at(1), normal.values));
}

TYPED_TEST(TransformLaws, DefaultsLieWithinTheirRanges) {
  const Status status = check_ranges(TypeParam{}, std::string(TypeParam::name));

  EXPECT_TRUE(status) << to_string(status.error());
}

TYPED_TEST(TransformLaws, SaysWhatItDoes) {
  EXPECT_FALSE(std::string_view(TypeParam::summary).empty());
  EXPECT_FALSE(std::string_view(TypeParam::formula).empty());
  EXPECT_FALSE(std::string_view(TypeParam::source).empty());
}

}  // namespace
}  // namespace tailrace::conformance
