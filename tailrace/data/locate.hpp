#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// Folders in which a data set is looked for by name, first to last:
/// $TAILRACE_DATA, ~/.cache/tailrace, ./data, ../shared/data; in each also its subfolder `libsvm`.
[[nodiscard]] std::vector<std::filesystem::path> data_folders();

/// The file that `name` stands for: a path to a file, or else a name such as "a9a", found as
/// <folder>/<name> or <folder>/<name>.gz in the first of data_folders() that has it.
///
/// Errors  data/not-found, listing the folders that were searched.
[[nodiscard]] Result<std::filesystem::path> locate(const std::string& name);

}  // namespace tailrace::data
