#include "tailrace/data/shards.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace tailrace::data {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Stream stream("shards");

/// `count` labels, two of three of them -1, mixed.
std::vector<std::int32_t> mixed_labels(std::size_t count) {
  std::vector<std::int32_t> labels(count);
  for (std::size_t s = 0; s < count; ++s) labels[s] = s % 3 == 0 ? 1 : -1;
  return labels;
}

/// Splits samples of these classes; sample s belongs to group s % 50.
Result<Partition> split_by(const Shards& shards, const std::vector<std::int32_t>& labels,
                           std::size_t workers) {
  std::vector<std::uint32_t> groups(labels.size());
  for (std::size_t s = 0; s < groups.size(); ++s) groups[s] = s % 50;
  return split(shards, {.count = labels.size(), .labels = labels, .groups = groups}, workers,
               stream);
}

/// Splits samples that belong to these groups.
Result<Partition> split_groups(const std::vector<std::uint32_t>& groups, std::size_t workers) {
  return split(Grouped{}, {.count = groups.size(), .groups = groups}, workers, stream);
}

std::vector<std::size_t> sizes_of(const Partition& partition) {
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < partition.workers(); ++i) sizes.push_back(partition.shard(i).size());
  return sizes;
}

/// Share of +1 in every shard.
std::vector<double> positive_shares(const Partition& partition,
                                    std::span<const std::int32_t> labels) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < partition.workers(); ++i) {
    const auto shard = partition.shard(i);
    const auto positive = std::ranges::count_if(shard, [&](auto s) { return labels[s] == 1; });
    shares.push_back(static_cast<double>(positive) / static_cast<double>(shard.size()));
  }
  return shares;
}

double standard_deviation(const std::vector<double>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / values.size();
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / values.size());
}

struct Choice {
  std::string name;
  Shards shards;
};

class EveryShards : public ::testing::TestWithParam<Choice> {};

TEST_P(EveryShards, GivesEverySampleToExactlyOneWorkerAndNoneAnEmptyShard) {
  const std::vector<std::int32_t> labels = mixed_labels(1000);
  for (const std::size_t workers : {1, 2, 7, 30}) {
    const Partition partition = split_by(GetParam().shards, labels, workers).value();

    EXPECT_EQ(partition.workers(), workers);
    EXPECT_THAT(sizes_of(partition), Each(::testing::Gt(0u)));
    std::vector<std::uint32_t> order = partition.order;
    std::ranges::sort(order);
    std::vector<std::uint32_t> all(1000);
    std::iota(all.begin(), all.end(), 0u);
    EXPECT_EQ(order, all);
  }
}

TEST_P(EveryShards, DependsOnTheStreamAlone) {
  const std::vector<std::int32_t> labels = mixed_labels(1000);

  const Partition first = split_by(GetParam().shards, labels, 7).value();
  const Partition again = split_by(GetParam().shards, labels, 7).value();

  EXPECT_EQ(first.order, again.order);
  EXPECT_EQ(first.begins, again.begins);
}

TEST_P(EveryShards, RefusesMoreWorkersThanSamplesAndNoWorkers) {
  const std::vector<std::int32_t> labels = mixed_labels(3);
  for (const std::size_t workers : {0, 4}) {
    const Result<Partition> partition = split_by(GetParam().shards, labels, workers);

    ASSERT_FALSE(partition);
    EXPECT_EQ(partition.error().front().code, "data/too-many-shards");
    EXPECT_EQ(partition.error().front().fix, "choose 1 to 3 workers");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shards, EveryShards,
    ::testing::Values(Choice{"contiguous", Contiguous{}}, Choice{"shuffled", Shuffled{}},
                      Choice{"sorted_by_label", SortedByLabel{}},
                      Choice{"dirichlet_equal", Dirichlet{.alpha = 0.1}},
                      Choice{"dirichlet_uneven",
                             Dirichlet{.alpha = 5, .sizes = DirichletSizes::uneven}},
                      Choice{"grouped", Grouped{}}),
    [](const auto& instance) { return instance.param.name; });

TEST(Contiguous, CutsTheFileIntoPartsThatDifferByOneAtMost) {
  const Partition partition = split_by(Contiguous{}, mixed_labels(8), 3).value();

  EXPECT_THAT(partition.order, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(partition.begins, ElementsAre(0, 2, 5, 8));  // floor(8 i / 3)
}

TEST(Shuffled, GivesNearbySamplesToDifferentWorkers) {
  const Partition partition = split_by(Shuffled{}, mixed_labels(1000), 2).value();

  const auto first = partition.shard(0);
  const auto low = std::ranges::count_if(first, [](auto s) { return s < 500; });
  // Hypergeometric, standard deviation 7.9: six of them; false alarm below 1e-6 over streams.
  EXPECT_NEAR(static_cast<double>(low), 250, 48);
}

TEST(SortedByLabel, PutsSmallerLabelsFirstAndKeepsFileOrderWithinThem) {
  const std::vector<std::int32_t> labels = {1, -1, 1, -1, -1, 1};

  const Partition partition = split_by(SortedByLabel{}, labels, 2).value();

  EXPECT_THAT(partition.shard(0), ElementsAre(1, 3, 4));
  EXPECT_THAT(partition.shard(1), ElementsAre(0, 2, 5));
}

TEST(Dirichlet, KeepsSizesEqualUnlessToldOtherwise) {
  const std::vector<std::int32_t> labels = mixed_labels(1000);

  const Partition equal = split_by(Dirichlet{.alpha = 0.1}, labels, 10).value();
  const Partition uneven =
      split_by(Dirichlet{.alpha = 5, .sizes = DirichletSizes::uneven}, labels, 10).value();

  EXPECT_THAT(sizes_of(equal), Each(100u));
  EXPECT_GT(std::ranges::max(sizes_of(uneven)), std::ranges::min(sizes_of(uneven)) + 10);
}

// A share of +1 follows Beta(alpha / 3, 2 alpha / 3), of variance (2/9) / (1 + alpha), plus the
// sampling of 200 labels, of variance below 0.0012; but the last workers get what is left. Ranges
// are wide; the stream is fixed.
TEST(Dirichlet, SkewsLabelsTheMoreTheSmallerAlpha) {
  const std::vector<std::int32_t> labels = mixed_labels(40'000);
  const auto spread = [&](double alpha) {
    const Partition partition = split_by(Dirichlet{.alpha = alpha}, labels, 200).value();
    return standard_deviation(positive_shares(partition, labels));
  };

  EXPECT_GT(spread(0.01), 0.40);       // nearly one class a worker: sqrt(2/9) = 0.47
  EXPECT_NEAR(spread(1), 0.33, 0.08);  // sqrt(2/9 / 2)
  EXPECT_LT(spread(1000), 0.05);       // sampling alone: sqrt(2/9 / 200) = 0.033
}

TEST(Dirichlet, SurvivesConcentrationsWhoseGammaVariablesUnderflow) {
  const std::vector<std::int32_t> labels = mixed_labels(300);

  const Partition partition = split_by(Dirichlet{.alpha = 1e-6}, labels, 3).value();

  EXPECT_THAT(sizes_of(partition), Each(100u));
}

TEST(Dirichlet, SaysWhenItCannotFillEveryShard) {
  const Dirichlet options{.alpha = 1e-3, .sizes = DirichletSizes::uneven};

  const Result<Partition> partition = split_by(options, mixed_labels(100), 50);

  ASSERT_FALSE(partition);
  EXPECT_EQ(partition.error().front().code, "data/empty-shard");
  EXPECT_THAT(partition.error().front().what, HasSubstr("100 samples, 50 workers"));
}

TEST(Grouped, KeepsEveryGroupAtOneWorker) {
  std::vector<std::uint32_t> groups(1000);
  for (std::size_t s = 0; s < groups.size(); ++s) groups[s] = (s * s) % 97;

  const Partition partition = split_groups(groups, 7).value();

  std::map<std::uint32_t, std::set<std::size_t>> workers_of;
  for (std::size_t i = 0; i < partition.workers(); ++i) {
    for (const std::uint32_t s : partition.shard(i)) workers_of[groups[s]].insert(i);
  }
  EXPECT_GT(workers_of.size(), 7u);
  for (const auto& [group, workers] : workers_of) EXPECT_EQ(workers.size(), 1u) << group;
}

TEST(Grouped, DealsLargeGroupsFirstSoThatSizesAreEven) {
  // Groups of 4, 2, 1 and 1: 4 to one worker, 2 + 1 + 1 to the other.
  const std::vector<std::uint32_t> groups = {7, 3, 7, 9, 7, 3, 8, 7};

  const Partition partition = split_groups(groups, 2).value();

  EXPECT_THAT(sizes_of(partition), ElementsAre(4, 4));
  const auto first = partition.shard(0)[0] == 0 ? partition.shard(0) : partition.shard(1);
  EXPECT_THAT(first, ElementsAre(0, 2, 4, 7));
}

TEST(Grouped, IsOneWorkerAGroupWhenThereAreAsMany) {
  const Partition partition = split_groups({5, 1, 5, 2, 1, 5}, 3).value();

  EXPECT_THAT(sizes_of(partition), ::testing::UnorderedElementsAre(1, 2, 3));
}

TEST(Grouped, DealsByChance) {
  std::vector<std::uint32_t> groups(1000);
  for (std::size_t s = 0; s < groups.size(); ++s) groups[s] = static_cast<std::uint32_t>(s);
  const SampleFacts facts{.count = groups.size(), .groups = groups};

  const Partition one = split(Grouped{}, facts, 2, Stream("one")).value();
  const Partition two = split(Grouped{}, facts, 2, Stream("two")).value();

  EXPECT_NE(one.order, two.order);
  const auto low = std::ranges::count_if(one.shard(0), [](auto s) { return s < 500; });
  // Hypergeometric, standard deviation 7.9: six of them; false alarm below 1e-6 over streams.
  EXPECT_NEAR(static_cast<double>(low), 250, 48);
}

TEST(Grouped, RefusesDataWithoutGroupsAndFewerGroupsThanWorkers) {
  const Result<Partition> none = split(Grouped{}, {.count = 4}, 2, stream);
  const Result<Partition> few = split_groups({1, 1, 2, 2}, 3);

  ASSERT_FALSE(none || few);
  EXPECT_EQ(none.error().front().code, "data/no-groups");
  EXPECT_EQ(few.error().front().code, "data/too-few-groups");
  EXPECT_EQ(few.error().front().fix, "choose 1 to 2 workers");
}

TEST(Shards, ThatGoByClassRefuseDataWithoutClasses) {
  for (const Shards& shards : {Shards(SortedByLabel{}), Shards(Dirichlet{})}) {
    const Result<Partition> partition = split(shards, {.count = 4}, 2, stream);

    ASSERT_FALSE(partition);
    EXPECT_EQ(partition.error().front().code, "data/no-labels");
  }
  EXPECT_TRUE(split(Shuffled{}, {.count = 4}, 2, stream));
}

}  // namespace
}  // namespace tailrace::data
