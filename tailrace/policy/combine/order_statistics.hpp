#pragma once

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/robust_fields.hpp"

namespace tailrace::policy {

/// Collects `size` updates and makes one step of their median, coordinate by coordinate.
///
///     u_k  =  the middle one of u_1k, ..., u_Mk; of an even number, the mean of the middle two
///
/// Fewer than half of the members can move no coordinate beyond what the others sent, however
/// large they are. On skewed data the median is not the mean, even without faults.
///
///   size  integer  [updates]  M >= 1; members with a number that is not finite are left out
///
/// State   M vectors of the model's dimension.
/// Cost    a sorting network over the members, many coordinates at a time: about M log^2(M) / 4
///         exchanges of two numbers a coordinate. No branch depends on the numbers.
/// Errors  none at run time; a step without a finite member is discarded.
/// Source  Yin et al.: Byzantine-robust distributed learning, ICML 2018, arXiv:1803.01498; leaving
///         out what is not finite is ours.
struct CoordinateMedian {
  static constexpr std::string_view name = "coordinate_median";
  static constexpr std::string_view summary =
      "Collects a number of updates and steps by their median, coordinate by coordinate.";
  static constexpr std::string_view formula = "u_k = median of u_1k, ..., u_Mk";
  static constexpr std::string_view source = "Yin et al., arXiv:1803.01498";
  static constexpr bool from_number = true;
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;

  static void fields(auto& self, auto&& field) { field("size", self.size, robust_size_field); }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

/// Collects `size` updates and makes one step of their trimmed mean: in every coordinate the
/// smallest and the largest are cut off.
///
///     u_k  =  mean of those left when the c smallest and the c largest of u_1k, ..., u_Mk are cut,
///             c = the larger of cut and share * M, rounded down; at most (M - 1) / 2
///
/// Up to c faulty members are harmless. c = 0 is the mean, to rounding.
///
///   size   integer  [updates]  M >= 1; members with a number that is not finite are left out
///   cut    integer  [updates]  on each side
///   share  double   [1]        in [0, 1/2): of the members, on each side
///
/// State   M vectors of the model's dimension.
/// Cost    as of coordinate_median, and a sum.
/// Errors  none at run time; a step without a finite member is discarded.
/// Source  Yin et al.: Byzantine-robust distributed learning, ICML 2018, arXiv:1803.01498; leaving
///         out what is not finite is ours.
struct TrimmedMean {
  static constexpr std::string_view name = "trimmed_mean";
  static constexpr std::string_view summary =
      "Steps by the mean of the updates without the extremes of every coordinate.";
  static constexpr std::string_view formula =
      "u_k = mean of u_1k, ..., u_Mk without the c smallest and the c largest";
  static constexpr std::string_view source = "Yin et al., arXiv:1803.01498";
  static constexpr bool sliceable = true;

  std::uint64_t size = 1;
  std::uint64_t cut = 0;
  double share = 0.1;

  static void fields(auto& self, auto&& field) {
    field("size", self.size, robust_size_field);
    field("cut", self.cut,
          Field{.unit = "updates", .max = 1e6, .doc = "cut off on each side, if more than share"});
    field("share", self.share,
          Field{.min = 0, .max = 0.5, .below_max = true, .doc = "of M, cut off on each side"});
  }

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return size; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const;
};

}  // namespace tailrace::policy
