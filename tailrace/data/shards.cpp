#include "tailrace/data/shards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
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
std::vector<Samples> shuffled_classes(std::span<const std::int8_t> labels, Stream& stream) {
  std::map<std::int8_t, Samples> by_label;
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
  Splitter(std::span<const std::int8_t> labels, std::size_t workers, Stream stream)
      : labels_(labels), workers_(workers), stream_(stream) {}

  Result<Partition> operator()(const Contiguous&) { return in_order(); }

  Result<Partition> operator()(const Shuffled&) {
    Partition partition = in_order();
    shuffle(stream_, std::span(partition.order));
    return partition;
  }

  Result<Partition> operator()(const SortedByLabel&) {
    Partition partition = in_order();
    std::stable_sort(partition.order.begin(), partition.order.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return labels_[a] < labels_[b]; });
    return partition;
  }

  Result<Partition> operator()(const Dirichlet& options) {
    return options.sizes == DirichletSizes::equal ? equal(options.alpha) : uneven(options.alpha);
  }

 private:
  Partition in_order() const {
    Partition partition{Samples(labels_.size()), equal_bounds(labels_.size(), workers_)};
    std::iota(partition.order.begin(), partition.order.end(), 0u);
    return partition;
  }

  Partition equal(double alpha) {
    std::vector<Samples> classes = shuffled_classes(labels_, stream_);
    std::vector<double> concentrations;
    concentrations.reserve(classes.size());
    for (const Samples& samples : classes) {
      concentrations.push_back(alpha * static_cast<double>(samples.size()) /
                               static_cast<double>(labels_.size()));
    }
    Partition partition{{}, equal_bounds(labels_.size(), workers_)};
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
                     alpha, uneven_draws_max, labels_.size(), workers_),
         "", "choose a larger alpha, fewer workers, or sizes = \"equal\""});
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
    Partition partition{{}, {0}};
    partition.begins.reserve(workers_ + 1);
    for (const Samples& shard : shards) {
      partition.order.insert(partition.order.end(), shard.begin(), shard.end());
      partition.begins.push_back(partition.order.size());
    }
    return partition;
  }

  std::span<const std::int8_t> labels_;
  std::size_t workers_;
  Stream stream_;
};

}  // namespace

Result<Partition> split(const Shards& shards, std::span<const std::int8_t> labels,
                        std::size_t workers, Stream stream) {
  TAILRACE_CHECK(labels.size() <= std::numeric_limits<std::uint32_t>::max());
  if (workers == 0 || workers > labels.size()) {
    return fail({"data/too-many-shards",
                 fmt::format("{} samples cannot be split among {} workers", labels.size(), workers),
                 "", fmt::format("choose 1 to {} workers", labels.size())});
  }
  return std::visit(Splitter(labels, workers, stream), shards);
}

}  // namespace tailrace::data
