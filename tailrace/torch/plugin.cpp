#include "tailrace/neural/plugin.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <variant>

#include "tailrace/core/check.hpp"
#include "tailrace/torch/model_problem.hpp"

namespace {

const std::string& build_text() {
  static const std::string text = tailrace::neural::plugin_build();
  return text;
}

}  // namespace

/// What neural::load_plugin() looks for.
extern "C" __attribute__((visibility("default")))
const tailrace::neural::Plugin tailrace_torch_plugin;  // NOLINT(readability-identifier-naming)
const tailrace::neural::Plugin tailrace_torch_plugin = {
    .build = build_text().c_str(), .make_problem = tailrace::torch::make_model_problem};
