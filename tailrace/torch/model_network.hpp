#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// How the numbers of one parameter start: independent draws of one law.
struct Initial {
  enum class Law {
    constant,  ///< all are `scale`
    uniform,   ///< on [-scale, scale]
    normal,    ///< mean 0, deviation `scale`
  };
  Law law = Law::constant;
  double scale = 0;
};

[[nodiscard]] inline Initial constant(double value) { return {Initial::Law::constant, value}; }
[[nodiscard]] inline Initial normal(double deviation) { return {Initial::Law::normal, deviation}; }
/// On [-1/sqrt(inputs), 1/sqrt(inputs)]: LibTorch's default for weights and biases of a unit.
[[nodiscard]] Initial uniform_by_inputs(std::int64_t inputs);

/// A network of our own. Its layers register their tensors here, under names with dots, and the
/// order of registration is the order of the flat vector.
class ModelNetwork : public Network {
 public:
  [[nodiscard]] std::vector<NamedTensor> parameters() const override { return parameters_; }
  [[nodiscard]] std::vector<NamedTensor> buffers() const override { return buffers_; }
  void train(bool on) override { training_ = on; }

  /// Draws all parameters: tensor k by the stream (seed, start, 0, k), in double. Same seed, same
  /// bits, on every thread and device.
  void initialize(std::uint64_t seed);

  /// A place for tensors, under a name: "encoder.layer.0".
  class Place {
   public:
    [[nodiscard]] Place inside(std::string_view name) const;
    [[nodiscard]] Place inside(std::string_view name, std::size_t number) const;

    /// A new float parameter. Its numbers are anything until initialize() or somebody else sets
    /// them: a replica whose tensors become views of a flat vector never touches this memory.
    [[nodiscard]] at::Tensor parameter(std::string_view name,
                                       const std::vector<std::int64_t>& shape,
                                       Initial initial) const;
    /// A new float buffer.
    [[nodiscard]] at::Tensor buffer(std::string_view name, const std::vector<std::int64_t>& shape,
                                    double value) const;

   private:
    friend class ModelNetwork;
    Place(ModelNetwork& network, std::string prefix)
        : network_(network), prefix_(std::move(prefix)) {}
    [[nodiscard]] std::string full(std::string_view name) const;

    ModelNetwork& network_;
    std::string prefix_;
  };

 protected:
  [[nodiscard]] Place root() { return {*this, ""}; }
  [[nodiscard]] bool training() const { return training_; }

 private:
  std::vector<NamedTensor> parameters_;
  std::vector<Initial> initials_;  ///< one for each parameter
  std::vector<NamedTensor> buffers_;
  bool training_ = false;
};

using Place = ModelNetwork::Place;

/// Draws the parameters of a network of our own; leaves a user's network, which comes with numbers,
/// as it is.
void initialize(Network& network, std::uint64_t seed);

}  // namespace tailrace::torch
