#include "tailrace/torch/torchscript.hpp"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tailrace/core/file.hpp"
#include "tailrace/torch/named_tensors.hpp"

namespace tailrace::torch {
namespace {

namespace jit = ::torch::jit;

Error unreadable(const std::string& file, std::string_view why) {
  // LibTorch's explanations go on for pages; the first line says what happened.
  return {"model/script-unreadable",
          fmt::format("{} is no TorchScript model that can be loaded: {}", file,
                      why.substr(0, why.find('\n'))),
          "file", "write it in Python with torch.jit.script(model).save(file)"};
}

Error wrong_arguments(const std::string& file, std::string_view what) {
  return {"model/script-arguments", fmt::format("forward in {} {}", file, what), "file",
          "write forward(self, values), or forward(self, tokens) with arguments called lengths and "
          "segments if it needs them; it returns one tensor"};
}

Error wrong_parameters(const std::string& file, std::string what, std::string fix) {
  return {"model/script-parameters", fmt::format("{} {}", file, what), "file", std::move(fix)};
}

/// What one argument of forward is given.
enum class Argument { data, lengths, segments };

/// Reads it from the declaration: the data first, whatever they are called.
Result<std::vector<Argument>> arguments_of(const c10::FunctionSchema& schema,
                                           const neural::TaskShape& task, const std::string& file) {
  const bool tokens = task.input == neural::Input::tokens;
  std::vector<Argument> arguments;
  for (std::size_t k = 1; k < schema.arguments().size(); ++k) {
    const c10::Argument& argument = schema.arguments()[k];
    if (k == 1) {
      arguments.push_back(Argument::data);
    } else if (tokens && argument.name() == "lengths") {
      arguments.push_back(Argument::lengths);
    } else if (tokens && argument.name() == "segments") {
      arguments.push_back(Argument::segments);
    } else if (argument.default_value()) {
      break;  // this one and what follows are not ours to give
    } else {
      return fail(wrong_arguments(
          file, fmt::format("asks for `{}`, which nobody can give it", argument.name())));
    }
    if (!argument.type()->isSubtypeOf(*c10::TensorType::get())) {
      return fail(wrong_arguments(file, fmt::format("wants `{}` to be {}, not a tensor",
                                                    argument.name(), argument.type()->str())));
    }
  }
  if (arguments.empty()) return fail(wrong_arguments(file, "takes no argument"));
  if (schema.returns().size() != 1 ||
      !schema.returns()[0].type()->isSubtypeOf(*c10::TensorType::get())) {
    return fail(wrong_arguments(file, "does not return one tensor"));
  }
  return arguments;
}

/// Whether the constant number at this input of a node is known and 0.
bool is_zero(const jit::Node& node, std::size_t input) {
  if (input >= node.inputs().size()) return false;
  const auto value = jit::toIValue(node.inputs()[input]);
  return value && value->isDouble() && value->toDouble() == 0;
}

bool draws(const jit::Node& node) {
  static constexpr std::array<std::string_view, 12> random = {
      "dropout",     "rand",   "bernoulli", "uniform_",   "normal_", "exponential_",
      "multinomial", "cauchy", "geometric", "log_normal", "poisson", "rrelu"};
  static constexpr std::array<std::string_view, 4> recurrent = {"aten::lstm", "aten::gru",
                                                                "aten::rnn_tanh", "aten::rnn_relu"};
  constexpr std::size_t recurrent_dropout = 5;
  constexpr std::size_t dropout_share = 1;
  const std::string_view kind = node.kind().toQualString();
  if (kind.ends_with("dropout") && is_zero(node, dropout_share)) return false;
  if (std::ranges::find(recurrent, kind) != recurrent.end())
    return !is_zero(node, recurrent_dropout);
  return kind == "aten::normal" || std::ranges::any_of(random, [&](std::string_view name) {
           return kind.starts_with("aten::") && kind.find(name) != std::string_view::npos;
         });
}

bool draws(const jit::Block& block) {
  return std::ranges::any_of(block.nodes(), [](const jit::Node* node) {
    return draws(*node) || std::ranges::any_of(node->blocks(), [](const jit::Block* inner) {
             return draws(*inner);
           });
  });
}

bool draws(const jit::Module& module) {
  const auto graph = module.get_method("forward").graph()->copy();
  jit::Inline(*graph);
  return draws(*graph->block());
}

class TorchScript final : public Network {
 public:
  TorchScript(const jit::Module& module, std::vector<Argument> arguments)
      : module_(module), arguments_(std::move(arguments)), draws_(draws(module_)) {
    for (const auto& named : module_.named_parameters()) {
      (named.value.requires_grad() ? parameters_ : buffers_).push_back({named.name, named.value});
    }
    for (const auto& named : module_.named_buffers()) buffers_.push_back({named.name, named.value});
    parameters_ = without_repeats(std::move(parameters_));
    buffers_ = without_repeats(std::move(buffers_));
  }

  std::vector<NamedTensor> parameters() const override { return parameters_; }
  std::vector<NamedTensor> buffers() const override { return buffers_; }
  bool draws_globally() const override { return draws_; }

  void train(bool on) override {
    for (jit::Module each : module_.modules()) {
      if (each.hasattr("training")) each.setattr("training", on);
    }
  }

  at::Tensor forward(const Inputs& inputs) override {
    const jit::GraphOptimizerEnabledGuard as_written(false);
    const at::Tensor& data = inputs.tokens.defined() ? inputs.tokens : inputs.values;
    std::vector<c10::IValue> given;
    for (const Argument argument : arguments_) {
      switch (argument) {
        case Argument::data:
          given.emplace_back(data);
          break;
        case Argument::lengths:
          given.emplace_back(inputs.lengths.defined()
                                 ? inputs.lengths
                                 : at::full({data.size(0)}, data.size(1), data.options()));
          break;
        case Argument::segments:
          given.emplace_back(inputs.segments.defined() ? inputs.segments : at::zeros_like(data));
          break;
      }
    }
    return module_.forward(std::move(given)).toTensor();
  }

 private:
  jit::Module module_;
  std::vector<Argument> arguments_;
  bool draws_;
  std::vector<NamedTensor> parameters_;
  std::vector<NamedTensor> buffers_;
};

Status check_parameters(const Network& network, const std::string& file) {
  const std::vector<NamedTensor> parameters = network.parameters();
  if (parameters.empty()) {
    return fail(wrong_parameters(file, "has no parameters that need a gradient",
                                 "save it before freeze() or optimize_for_inference(), which turn "
                                 "parameters into constants"));
  }
  Errors errors;
  std::unordered_map<const void*, std::string> places;
  for (const NamedTensor& each : parameters) {
    if (each.tensor.scalar_type() != at::kFloat) {
      errors.push_back(wrong_parameters(
          file, fmt::format("has {} numbers in {}", toString(each.tensor.scalar_type()), each.name),
          "save it as 32-bit floats: model.float()"));
      continue;
    }
    if (each.tensor.numel() == 0) continue;
    const auto [place, is_new] = places.try_emplace(each.tensor.data_ptr(), each.name);
    if (!is_new) {
      errors.push_back(wrong_parameters(
          file, fmt::format("keeps {} in the memory of {}", each.name, place->second),
          "make them one parameter, or two with memory of their own"));
    }
  }
  if (errors.empty()) return {};
  return fail(std::move(errors));
}

/// Throws what LibTorch throws.
jit::Module parse(const std::string& bytes) {
  std::istringstream stream(bytes);
  return jit::load(stream, c10::Device(c10::kCPU));
}

using Factory = std::function<std::unique_ptr<Network>()>;

/// Throws likewise.
Result<Factory> factory_of(std::string bytes, const neural::TaskShape& task,
                           const std::string& file) {
  const jit::Module first = parse(bytes);
  const auto method = first.find_method("forward");
  if (!method) return fail(wrong_arguments(file, "is missing"));
  const Result<std::vector<Argument>> arguments =
      arguments_of(method->function().getSchema(), task, file);
  if (!arguments) return fail(arguments.error());
  Status sound = check_parameters(TorchScript(first, *arguments), file);
  if (!sound) return fail(std::move(sound.error()));
  return [shared = std::make_shared<const std::string>(std::move(bytes)), given = *arguments] {
    return std::make_unique<TorchScript>(parse(*shared), given);
  };
}

}  // namespace

Result<Factory> read_torchscript(const std::string& file, const neural::TaskShape& task) {
  const Result<std::vector<std::byte>> bytes = read_whole(file);
  if (!bytes) return fail(unreadable(file, bytes.error().front().what));
  try {
    return factory_of({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, task, file);
  } catch (const c10::Error& problem) {
    return fail(unreadable(file, problem.what_without_backtrace()));
  } catch (const std::exception& problem) {
    return fail(unreadable(file, problem.what()));
  }
}

}  // namespace tailrace::torch
