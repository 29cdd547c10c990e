#pragma once

#include <cstdint>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/matrix_directions.hpp"

namespace tailrace::policy {

/// Gives every singular direction of a matrix about the same weight.
///
///     U  <-  sqrt(max(1, rows / columns)) * NewtonSchulz(U)  ~  sqrt(...) * P Q^T,  U = P S Q^T
///
/// for every matrix of the model; tensors that are no matrices get length 1. Usually preceded by
/// momentum. One heavy-tailed sample is a matrix of rank one: it fills one direction, whatever its
/// size.
///
///   u                 Update   (dim)    with the tensors of the model's layout
///   steps             integer  [steps]  of the iteration
///   normalize_others  bool              false: other tensors stay as they are
///
/// A tensor with more than two extents is a matrix of its first by all others. Without matrices
/// this is normalize.
///
/// State   none; a copy of the update, and as much again for the largest matrix.
/// Cost    `steps` times about 4 min(rows, columns) multiplications a parameter, on one thread.
/// Errors  none at run time. What is not finite gives NaN: the run reports divergence.
/// Source  Jordan et al.: Muon: an optimizer for hidden layers in neural networks, 2024; on
///         arrivals of asynchronous workers: Sadiev, Maranjyan, Ilin, Richtarik, arXiv:2605.18174.
struct Muon {
  static constexpr std::string_view name = "muon";
  static constexpr std::string_view summary =
      "Gives every singular direction of a matrix about the same weight.";
  static constexpr std::string_view formula =
      "U <- sqrt(max(1, rows/columns)) NewtonSchulz(U);  X <- 3.4445 X - 4.7750 X X^T X + 2.0315 "
      "(X X^T)^2 X from X = U / ||U||";
  static constexpr std::string_view source = "Jordan et al. 2024";
  static constexpr bool on_worker = true;
  static constexpr Law laws =
      Law::keeps_zero | Law::keeps_alive | Law::bounds_norm | Law::odd | Law::stateless;

  std::uint32_t steps = 5;
  bool normalize_others = true;

  static void fields(auto& self, auto&& field) {
    field("steps", self.steps,
          Field{.unit = "steps", .min = 1, .max = 100, .doc = "of the Newton-Schulz iteration"});
    field("normalize_others", self.normalize_others,
          Field{.doc = "tensors that are no matrices get length 1, or stay"});
  }

  void prepare(const PartSetup& setup) { directions.prepare(setup); }
  void apply(const Arrival& /*arrival*/, Update& update) {
    directions.apply({.orthogonalize = {.steps = steps},
                      .scale_rows = true,
                      .normalize_others = normalize_others},
                     update);
  }

  MatrixDirections directions = {};
};
static_assert(Transform<Muon>);

}  // namespace tailrace::policy
