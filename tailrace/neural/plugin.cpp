#include "tailrace/neural/plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <vector>

#include "tailrace/neural/blame.hpp"

namespace tailrace::neural {
namespace {

namespace fs = std::filesystem;

constexpr const char* override_variable = "TAILRACE_TORCH";
constexpr const char* place = "lib/tailrace/tailrace_torch.so";

std::vector<fs::path> candidates() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the caller holds the only lock that guards setenv here
  const char* const named = std::getenv(override_variable);
  std::error_code error;
  // Absolute, since the loader looks for a bare name in the system's folders.
  if (named != nullptr) return {fs::absolute(named, error)};
  std::vector<fs::path> found;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  // From build/release/tailrace/torch/ or /usr/bin/ up to the folder that holds lib/.
  for (int level = 0; level < 5 && folder.has_relative_path(); ++level) {
    found.push_back(folder / place);
    folder = folder.parent_path();
  }
  found.push_back(fs::path("/") / place);
  return found;
}

tl::unexpected<Errors> no_torch(std::string what, std::string fix) {
  return fail({"neural/no-torch", std::move(what), "", std::move(fix)});
}

Result<const Plugin*> open(const fs::path& path) {
  // Never closed: problems that it made may live until the program ends.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return no_torch(
        fmt::format("\"{}\" cannot be loaded: {}", path.string(), dlerror()),
        "install the LibTorch it was built with (Debian: libtorch-dev), or build again");
  }
  const auto* const plugin = static_cast<const Plugin*>(dlsym(library, "tailrace_torch_plugin"));
  if (plugin == nullptr || plugin->build != plugin_build()) {
    return no_torch(fmt::format("\"{}\" belongs to another build of Tailrace", path.string()),
                    "build target tailrace_torch_plugin again, together with the program");
  }
  return plugin;
}

Result<const Plugin*> load() {
  constexpr int keep = 0;
  for (const char* variable : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}) {
    setenv(variable, "1", keep);  // NOLINT(concurrency-mt-unsafe): once, before any computation
  }
  std::string searched;
  for (const fs::path& path : candidates()) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return open(path);
    searched += (searched.empty() ? "" : ", ") + path.string();
  }
  return no_torch(
      "this problem needs LibTorch, and Tailrace's half for it is not there: " + searched,
      fmt::format("install LibTorch (Debian: libtorch-dev libopenblas0-pthread) and build "
                  "target tailrace_torch_plugin, or set {} to the file",
                  override_variable));
}

}  // namespace

std::string plugin_build() {
  return fmt::format("{} {} {}", TAILRACE_VERSION, __VERSION__, TAILRACE_BORDER);
}

Result<const Plugin*> load_plugin() {
  static std::mutex mutex;
  static const Plugin* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) return loaded;
  Result<const Plugin*> plugin = load();
  if (plugin) loaded = *plugin;
  return plugin;
}

problem::BuiltProblem build(const Blueprint& blueprint) {
  if (Status fits = check_model(blueprint.model, blueprint.course.train->shape()); !fits) {
    return fail_at("model", std::move(fits.error()));
  }
  const Result<const Plugin*> plugin = load_plugin();
  if (!plugin) return fail(plugin.error());
  return (*plugin)->make_problem(blueprint);
}

problem::BuiltProblem build_on(const Model& model, Result<Course> course) {
  if (!course) return fail(std::move(course.error()));
  return build({.model = model, .course = std::move(*course)});
}

}  // namespace tailrace::neural
