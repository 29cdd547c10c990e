#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// How members of a buffer become one update.
enum class Reduce { mean, sum };

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::Reduce> {
  static constexpr std::array values = {std::pair{std::string_view("mean"), policy::Reduce::mean},
                                        std::pair{std::string_view("sum"), policy::Reduce::sum}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Collects `size` updates and makes one step of their mean (or sum).
///
///     x  <-  x - eta * (1/M) sum_{j in buffer} u_j
///
/// Members are summed in the order (worker, job), not in the order of arrival, so a step depends
/// only on who is in the buffer. A fast worker may be in it more than once.
///
///   size    integer  [updates]  M >= 1; M = 1 is at_once, to the bit
///   reduce  mean or sum         with sum the step size has to shrink with M
///
/// State   M vectors of the model's dimension.
/// Source  FedBuff: Nguyen et al., arXiv:2106.06639; waiting b in AsGrad, arXiv:2310.20452.
struct Buffer {
  static constexpr std::string_view name = "buffer";
  static constexpr std::string_view summary =
      "Collects a number of updates and makes one step of their mean.";
  static constexpr std::string_view formula = "x <- x - eta (1/size) sum_j u_j";
  static constexpr std::string_view source = "Nguyen et al., arXiv:2106.06639";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  Reduce reduce = Reduce::mean;

  static void fields(auto& self, auto&& field) {
    field("size", self.size,
          Field{.unit = "updates", .min = 1, .max = 1e9, .doc = "updates in one step"});
    field("reduce", self.reduce, Field{.doc = "mean or sum of the updates"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

/// Waits for one update per worker: the synchronous baseline. A buffer of size n.
struct Barrier {
  static constexpr std::string_view name = "barrier";
  static constexpr std::string_view summary = "Waits for as many updates as there are workers.";
  static constexpr std::string_view formula = "x <- x - eta (1/n) sum_i u_i";
  static constexpr std::string_view source = "mini-batch SGD; McMahan et al., arXiv:1602.05629";
  static constexpr bool sliceable = true;

  Reduce reduce = Reduce::mean;

  static void fields(auto& self, auto&& field) {
    field("reduce", self.reduce, Field{.doc = "mean or sum of the updates"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const { return workers; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const {
    return Buffer{.size = setup.workers, .reduce = reduce}.make(setup);
  }
};

}  // namespace tailrace::policy
