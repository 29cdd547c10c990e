#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/matrix_directions.hpp"

namespace tailrace::policy {

/// The unit ball of a step: which steps count as equally long.
enum class Ball { euclidean, sign, spectral };

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::Ball> {
  static constexpr std::array values = {
      std::pair{std::string_view("euclidean"), policy::Ball::euclidean},
      std::pair{std::string_view("sign"), policy::Ball::sign},
      std::pair{std::string_view("spectral"), policy::Ball::spectral}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// The step within a unit ball that follows an update best (a linear minimization oracle).
///
///     u  <-  argmax_{||d|| <= 1} <u, d>,     0 stays 0
///
///     euclidean   ||d||_2            u / ||u||
///     sign        max_j |d_j|        sign(u_j)
///     spectral    largest singular   U V^T of every matrix U S V^T; tensors that are no matrices
///                 value of any       get length 1
///                 matrix of d
///
/// Every step is as long as the step size in that norm, so no noise moves the model far.
///
///   u     Update  (dim)  for spectral, with the tensors of the model's layout
///   ball  the norm
///
/// State   none; for spectral a copy of the update, and as much again for the largest matrix.
/// Cost    euclidean: one pass for the norm if nobody computed it yet. sign: one pass, fused.
///         spectral: ten iterations as in muon, which leave singular values within 1e-3 of 1 unless
///         they were below 1e-3 of the norm.
/// Errors  none at run time. What is not finite gives NaN: the run reports divergence.
/// Source  Pethick et al.: Training deep learning models with norm-constrained LMOs,
///         arXiv:2502.07529; asynchronous: Sadiev, Maranjyan, Ilin, Richtarik, arXiv:2605.18174.
struct Lmo {
  static constexpr std::string_view name = "lmo";
  static constexpr std::string_view summary =
      "The step of a unit ball that follows an update best.";
  static constexpr std::string_view formula = "u <- argmax_{||d|| <= 1} <u, d>";
  static constexpr std::string_view source = "Pethick et al., arXiv:2502.07529";
  static constexpr bool on_worker = true;
  static constexpr Law laws =
      Law::keeps_zero | Law::keeps_alive | Law::bounds_norm | Law::odd | Law::stateless;

  Ball ball = Ball::euclidean;

  static void fields(auto& self, auto&& field) {
    field("ball", self.ball, Field{.doc = "the norm in which steps are equally long"});
  }

  void prepare(const PartSetup& setup) { directions.prepare(setup); }
  void apply(const Arrival& arrival, Update& update);
  void run(const Block& block) const;

  MatrixDirections directions = {};
};
static_assert(Transform<Lmo>);

}  // namespace tailrace::policy
