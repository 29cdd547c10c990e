#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tailrace::tidy {

/// The text files of a source tree: path from its root, with forward slashes -> content.
using Tree = std::map<std::string, std::string>;

/// Reads every text file below `root`; a NUL byte makes a file binary. Skips what a build, a run or
/// git leaves there
/// (`build`, `runs`, `demo-run`, and every name that begins with a dot except `.ci`).
///
/// Errors  throws std::runtime_error where a file cannot be read.
Tree read_tree(const std::filesystem::path& root);

}  // namespace tailrace::tidy
