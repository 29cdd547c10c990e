#include "tailrace/neural/models.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <string>
#include <utility>

namespace tailrace::neural {
namespace {

Error wrong_input(std::string_view model, std::string_view takes, const TaskShape& task) {
  const std::string given = task.input == Input::tokens
                                ? std::string("tokens")
                                : fmt::format("values of shape [{}]", fmt::join(task.sample, ", "));
  return {"model/wrong-input", fmt::format("{} takes {}, the data are {}", model, takes, given), "",
          "choose another model, or other data"};
}

Error wrong_loss(std::string_view model, std::string_view gives) {
  return {"model/wrong-task", fmt::format("{} gives {}, the task asks for another", model, gives),
          "", "choose another model, or other data"};
}

Error wrong_option(std::string what, std::string where, std::string fix) {
  return {"model/wrong-option", std::move(what), std::move(where), std::move(fix)};
}

Status all_of(Errors errors) {
  if (errors.empty()) return {};
  return fail(std::move(errors));
}

/// One answer a sample, from real numbers.
void want_values(std::string_view model, const TaskShape& task, Errors& errors) {
  if (task.input != Input::values || task.sample.empty()) {
    errors.push_back(wrong_input(model, "values", task));
  }
  if (task.loss == Loss::next_token) errors.push_back(wrong_loss(model, "one answer a sample"));
}

/// Likewise, from (channels, height, width).
void want_images(std::string_view model, std::size_t side_min, const TaskShape& task,
                 Errors& errors) {
  want_values(model, task, errors);
  if (task.input != Input::values) return;
  if (task.sample.size() != 3 || task.sample[1] < side_min || task.sample[2] < side_min) {
    errors.push_back(wrong_input(
        model, fmt::format("images (channels, height, width) of {} or more a side", side_min),
        task));
  }
}

void want_tokens(std::string_view model, const TaskShape& task, Errors& errors) {
  if (task.input != Input::tokens || task.sample.size() != 1 || task.vocabulary == 0) {
    errors.push_back(wrong_input(model, "tokens", task));
  }
}

void want_heads(std::uint32_t width, std::uint32_t heads, Errors& errors) {
  if (width % heads == 0) return;
  errors.push_back(wrong_option(fmt::format("a width of {} is not {} equal heads", width, heads),
                                "heads", "choose heads that divide width"));
}

void find_errors(const Mlp& /*model*/, const TaskShape& task, Errors& errors) {
  want_values(Mlp::name, task, errors);
}

void find_errors(const Cnn& /*model*/, const TaskShape& task, Errors& errors) {
  want_images(Cnn::name, 16, task, errors);
}

void find_errors(const ResNet18& model, const TaskShape& task, Errors& errors) {
  want_images(ResNet18::name, 1, task, errors);
  if (model.norm == ImageNorm::group && model.width % model.groups != 0) {
    errors.push_back(wrong_option(
        fmt::format("a width of {} channels is not {} equal groups", model.width, model.groups),
        "groups", "choose groups that divide width"));
  }
}

void find_errors(const Lstm& /*model*/, const TaskShape& task, Errors& errors) {
  want_tokens(Lstm::name, task, errors);
}

void find_errors(const Vit& model, const TaskShape& task, Errors& errors) {
  want_images(Vit::name, 1, task, errors);
  want_heads(model.width, model.heads, errors);
  if (model.mlp_width() == 0) {
    errors.push_back(wrong_option(fmt::format("mlp_ratio = {:g} leaves no hidden unit of a width "
                                              "of {}",
                                              model.mlp_ratio, model.width),
                                  "mlp_ratio", "choose a larger one; 4 is usual"));
  }
  if (!errors.empty()) return;
  if (task.sample[1] % model.patch != 0 || task.sample[2] % model.patch != 0) {
    errors.push_back(
        wrong_option(fmt::format("images of {} x {} are not whole patches of {} x {}",
                                 task.sample[1], task.sample[2], model.patch, model.patch),
                     "patch", "choose one that divides height and width"));
  }
}

void find_errors(const Bert& model, const TaskShape& task, Errors& errors) {
  want_tokens(Bert::name, task, errors);
  const BertShape shape = model.shape();
  want_heads(shape.width, shape.heads, errors);
  if (task.loss == Loss::next_token) {
    errors.push_back(wrong_loss(Bert::name, "one answer a sequence"));
  }
  if (errors.empty() && task.sample[0] > model.positions) {
    errors.push_back(
        wrong_option(fmt::format("the longest sequence has {} tokens, beyond the {} positions",
                                 task.sample[0], model.positions),
                     "positions", "choose more positions, or cut the sequences shorter"));
  }
}

void find_errors(const Gpt& model, const TaskShape& task, Errors& errors) {
  want_tokens(Gpt::name, task, errors);
  want_heads(model.width, model.heads, errors);
  if (task.loss != Loss::next_token || task.outputs != task.vocabulary) {
    errors.push_back(wrong_loss(Gpt::name, "the next token of its vocabulary"));
  }
}

void find_errors(const TorchScript& model, const TaskShape& /*task*/, Errors& errors) {
  if (model.file.empty()) {
    errors.push_back(wrong_option("no file is named", "file", "name what script.save() wrote"));
  }
}

// Numbers of each kind of layer.
double linear(double inputs, double outputs) { return (inputs + 1) * outputs; }
double norm(double width) { return 2 * width; }
double product(const std::vector<std::size_t>& shape) {
  double size = 1;
  for (const std::size_t extent : shape) size *= static_cast<double>(extent);
  return size;
}

/// Of one pre- or post-norm block: attention, mlp and two norms.
double block(double width, double hidden) {
  return 4 * linear(width, width) + linear(width, hidden) + linear(hidden, width) + 2 * norm(width);
}

double count(const Mlp& model, const TaskShape& task) {
  double inputs = product(task.sample);
  double total = 0;
  for (const std::uint32_t units : model.hidden) {
    total += linear(inputs, units);
    inputs = units;
  }
  return total + linear(inputs, static_cast<double>(task.outputs));
}

double count(const Cnn& model, const TaskShape& task) {
  const auto pooled_twice = [](std::size_t pixels) { return ((pixels - 4) / 2 - 4) / 2; };
  const auto places =
      static_cast<double>(pooled_twice(task.sample[1]) * pooled_twice(task.sample[2]));
  return linear(25.0 * static_cast<double>(task.sample[0]), model.first) +
         linear(25.0 * model.first, model.second) + linear(model.second * places, model.hidden) +
         linear(model.hidden, static_cast<double>(task.outputs));
}

double count(const ResNet18& model, const TaskShape& task) {
  const auto convolution = [](double side, double inputs, double outputs) {
    return side * side * inputs * outputs + norm(outputs);
  };
  double inputs = model.width;
  double total = convolution(3, static_cast<double>(task.sample[0]), inputs);
  for (const double factor : {1.0, 2.0, 4.0, 8.0}) {
    const double outputs = factor * model.width;
    total += convolution(3, inputs, outputs) + 3 * convolution(3, outputs, outputs);
    if (inputs != outputs) total += convolution(1, inputs, outputs);
    inputs = outputs;
  }
  return total + linear(inputs, static_cast<double>(task.outputs));
}

double count(const Lstm& model, const TaskShape& task) {
  double total = static_cast<double>(task.vocabulary) * model.embedding;
  double inputs = model.embedding;
  for (std::uint32_t k = 0; k < model.layers; ++k) {
    // Four gates, and LibTorch's two biases for each.
    total += 4.0 * model.width * (inputs + model.width + 2);
    inputs = model.width;
  }
  return total + linear(inputs, static_cast<double>(task.outputs));
}

double count(const Vit& model, const TaskShape& task) {
  const double width = model.width;
  const double pixels = static_cast<double>(model.patch) * model.patch;
  const double patches = static_cast<double>(task.sample[1] * task.sample[2]) / pixels;
  return width + (patches + 1) * width +
         linear(static_cast<double>(task.sample[0]) * pixels, width) +
         model.depth * block(width, static_cast<double>(model.mlp_width())) + norm(width) +
         linear(width, static_cast<double>(task.outputs));
}

double count(const Bert& model, const TaskShape& task) {
  const BertShape shape = model.shape();
  const double width = shape.width;
  return (static_cast<double>(task.vocabulary) + model.positions + 2) * width + norm(width) +
         shape.depth * block(width, shape.feed_forward) + linear(width, width) +
         linear(width, static_cast<double>(task.outputs));
}

double count(const Gpt& model, const TaskShape& task) {
  const double width = model.width;
  return static_cast<double>(task.vocabulary + task.sample[0]) * width +
         model.depth * block(width, 4 * width) + norm(width);
}

double count(const TorchScript& /*model*/, const TaskShape& /*task*/) { return 0; }

}  // namespace

Status check_model(const Model& model, const TaskShape& task) {
  Errors errors;
  std::visit([&](const auto& chosen) { find_errors(chosen, task, errors); }, model);
  return all_of(std::move(errors));
}

double parameters(const Model& model, const TaskShape& task) {
  return std::visit([&](const auto& chosen) { return count(chosen, task); }, model);
}

}  // namespace tailrace::neural
