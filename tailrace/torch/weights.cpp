#include "tailrace/torch/weights.hpp"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <utility>
#include <vector>

namespace tailrace::torch {
namespace {

/// A network's tensors as floats in one piece of memory each; a tensor that already is that shares
/// its memory.
struct Floats {
  explicit Floats(const Network& network) : tensors(network.parameters()) {
    for (NamedTensor& buffer : network.buffers()) tensors.push_back(std::move(buffer));
    for (const NamedTensor& each : tensors) {
      const at::Tensor values = each.tensor.detach().to(at::kCPU, at::kFloat).contiguous();
      copies.push_back(values);
      weights.push_back({each.name,
                         {values.sizes().begin(), values.sizes().end()},
                         {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}});
    }
  }

  std::vector<NamedTensor> tensors;
  std::vector<at::Tensor> copies;
  std::vector<neural::Weight> weights;
};

}  // namespace

Status save_weights(const Network& network, const std::filesystem::path& path) {
  return neural::save_weights(path, Floats(network).weights);
}

Result<neural::LoadedWeights> load_weights(Network& network, const std::filesystem::path& path) {
  const auto file = data::read_safetensors(path);
  if (!file) return fail(file.error());
  return load_weights(network, *file);
}

Result<neural::LoadedWeights> load_weights(Network& network, const data::Safetensors& file) {
  const at::NoGradGuard no_gradients;
  const Floats floats(network);
  neural::LoadedWeights loaded = neural::load_weights(file, floats.weights);
  for (std::size_t k = 0; k < floats.tensors.size(); ++k) {
    const at::Tensor& tensor = floats.tensors[k].tensor;
    if (!tensor.is_alias_of(floats.copies[k])) tensor.detach().copy_(floats.copies[k]);
  }
  if (Status sound = neural::check_loaded(loaded, file.name()); !sound) {
    return fail(std::move(sound.error()));
  }
  return loaded;
}

}  // namespace tailrace::torch
