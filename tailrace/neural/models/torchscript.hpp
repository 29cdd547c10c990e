#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"

namespace tailrace::neural {

/// A model of your own, exported from Python: torch.jit.script(model).save("model.pt").
///
///     forward(values) -> outputs                                real numbers
///     forward(tokens [, lengths [, segments]]) -> outputs       tokens
///
///   values    (count, sample...)   float
///   tokens    (count, length)      int64, padded with 0
///   lengths   (count)              int64, tokens before the padding
///   segments  (count, length)      int64, 0 first and 1 second sentence
///   outputs   (count, outputs), or (count, length, outputs) where every token has an answer
///
/// It trains from the parameters in the file, which are all float32 and not frozen. What it draws
/// itself (dropout) comes from LibTorch's one generator, seeded from the job's stream: such a model
/// is computed by one thread at a time. Errors  model/script-*: no such file, not TorchScript,
/// arguments of forward, parameters. Source  LibTorch.
struct TorchScript {
  static constexpr std::string_view name = "torchscript";
  static constexpr std::string_view summary = "Your own model, exported from Python.";
  static constexpr std::string_view formula =
      "outputs = forward(values) or forward(tokens, lengths, segments)";
  static constexpr std::string_view source = "yours";

  std::string file = {};

  static void fields(auto& self, auto&& field) {
    field("file", self.file,
          Field{.required = true, .doc = "what torch.jit.save or script.save wrote"});
  }
};

}  // namespace tailrace::neural
