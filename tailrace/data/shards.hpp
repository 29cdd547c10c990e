#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// Worker i gets samples floor(i N / n) to floor((i + 1) N / n) - 1 in file order.
struct Contiguous {
  static constexpr std::string_view name = "contiguous";
  static constexpr std::string_view summary = "Equal parts in file order.";
  static constexpr std::string_view formula =
      "worker i gets samples floor(i N / n) to floor((i + 1) N / n) - 1";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}
};

/// Equal parts of a uniformly random order: every worker sees the same distribution.
struct Shuffled {
  static constexpr std::string_view name = "shuffled";
  static constexpr std::string_view summary = "Equal parts of a random order: i.i.d. workers.";
  static constexpr std::string_view formula = "the same parts of a uniformly random order";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}
};

/// Equal parts after a stable sort by label: most workers see one class only.
struct SortedByLabel {
  static constexpr std::string_view name = "sorted_by_label";
  static constexpr std::string_view summary =
      "Equal parts sorted by label: the most skewed workers.";
  static constexpr std::string_view formula = "the same parts after a stable sort by label";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";
  static void fields(auto&, auto&&) {}
};

/// Who decides how many samples a worker gets under Dirichlet.
enum class DirichletSizes {
  equal,   ///< all the same; the skew is in the labels alone
  uneven,  ///< the draw, so that workers differ in size as well
};

/// Label skew of adjustable strength.
///
///   sizes = equal   worker i draws class shares q_i ~ Dirichlet(alpha p), p the shares of the
///                   whole data, and fills its equal part by them from shuffled classes; when a
///                   class runs out the others take its place in proportion, or the last one first
///                   where their shares are too small for a double (so late workers are less
///                   skewed).
///   sizes = uneven  every class c is cut among the workers by shares ~ Dirichlet(alpha, ...,
///                   alpha), drawn again, up to 100 times in all, while a worker is left without a
///                   sample.
///
///   alpha  double  [1]  > 0; small: one class a worker; large: no skew
///
/// Errors  data/empty-shard when 100 draws all leave a worker without a sample.
/// Source  equal: Hsu, Qi, Brown: Measuring the effects of non-identical data distribution,
///         arXiv:1909.06335. uneven: Yurochkin et al.: Bayesian nonparametric federated learning of
///         neural networks, ICML 2019; the repetition is ours.
struct Dirichlet {
  static constexpr std::string_view name = "dirichlet";
  static constexpr std::string_view summary = "Random label skew, the stronger the smaller alpha.";
  static constexpr std::string_view formula =
      "equal: q_i ~ Dirichlet(alpha p);  uneven: class c is cut by Dirichlet(alpha, ..., alpha)";
  static constexpr std::string_view source =
      "Hsu, Qi, Brown, arXiv:1909.06335; uneven: Yurochkin et al., ICML 2019";

  double alpha = 0.5;
  DirichletSizes sizes = DirichletSizes::equal;

  static void fields(auto& self, auto&& field) {
    field("alpha", self.alpha,
          Field{.min = 0,
                .max = 1e9,
                .above_min = true,
                .doc = "small: one class a worker; large: no skew"});
    field("sizes", self.sizes,
          Field{.doc = "equal: only labels are skewed; uneven: numbers of samples as well"});
  }
};

/// All samples of one group (a writer, a speaker, a line) at one worker: workers differ as people
/// do.
///
///   Groups in random order, the larger before the smaller, go one by one to the worker that has
///   the fewest samples so far; then workers change names at random. So no worker has more samples
///   than another by more than one group. Within a worker: group after group, each in file order.
///
/// Errors  data/no-groups when the data names none; data/too-few-groups when there are more workers
///         than groups.
/// Source  Caldas et al.: LEAF, arXiv:1812.01097 (one worker a writer, which this is when there are
///         as many workers as groups); several groups a worker and their balance are ours.
struct Grouped {
  static constexpr std::string_view name = "grouped";
  static constexpr std::string_view summary =
      "Whole groups (writers, speakers, lines), dealt at random into parts of like size.";
  static constexpr std::string_view formula =
      "groups in random order, the larger first, each to the worker with the fewest samples so far";
  static constexpr std::string_view source =
      "Caldas et al.: LEAF, arXiv:1812.01097 (one worker a group); how several share one is ours";

  static void fields(auto&, auto&&) {}
};

/// How samples are split among workers.
using Shards = std::variant<Contiguous, Shuffled, SortedByLabel, Dirichlet, Grouped>;

/// What is known of the samples that are split.
struct SampleFacts {
  std::size_t count = 0;
  std::span<const std::int32_t> labels = {};   ///< (count) classes; empty: there are none
  std::span<const std::uint32_t> groups = {};  ///< (count) who wrote each; empty: nobody knows
};

/// Every sample at exactly one worker.
struct Partition {
  std::vector<std::uint32_t> order;  ///< (samples) sample numbers, worker after worker
  std::vector<std::size_t> begins;  ///< (workers + 1) worker i owns order[begins[i] .. begins[i+1])

  [[nodiscard]] std::size_t workers() const { return begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> shard(std::size_t worker) const {
    return std::span(order).subspan(begins[worker], begins[worker + 1] - begins[worker]);
  }
};

/// Splits samples with any number of classes among workers; no shard is empty.
///
/// Errors  data/too-many-shards when there are more workers than samples (or no worker);
///         data/no-labels when the choice goes by class and there are none; those of the choice.
[[nodiscard]] Result<Partition> split(const Shards& shards, const SampleFacts& samples,
                                      std::size_t workers, Stream stream);

}  // namespace tailrace::data

template <>
struct tailrace::EnumNames<tailrace::data::DirichletSizes> {
  static constexpr std::array values = {
      std::pair{"equal", tailrace::data::DirichletSizes::equal},
      std::pair{"uneven", tailrace::data::DirichletSizes::uneven}};
};
