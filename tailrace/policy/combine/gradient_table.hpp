#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// By how many a table's sum is divided.
enum class TableMean {
  filled,   ///< the entries that are there, and young enough
  workers,  ///< n, so that missing entries count as 0
};

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::TableMean> {
  static constexpr std::array values = {
      std::pair{std::string_view("filled"), policy::TableMean::filled},
      std::pair{std::string_view("workers"), policy::TableMean::workers}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Keeps the latest update of every worker and steps by the mean of the table.
///
///     G_i  <-  u                    the entry of the worker whose update arrives
///     x    <-  x - eta * mean_i G_i
///
/// All workers count the same however often they send, so that fast ones do not pull the model to
/// their data. What they pay is age: a slow worker's entry takes part in many steps.
///
///   every      integer  [updates]  arrivals in one step; 0: as many as there are workers
///   warm_up    bool                no step before every worker has sent one
///   mean       filled or workers   what the sum is divided by
///   limit_age  bool                leave out entries older than age_max
///   age_max    integer  [steps]    age of an entry: steps since its job was given out
///
/// Where every entry is left out there is no step.
///
/// State   n vectors of the model's dimension.
/// Cost    a sum over the table a step, in the order of workers, so that a step depends only on
///         what stands in the table and not on how it came there.
/// Source  IA2SGD as in arXiv:2509.22860 (every = 1, warm-up); ACE and, with a limit to the age,
///         ACED, arXiv:2511.19066; MIFA, arXiv:2106.04159 (every = participants). The papers differ
///         in how they begin; warm_up and mean cover what we know of it.
struct GradientTable {
  static constexpr std::string_view name = "gradient_table";
  static constexpr std::string_view summary =
      "Keeps every worker's latest update and steps by the mean of the table.";
  static constexpr std::string_view formula = "G_i <- u;  x <- x - eta mean_i G_i";
  static constexpr std::string_view source = "arXiv:2509.22860, arXiv:2511.19066, arXiv:2106.04159";
  static constexpr bool sliceable = true;

  std::uint64_t every = 1;
  bool warm_up = true;
  TableMean mean = TableMean::filled;
  bool limit_age = false;
  std::uint64_t age_max = 0;

  static void fields(auto& self, auto&& field) {
    field("every", self.every,
          Field{.unit = "updates", .max = 1e9, .doc = "arrivals in one step; 0: one a worker"});
    field("warm_up", self.warm_up, Field{.doc = "no step before every worker has sent one"});
    field("mean", self.mean, Field{.doc = "over the entries that count, or over all workers"});
    field("limit_age", self.limit_age, Field{.doc = "leave out entries older than age_max"});
    field("age_max", self.age_max,
          Field{.unit = "steps", .doc = "oldest entry that counts, if ages are limited"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const {
    return every == 0 || (warm_up && workers > every) ? workers : every;
  }
  [[nodiscard]] std::uint64_t holds(std::uint32_t workers) const { return workers; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
