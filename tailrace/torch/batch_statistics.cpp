#include "tailrace/torch/batch_statistics.hpp"

#include <ATen/ATen.h>

#include <optional>

#include "tailrace/core/check.hpp"
#include "tailrace/torch/global_draws.hpp"

namespace tailrace::torch {
namespace {

/// The averages after one batch that mixed itself into averages of `before`.
std::vector<at::Tensor> after_batch(Replica& replica, const TensorBatch& batch,
                                    const std::vector<at::Tensor>& before) {
  replica.reset_buffers();  // also the number of batches seen
  const std::vector<at::Tensor> averages = running_averages(replica.network());
  for (std::size_t i = 0; i < averages.size(); ++i) averages[i].copy_(before[i]);
  // A script's dropout is on while it trains: every evaluation gets the same zeros.
  std::optional<GlobalDraws> draws;
  if (replica.drawing().training) draws.emplace(0);
  (void)replica.forward(batch, false);
  std::vector<at::Tensor> after;
  for (const at::Tensor& average : averages) after.push_back(average.clone());
  return after;
}

constexpr double smallest_weight = 1e-4;

/// The momentum of each layer, from what becomes of averages that are as large as the batch's own
/// figures, so that rounding does not hide it.
std::vector<double> weights_of_a_batch(Replica& replica, const TensorBatch& batch,
                                       const std::vector<at::Tensor>& from_zero) {
  std::vector<at::Tensor> before;
  for (const at::Tensor& average : from_zero) before.push_back(average.abs() + 1);
  const std::vector<at::Tensor> after = after_batch(replica, batch, before);
  std::vector<double> weights;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const at::Tensor kept = (after[i] - from_zero[i]) / before[i];
    weights.push_back(1 - kept.to(at::kDouble).mean().item<double>());
  }
  return weights;
}

}  // namespace

std::vector<at::Tensor> running_averages(Network& network) {
  std::vector<at::Tensor> averages;
  for (const NamedTensor& buffer : network.buffers()) {
    if (buffer.name.ends_with("running_mean") || buffer.name.ends_with("running_var")) {
      averages.push_back(buffer.tensor);
    }
  }
  return averages;
}

std::vector<at::Tensor> average_statistics(Replica& replica, const neural::Samples& samples,
                                           const std::vector<std::vector<std::uint32_t>>& batches) {
  TAILRACE_CHECK(!batches.empty());
  const at::NoGradGuard no_gradients;
  replica.network().train(true);
  replica.reset_buffers();
  std::vector<at::Tensor> first;
  std::vector<at::Tensor> zeros;
  for (const at::Tensor& average : running_averages(replica.network())) {
    first.push_back(average.clone());
    zeros.push_back(at::zeros_like(average));
  }
  std::vector<at::Tensor> means;
  std::vector<double> weights;  // what a batch counts against older averages
  for (const std::vector<std::uint32_t>& numbers : batches) {
    samples.fill(numbers, nullptr, replica.batch());
    const TensorBatch batch = wrap(replica.batch(), samples.shape(), replica.device());
    const std::vector<at::Tensor> from_zero = after_batch(replica, batch, zeros);
    if (means.empty()) {
      weights = weights_of_a_batch(replica, batch, from_zero);
      means = from_zero;
    } else {
      for (std::size_t i = 0; i < means.size(); ++i) means[i].add_(from_zero[i]);
    }
  }
  for (std::size_t i = 0; i < means.size(); ++i) {
    // Averages that no batch moves (momentum 0) stay as they are.
    if (weights[i] < smallest_weight) {
      means[i] = first[i];
    } else {
      means[i].div_(weights[i] * static_cast<double>(batches.size()));
    }
  }
  return means;
}

void set_running_averages(Network& network, const std::vector<at::Tensor>& values) {
  const at::NoGradGuard no_gradients;
  const std::vector<at::Tensor> averages = running_averages(network);
  TAILRACE_CHECK(averages.size() == values.size());
  for (std::size_t i = 0; i < averages.size(); ++i) averages[i].copy_(values[i]);
}

}  // namespace tailrace::torch
