#pragma once

#include <string>

#include "tailrace/neural/blueprint.hpp"

namespace tailrace::neural {

/// What `tailrace_torch.so` offers, found under the C name `tailrace_torch_plugin`.
struct Plugin {
  const char* build;  ///< identifies the build, see plugin_build()
  problem::BuiltProblem (*make_problem)(const Blueprint& blueprint);
};

/// Version, compiler and a fingerprint of all headers whose types cross the border: both sides must
/// have the same.
[[nodiscard]] std::string plugin_build();

/// Loads the shared object once; later calls return the same.
///
/// Looked for at $TAILRACE_TORCH, then as lib/tailrace/tailrace_torch.so in the folders above the
/// program: the place it has in a build tree and in an installation. Before it is loaded, the
/// numbers of threads of OpenBLAS and OpenMP are set to one unless the environment says otherwise:
/// Tailrace computes many jobs at once, each on one core.
///
/// Errors  neural/no-torch.
[[nodiscard]] Result<const Plugin*> load_plugin();

}  // namespace tailrace::neural
