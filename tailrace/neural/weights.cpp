#include "tailrace/neural/weights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::neural {
namespace {

constexpr std::string_view model_prefix = "bert.";

bool is_counter(std::string_view name) {
  return name.ends_with("position_ids") || name.ends_with("num_batches_tracked");
}

/// `LayerNorm.gamma` as `LayerNorm.weight`, and beta as bias.
std::string modern(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> renamed[] = {{".gamma", ".weight"},
                                                                       {".beta", ".bias"}};
  for (const auto& [old_end, new_end] : renamed) {
    if (!name.ends_with(old_end)) continue;
    name.remove_suffix(old_end.size());
    return fmt::format("{}{}", name, new_end);
  }
  return std::string(name);
}

using Numbers = std::unordered_map<std::string, std::size_t>;

/// Which of the model's tensors a file means by this name.
std::optional<std::size_t> meant_by(const std::string& name, const Numbers& numbers) {
  const std::string renamed = modern(name);
  for (const std::string& candidate : {name, renamed, fmt::format("{}{}", model_prefix, renamed)}) {
    if (const auto found = numbers.find(candidate); found != numbers.end()) return found->second;
  }
  return std::nullopt;
}

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 50;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(shown, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "),
                     names.size() > shown ? ", ..." : "");
}

}  // namespace

std::vector<Weight> weights_of(const Layout& layout, std::span<Real> model) {
  TAILRACE_CHECK(model.size() == layout.dimension);
  std::vector<Weight> weights;
  for (const Layout::Tensor& tensor : layout.tensors) {
    weights.push_back({tensor.name, tensor.shape, model.subspan(tensor.begin, tensor.size)});
  }
  return weights;
}

std::string LoadedWeights::describe() const {
  std::string text =
      fmt::format("{} tensor{} loaded", loaded.size(), loaded.size() == 1 ? "" : "s");
  const auto add = [&](const std::vector<std::string>& names, std::string_view what) {
    if (!names.empty()) text += fmt::format("; {} {}: {}", names.size(), what, list(names));
  };
  add(missing, "missing");
  add(left_over, "left over");
  add(unfit, "that do not fit");
  return text;
}

LoadedWeights load_weights(const data::Safetensors& file, std::span<const Weight> weights) {
  Numbers numbers;
  for (std::size_t k = 0; k < weights.size(); ++k) numbers.emplace(weights[k].name, k);
  std::vector<bool> given(weights.size());
  LoadedWeights result;
  for (const data::Tensor& tensor : file.tensors()) {
    if (is_counter(tensor.name)) continue;
    const std::optional<std::size_t> number = meant_by(tensor.name, numbers);
    if (!number || given[*number]) {
      result.left_over.push_back(tensor.name);
      continue;
    }
    const Weight& weight = weights[*number];
    given[*number] = true;
    if (tensor.shape != weight.shape) {
      result.unfit.push_back(fmt::format("{}: [{}] in the file, [{}] in the model", weight.name,
                                         fmt::join(tensor.shape, ", "),
                                         fmt::join(weight.shape, ", ")));
      continue;
    }
    if (!data::is_real(tensor.format)) {
      result.unfit.push_back(weight.name + ": whole numbers in the file, real ones in the model");
      continue;
    }
    data::to_floats(tensor, weight.numbers);
    if (!std::ranges::all_of(weight.numbers, [](Real x) { return std::isfinite(x); })) {
      result.unfit.push_back(weight.name + ": not all numbers are finite");
      continue;
    }
    result.loaded.push_back(weight.name);
  }
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (!given[k] && !is_counter(weights[k].name)) result.missing.push_back(weights[k].name);
  }
  return result;
}

Status check_loaded(const LoadedWeights& loaded, const std::string& file) {
  if (!loaded.unfit.empty()) {
    return fail({"model/wrong-weights",
                 fmt::format("{} of the tensors in {} do not fit the model: {}",
                             loaded.unfit.size(), file, list(loaded.unfit)),
                 "weights", "give the model the sizes of the file, or choose another file"});
  }
  if (loaded.loaded.empty()) {
    return fail({"model/wrong-weights",
                 fmt::format("no tensor in {} has a name of the model's; the file has {}; the "
                             "model has {}",
                             file, list(loaded.left_over), list(loaded.missing)),
                 "weights", "choose a file that was made for this model"});
  }
  return {};
}

Status save_weights(const std::filesystem::path& path, std::span<const Weight> weights) {
  std::vector<data::Tensor> tensors;
  for (const Weight& weight : weights) {
    tensors.push_back({.name = weight.name,
                       .shape = weight.shape,
                       .bytes = std::as_bytes(std::span<const Real>(weight.numbers))});
  }
  return data::write_safetensors(path, tensors);
}

}  // namespace tailrace::neural
