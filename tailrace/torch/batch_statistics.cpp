#include "tailrace/torch/batch_statistics.hpp"

#include <ATen/ATen.h>

#include <optional>

#include "tailrace/core/check.hpp"
#include "tailrace/torch/global_draws.hpp"

namespace tailrace::torch {
namespace {

/// The averages after one batch that mixed itself into averages of `before`.
std::vector<at::Tensor> after_batch(Replica& replica, const TensorBatch& batch, double before) {
  replica.reset_buffers();  // also the number of batches seen
  const std::vector<at::Tensor> averages = running_averages(replica.network());
  for (const at::Tensor& average : averages) average.fill_(before);
  // A script's dropout is on while it trains: every evaluation gets the same zeros.
  std::optional<GlobalDraws> draws;
  if (replica.network().draws_globally()) draws.emplace(0);
  (void)replica.forward(batch, false);
  std::vector<at::Tensor> after;
  for (const at::Tensor& average : averages) after.push_back(average.clone());
  return after;
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
  std::vector<at::Tensor> means;
  std::vector<at::Tensor> weights;  // what a batch counts against older averages
  for (const std::vector<std::uint32_t>& numbers : batches) {
    samples.fill(numbers, nullptr, replica.batch());
    const TensorBatch batch = wrap(replica.batch(), samples.shape(), replica.device());
    const std::vector<at::Tensor> from_zero = after_batch(replica, batch, 0);
    if (means.empty()) {
      const std::vector<at::Tensor> from_one = after_batch(replica, batch, 1);
      for (std::size_t i = 0; i < from_zero.size(); ++i) {
        weights.push_back(1 - (from_one[i] - from_zero[i]).mean());
        means.push_back(from_zero[i]);
      }
    } else {
      for (std::size_t i = 0; i < means.size(); ++i) means[i].add_(from_zero[i]);
    }
  }
  for (std::size_t i = 0; i < means.size(); ++i) {
    means[i].div_(weights[i] * static_cast<double>(batches.size()));
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
