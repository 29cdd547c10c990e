#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// A model whose gradients are computed by other people's programs, which connect to
/// `tailrace serve`: they have the data and the network, the server has the parameters and the
/// method.
///
///     f_i(x)  =  known to worker i alone
///
///   weights     safetensors file: names, shapes and the starting point
///   dimension   without a file: so many parameters in one vector, which starts at zero
///
/// Evaluations know neither loss nor gradient: they are 0, and no target can be reached. The other
/// engines, which would have to compute gradients, end with problem/failed.
///
/// Errors  core/io, data/malformed; neural/no-model where both or neither is given, or the file has
///         no real numbers.
struct Remote {
  static constexpr std::string_view name = "remote";
  static constexpr std::string_view summary =
      "A model whose gradients other people's programs compute (tailrace serve).";
  static constexpr std::string_view formula = "f_i(x) is known to worker i alone";
  static constexpr std::string_view source = "ours";

  std::string weights = {};
  std::uint64_t dimension = 0;

  static void fields(auto& self, auto&& field) {
    field("weights", self.weights,
          Field{.doc = "safetensors: names, shapes and starting point of the model"});
    field("dimension", self.dimension,
          Field{.unit = "parameters",
                .max = 1e11,
                .doc = "without weights: one vector of so many, from zero"});
  }

  [[nodiscard]] problem::ProblemSize size(std::size_t workers) const;
  [[nodiscard]] problem::BuiltProblem build(const problem::ProblemSetup& setup) const;
};

}  // namespace tailrace::neural
