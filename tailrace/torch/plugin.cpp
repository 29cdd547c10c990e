#include "tailrace/neural/plugin.hpp"

#include <exception>
#include <new>
#include <string>

#include "tailrace/torch/model_problem.hpp"

namespace {

const std::string& build_text() {
  static const std::string text = tailrace::neural::plugin_build();
  return text;
}

/// Nothing that LibTorch throws while a problem is made crosses the border.
tailrace::problem::BuiltProblem make_guarded(const tailrace::neural::Blueprint& blueprint) {
  try {
    return tailrace::torch::make_model_problem(blueprint);
  } catch (const std::bad_alloc&) {
    throw;  // the program knows what to say
  } catch (const std::exception& error) {
    const std::string text = error.what();  // a backtrace follows the first line
    return tailrace::fail({"model/failed",
                           "LibTorch cannot make this model: " + text.substr(0, text.find('\n')),
                           "model", "choose a smaller model, or see what the sentence says"});
  }
}

}  // namespace

/// What neural::load_plugin() looks for.
extern "C" __attribute__((visibility("default")))
const tailrace::neural::Plugin tailrace_torch_plugin;  // NOLINT(readability-identifier-naming)
const tailrace::neural::Plugin tailrace_torch_plugin = {.build = build_text().c_str(),
                                                        .make_problem = make_guarded};
