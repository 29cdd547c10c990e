#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/safetensors.hpp"
#include "tailrace/neural/samples.hpp"

namespace tailrace::neural {

/// What the tensors of a file mean.
struct TensorOptions {
  Loss loss = Loss::classes;
  std::uint32_t classes = 0;
  std::uint32_t vocabulary = 0;

  static void fields(auto& self, auto&& field) {
    field("loss", self.loss,
          Field{.doc = "classes or next_token (cross entropy), squared_error, or logistic (0 or 1 "
                       "each)"});
    field("classes", self.classes,
          Field{.unit = "classes", .doc = "outputs of the network; 0: the largest target and one"});
    field("vocabulary", self.vocabulary,
          Field{.unit = "tokens", .doc = "of token inputs; 0: the largest token and one"});
  }
};

/// Samples from tensors by name:
///
///   inputs   (n, ...)      real numbers or bytes: values of any shape; I64 or I32 (n, length):
///                          tokens, all of one length
///   targets  by loss       classes: whole (n). next_token: whole (n, length), -100 counts nowhere.
///                          squared_error: real (n) or (n, k). logistic: any (n) or (n, k), 0 or 1
///   groups   (n), whole    who wrote each sample; may be missing
///
/// Other tensors are left alone. Values are taken as they are, without normalization.
///
/// Errors  data/no-tensor, data/shape, data/dtype, data/labels (targets, tokens and groups out of
///         range), data/not-finite, data/empty, with file and tensor.
[[nodiscard]] Result<SharedSamples> make_tensor_samples(const data::Safetensors& file,
                                                        const TensorOptions& options);

/// Samples to train and to test on.
struct TensorData {
  SharedSamples train;
  SharedSamples test;  ///< null: none
};

/// Opens a safetensors file to train on, and one to test on if `test` names one, with the training
/// file's classes, tokens and shapes.
///
/// Errors  those of data::read_safetensors and make_tensor_samples; data/shape if the two differ.
[[nodiscard]] Result<TensorData> open_tensors(const std::filesystem::path& train,
                                              const std::filesystem::path& test,
                                              const TensorOptions& options);

}  // namespace tailrace::neural

template <>
struct tailrace::EnumNames<tailrace::neural::Loss> {
  using enum neural::Loss;
  static constexpr std::array values = {
      std::pair{"classes", classes}, std::pair{"next_token", next_token},
      std::pair{"squared_error", squared_error}, std::pair{"logistic", logistic}};
};
