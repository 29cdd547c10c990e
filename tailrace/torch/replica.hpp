#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/layout.hpp"
#include "tailrace/neural/samples.hpp"
#include "tailrace/torch/network.hpp"
#include "tailrace/torch/objective.hpp"

namespace tailrace::torch {

/// Whether a network draws from LibTorch's one generator of the process. While it does, nobody else
/// may, and the generator is seeded before; see GlobalDraws.
struct GlobalDrawing {
  bool training = false;
  bool evaluating = false;
};

/// A network whose parameters are views of one flat vector and whose gradients are views of the
/// caller's: loading a version is one copy, and a gradient is written where it is wanted. On a
/// graphics card the gradient is copied out once more.
class Replica {
 public:
  Replica(std::unique_ptr<Network> network, const Layout& layout, at::Device device,
          GlobalDrawing drawing = {});

  /// Takes over a version of the model.
  void load(std::span<const Real> model);

  /// Passes the batch forward; what the gradient needs is kept only if `for_gradient`.
  [[nodiscard]] at::Tensor forward(const TensorBatch& batch, bool for_gradient);

  /// Adds the gradient of `loss` to `sum` (dimension).
  void backward(const at::Tensor& loss, std::span<Real> sum);

  /// Fills the generator that dropout draws from in the next forward(); see dropout.hpp.
  void seed_draws(std::uint64_t seed) { draws_.set_current_seed(seed); }
  [[nodiscard]] at::Generator& draws() { return draws_; }

  /// Sets the buffers back to what they were at the beginning.
  void reset_buffers();

  [[nodiscard]] Network& network() { return *network_; }
  [[nodiscard]] GlobalDrawing drawing() const { return drawing_; }
  [[nodiscard]] at::Device device() const { return device_; }
  [[nodiscard]] neural::Batch& batch() { return batch_; }

 private:
  void point_gradients_at(std::span<Real> sum);

  std::unique_ptr<Network> network_;
  const Layout& layout_;
  at::Device device_;
  GlobalDrawing drawing_;
  at::Tensor flat_;             ///< (dimension) on the device; parameters are views of it
  at::Tensor device_gradient_;  ///< (dimension) where the device is not the CPU
  const Real* gradients_at_ = nullptr;
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> buffers_;
  std::vector<at::Tensor> first_buffers_;
  at::Generator draws_;
  neural::Batch batch_;  ///< memory for samples, used again and again
};

/// Replicas that threads borrow: never more of them than were in use at once.
class Replicas {
 public:
  explicit Replicas(std::function<std::unique_ptr<Replica>()> make) : make_(std::move(make)) {}

  /// Gives its replica back when it goes.
  class Lease {
   public:
    Lease(Replicas& owner, std::unique_ptr<Replica> replica)
        : owner_(owner), replica_(std::move(replica)) {}
    ~Lease() { owner_.give_back(std::move(replica_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Replica* operator->() { return replica_.get(); }
    Replica& operator*() { return *replica_; }

   private:
    Replicas& owner_;
    std::unique_ptr<Replica> replica_;
  };

  [[nodiscard]] Lease borrow();
  [[nodiscard]] std::size_t made() const;

 private:
  void give_back(std::unique_ptr<Replica> replica);

  std::function<std::unique_ptr<Replica>()> make_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Replica>> idle_;
  std::size_t made_ = 0;
};

}  // namespace tailrace::torch
