#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/neural/tensor_samples.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// Your own data, from safetensors files, and your own model, from a TorchScript file: trained by
/// every method without a line of C++.
///
///     f_i(x)  =  mean over the samples of worker i of loss(network(x, input), target)
///
///   data, test  safetensors files with the tensors `inputs` and `targets`; see open_tensors()
///   model       torchscript, or any other that takes such inputs
///   loss        what outputs and targets mean to each other
///   score       what test_score is
///
/// Errors  those of open_tensors(), make_course() and build().
struct Tensors {
  static constexpr std::string_view name = "tensors";
  static constexpr std::string_view summary =
      "Your own data (safetensors) and model (TorchScript), with a loss (LibTorch).";
  static constexpr std::string_view formula =
      "f_i(x) = mean over the samples of worker i of loss(network(x, input), target)";
  static constexpr std::string_view source = "ours";

  std::string data = {};
  std::string test = {};
  Model model = TorchScript{};
  TensorOptions tensors = {};
  Score score = Score::none;
  Learning learning = {};

  static void fields(auto& self, auto&& field) {
    field("data", self.data,
          Field{.required = true, .doc = "a safetensors file with inputs and targets"});
    field("test", self.test, Field{.doc = "likewise, to test on; empty: none"});
    field("model", self.model, Field{.doc = "the network"});
    TensorOptions::fields(self.tensors, field);
    field("score", self.score, Field{.doc = "what test_score is"});
    Learning::fields(self.learning, field);
  }

  [[nodiscard]] problem::ProblemSize size(std::size_t workers) const;
  [[nodiscard]] problem::BuiltProblem build(const problem::ProblemSetup& setup) const;
};

}  // namespace tailrace::neural
