#include "tailrace/torch/replica.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cstring>

#include "tailrace/core/check.hpp"
#include "tailrace/torch/backend.hpp"

namespace tailrace::torch {
namespace {

at::Tensor piece_of(const at::Tensor& flat, const Layout::Tensor& tensor, const at::Tensor& like) {
  return flat
      .narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.size))
      .view(like.sizes());
}

std::vector<at::Tensor> tensors_of(std::vector<NamedTensor> named) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(named.size());
  for (NamedTensor& each : named) tensors.push_back(std::move(each.tensor));
  return tensors;
}

}  // namespace

Replica::Replica(std::unique_ptr<Network> network, const Layout& layout, at::Device device,
                 GlobalDrawing drawing)
    : network_(std::move(network)),
      layout_(layout),
      device_(device),
      drawing_(drawing),
      flat_(at::empty({static_cast<std::int64_t>(layout.dimension)},
                      at::TensorOptions(at::kFloat).device(device))),
      parameters_(tensors_of(network_->parameters())),
      buffers_(tensors_of(network_->buffers())),
      draws_(at::detail::createCPUGenerator()) {
  TAILRACE_CHECK(parameters_.size() == layout.tensors.size());
  if (!device_.is_cpu()) device_gradient_ = at::empty_like(flat_);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].set_data(piece_of(flat_, layout_.tensors[i], parameters_[i]));
    if (device_gradient_.defined()) {
      parameters_[i].mutable_grad() =
          piece_of(device_gradient_, layout_.tensors[i], parameters_[i]);
    }
  }
  for (at::Tensor& buffer : buffers_) {
    if (!device_.is_cpu()) buffer.set_data(buffer.to(device_));
    first_buffers_.push_back(buffer.clone());
  }
}

void Replica::load(std::span<const Real> model) {
  TAILRACE_CHECK(model.size() == layout_.dimension);
  if (device_.is_cpu()) {
    std::memcpy(flat_.data_ptr<float>(), model.data(), model.size_bytes());
    return;
  }
  // LibTorch only reads it, but knows no constant memory.
  auto* const memory = const_cast<Real*>(model.data());  // NOLINT(*-const-cast)
  flat_.copy_(at::from_blob(memory, flat_.sizes(), at::kFloat));
}

at::Tensor Replica::forward(const TensorBatch& batch, bool for_gradient) {
  const at::AutoGradMode mode(for_gradient);
  return network_->forward(batch.inputs);
}

void Replica::backward(const at::Tensor& loss, std::span<Real> sum) {
  TAILRACE_CHECK(sum.size() == layout_.dimension);
  if (device_.is_cpu()) {
    point_gradients_at(sum);
    loss.backward();
    return;
  }
  device_gradient_.zero_();
  loss.backward();
  at::from_blob(sum.data(), flat_.sizes(), at::kFloat).add_(device_gradient_.cpu());
}

void Replica::point_gradients_at(std::span<Real> sum) {
  if (gradients_at_ == sum.data()) return;
  const at::Tensor flat = at::from_blob(sum.data(), flat_.sizes(), at::kFloat);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].mutable_grad() = piece_of(flat, layout_.tensors[i], parameters_[i]);
  }
  gradients_at_ = sum.data();
}

void Replica::reset_buffers() {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(first_buffers_[i]);
}

Replicas::Lease Replicas::borrow() {
  settle_thread();
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Replica> replica = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(replica)};
    }
  }
  std::unique_ptr<Replica> replica = make_();
  {
    const std::lock_guard lock(mutex_);
    ++made_;
    // So that giving it back never needs memory.
    idle_.reserve(made_);
  }
  return {*this, std::move(replica)};
}

void Replicas::give_back(std::unique_ptr<Replica> replica) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(replica));
}

std::size_t Replicas::made() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

}  // namespace tailrace::torch
