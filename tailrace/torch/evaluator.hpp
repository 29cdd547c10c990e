#pragma once

#include <span>
#include <vector>

#include "tailrace/core/parallel.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/problem/problem.hpp"
#include "tailrace/torch/objective.hpp"
#include "tailrace/torch/replica.hpp"

namespace tailrace::torch {

/// Full figures of a model: chunks of samples on as many replicas as the pool has threads, sums in
/// the order of the chunks.
class Evaluator {
 public:
  Evaluator(const neural::Course& course, const LossFunction& loss, Replicas& replicas,
            std::size_t dimension);

  [[nodiscard]] problem::Evaluation evaluate(std::span<const Real> model, Pool* pool);

 private:
  using Numbers = std::vector<std::uint32_t>;

  /// What a chunk of samples says.
  struct Figures {
    double loss = 0;     ///< sum over what counts
    double counted = 0;  ///< samples or tokens
    double right = 0;    ///< of those, classified right
    std::vector<double> predictions;
    std::vector<double> truths;

    void add(const Figures& other);
  };

  [[nodiscard]] std::vector<Numbers> chunks_of(std::size_t count, std::size_t limit) const;
  [[nodiscard]] Figures train_figures(std::span<const Real> model,
                                      const std::vector<at::Tensor>& averages, Pool* pool,
                                      double& norm);
  [[nodiscard]] Figures test_figures(std::span<const Real> model,
                                     const std::vector<at::Tensor>& averages, Pool* pool);
  static void load(Replica& replica, std::span<const Real> model,
                   const std::vector<at::Tensor>& averages);
  [[nodiscard]] std::vector<at::Tensor> statistics(std::span<const Real> model);
  [[nodiscard]] bool trains_while_evaluating(const Replica& replica) const;
  /// Passes a chunk; adds the gradient of the summed loss to `gradient` unless that is empty.
  [[nodiscard]] Figures pass(Replica& replica, const neural::Samples& samples,
                             const Numbers& numbers, std::span<Real> gradient) const;

  const neural::Course& course_;
  const LossFunction& loss_;
  Replicas& replicas_;
  std::size_t dimension_;
  std::vector<Numbers> train_;
  std::vector<Numbers> test_;
};

}  // namespace tailrace::torch
