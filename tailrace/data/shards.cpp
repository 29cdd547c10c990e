#include "tailrace/data/shards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/distributions.hpp"

namespace tailrace::data {
namespace {

constexpr int uneven_draws_max = 100;

using Samples = std::vector<std::uint32_t>;

/// Bounds of equal parts, larger and smaller ones mixed evenly. Both numbers have 32 bits at most.
std::vector<std::size_t> equal_bounds(std::size_t samples, std::size_t workers) {
  std::vector<std::size_t> begins(workers + 1);
  for (std::size_t i = 0; i <= workers; ++i) {
    begins[i] = i * samples / workers;
  }
  return begins;
}

/// Sample numbers of every class in shuffled order, classes by ascending label.
std::vector<Samples> shuffled_classes(std::span<const std::int32_t> labels, Stream& stream) {
  std::map<std::int32_t, Samples> by_label;
  for (std::size_t s = 0; s < labels.size(); ++s) {
    by_label[labels[s]].push_back(static_cast<std::uint32_t>(s));
  }
  std::vector<Samples> classes;
  for (auto& [label, samples] : by_label) {
    shuffle(stream, std::span(samples));
    classes.push_back(std::move(samples));
  }
  return classes;
}

/// One draw of Dirichlet(concentrations), all > 0. Works with logarithms of the gamma variables:
/// those themselves underflow together when concentrations are tiny.
std::vector<double> draw_dirichlet(Stream& stream, std::span<const double> concentrations) {
  std::vector<double> shares;
  for (const double a : concentrations) {
    shares.push_back(std::log(standard_gamma(stream, a + 1)) + std::log(stream.uniform()) / a);
  }
  const double largest = *std::max_element(shares.begin(), shares.end());
  double sum = 0;
  for (double& share : shares) sum += share = std::exp(share - largest);
  for (double& share : shares) share /= sum;
  return shares;
}

/// The class of the next sample: by share among the classes that have samples left.
std::size_t draw_class(Stream& stream, std::span<const double> shares,
                       std::span<const Samples> classes) {
  double total = 0;
  for (std::size_t c = 0; c < classes.size(); ++c) total += classes[c].empty() ? 0 : shares[c];
  double point = stream.uniform() * total;
  std::size_t chosen = classes.size();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (classes[c].empty()) continue;
    chosen = c;  // the last one with samples left, where rounding or total = 0 leads past the end
    point -= shares[c];
    if (point < 0) break;
  }
  return chosen;
}

class Splitter {
 public:
  Splitter(const SampleFacts& samples, std::size_t workers, Stream stream)
      : count_(samples.count),
        labels_(samples.labels),
        groups_(samples.groups),
        workers_(workers),
        stream_(stream) {}

  Result<Partition> operator()(const Contiguous&) { return in_order(); }

  Result<Partition> operator()(const Shuffled&) {
    Partition partition = in_order();
    shuffle(stream_, std::span(partition.order));
    return partition;
  }

  Result<Partition> operator()(const SortedByLabel&) {
    if (labels_.empty()) return no_labels(SortedByLabel::name);
    Partition partition = in_order();
    std::stable_sort(partition.order.begin(), partition.order.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return labels_[a] < labels_[b]; });
    return partition;
  }

  Result<Partition> operator()(const Dirichlet& options) {
    if (labels_.empty()) return no_labels(Dirichlet::name);
    return options.sizes == DirichletSizes::equal ? equal(options.alpha) : uneven(options.alpha);
  }

  Result<Partition> operator()(const Grouped&) {
    if (groups_.empty()) {
      return fail({"data/no-groups", "this data does not say which samples belong together", "",
                   "choose other shards, such as \"shuffled\""});
    }
    std::vector<Samples> groups = shuffled_groups();
    if (groups.size() < workers_) {
      return fail({"data/too-few-groups",
                   fmt::format("{} groups of samples cannot be dealt to {} workers", groups.size(),
                               workers_),
                   "", fmt::format("choose 1 to {} workers", groups.size())});
    }
    return joined(dealt(groups));
  }

 private:
  static tl::unexpected<Errors> no_labels(std::string_view choice) {
    return fail({"data/no-labels",
                 fmt::format("{} goes by the class of each sample, and this data has none", choice),
                 "", "choose other shards, such as \"shuffled\""});
  }

  Partition in_order() const {
    Partition partition{Samples(count_), equal_bounds(count_, workers_)};
    std::iota(partition.order.begin(), partition.order.end(), 0u);
    return partition;
  }

  Partition equal(double alpha) {
    std::vector<Samples> classes = shuffled_classes(labels_, stream_);
    std::vector<double> concentrations;
    concentrations.reserve(classes.size());
    for (const Samples& samples : classes) {
      concentrations.push_back(alpha * static_cast<double>(samples.size()) /
                               static_cast<double>(count_));
    }
    Partition partition{{}, equal_bounds(count_, workers_)};
    for (std::size_t i = 0; i < workers_; ++i) {
      const std::vector<double> shares = draw_dirichlet(stream_, concentrations);
      while (partition.order.size() < partition.begins[i + 1]) {
        Samples& from = classes[draw_class(stream_, shares, classes)];
        partition.order.push_back(from.back());
        from.pop_back();
      }
    }
    return partition;
  }

  Result<Partition> uneven(double alpha) {
    for (int draw = 0; draw < uneven_draws_max; ++draw) {
      Partition partition = draw_uneven(alpha);
      const bool some_empty = std::adjacent_find(partition.begins.begin(),
                                                 partition.begins.end()) != partition.begins.end();
      if (!some_empty) return partition;
    }
    return fail(
        {"data/empty-shard",
         fmt::format("dirichlet with alpha = {} left a worker without a sample in each of {} draws "
                     "({} samples, {} workers)",
                     alpha, uneven_draws_max, count_, workers_),
         "", "choose a larger alpha, fewer workers, or sizes = \"equal\""});
  }

  /// Samples of every group in file order; groups in random order, the larger before the smaller.
  std::vector<Samples> shuffled_groups() {
    std::map<std::uint32_t, Samples> by_group;
    for (std::size_t s = 0; s < groups_.size(); ++s) {
      by_group[groups_[s]].push_back(static_cast<std::uint32_t>(s));
    }
    std::vector<Samples> groups;
    for (auto& [group, samples] : by_group) groups.push_back(std::move(samples));
    shuffle(stream_, std::span(groups));
    std::ranges::stable_sort(
        groups, [](const Samples& a, const Samples& b) { return a.size() > b.size(); });
    return groups;
  }

  /// The groups one by one to the worker that has the fewest samples; the first of several.
  std::vector<Samples> dealt(const std::vector<Samples>& groups) {
    std::vector<Samples> shards(workers_);
    using Load = std::pair<std::size_t, std::size_t>;  // samples, worker
    std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
    for (std::size_t i = 0; i < workers_; ++i) loads.emplace(0, i);
    for (const Samples& group : groups) {
      const std::size_t worker = loads.top().second;
      loads.pop();
      shards[worker].insert(shards[worker].end(), group.begin(), group.end());
      loads.emplace(shards[worker].size(), worker);
    }
    shuffle(stream_, std::span(shards));
    return shards;
  }

  static Partition joined(const std::vector<Samples>& shards) {
    Partition partition{{}, {0}};
    partition.begins.reserve(shards.size() + 1);
    for (const Samples& shard : shards) {
      partition.order.insert(partition.order.end(), shard.begin(), shard.end());
      partition.begins.push_back(partition.order.size());
    }
    return partition;
  }

  Partition draw_uneven(double alpha) {
    std::vector<Samples> shards(workers_);
    const std::vector<double> concentrations(workers_, alpha);
    for (const Samples& samples : shuffled_classes(labels_, stream_)) {
      const std::vector<double> shares = draw_dirichlet(stream_, concentrations);
      double sum = 0;
      std::size_t begin = 0;
      for (std::size_t i = 0; i < workers_; ++i) {
        sum += shares[i];
        const double bound = std::round(sum * static_cast<double>(samples.size()));
        const std::size_t end = i + 1 == workers_
                                    ? samples.size()
                                    : std::min(samples.size(), static_cast<std::size_t>(bound));
        shards[i].insert(shards[i].end(), samples.begin() + static_cast<std::ptrdiff_t>(begin),
                         samples.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end;
      }
    }
    return joined(shards);
  }

  std::size_t count_;
  std::span<const std::int32_t> labels_;
  std::span<const std::uint32_t> groups_;
  std::size_t workers_;
  Stream stream_;
};

}  // namespace

Result<Partition> split(const Shards& shards, const SampleFacts& samples, std::size_t workers,
                        Stream stream) {
  TAILRACE_CHECK(samples.count <= std::numeric_limits<std::uint32_t>::max());
  TAILRACE_CHECK(samples.labels.empty() || samples.labels.size() == samples.count);
  TAILRACE_CHECK(samples.groups.empty() || samples.groups.size() == samples.count);
  if (workers == 0 || workers > samples.count) {
    return fail({"data/too-many-shards",
                 fmt::format("{} samples cannot be split among {} workers", samples.count, workers),
                 "", fmt::format("choose 1 to {} workers", samples.count)});
  }
  return std::visit(Splitter(samples, workers, stream), shards);
}

}  // namespace tailrace::data
