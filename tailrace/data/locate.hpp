#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/data/known_sets.hpp"

namespace tailrace::data {

/// Folders that may hold data, first to last: those of $TAILRACE_DATA (several with `:` between
/// them), ~/.cache/tailrace, ./data, ../shared/data.
[[nodiscard]] std::vector<std::filesystem::path> data_roots();

/// Folders in which a single file is looked for by name: data_roots(), each followed by its
/// subfolder `libsvm`.
[[nodiscard]] std::vector<std::filesystem::path> data_folders();

/// The folder into which downloads go when none is named: the first of $TAILRACE_DATA, or else
/// ~/.cache/tailrace, or else ./data.
[[nodiscard]] std::filesystem::path download_folder();

/// From now on looks in `folder` before all others; child processes and plug-ins do so too, since
/// it is put in front of $TAILRACE_DATA. To be called before any thread is started.
///
/// Errors  data/no-folder.
[[nodiscard]] Status look_first_in(const std::string& folder);

/// The file that `name` stands for: a path to a file, or else a name such as "a9a", found as
/// <folder>/<name> or <folder>/<name>.gz in the first of data_folders() that has it; or else the
/// file of a known set that is one file, such as "shakespeare".
///
/// Errors  data/not-found, listing the folders that were searched; data/not-a-file.
[[nodiscard]] Result<std::filesystem::path> locate(const std::string& name);

/// The folder that `name` stands for: a path to a folder; or the folder of a known set ("cifar-10",
/// "SST-2") in the first of data_roots() where it holds at least one of the set's files; or, for
/// any other name, a folder of that name in one of data_roots().
///
/// A folder of a known set's bare name where the program runs comes first only if it holds one of
/// the set's files, and otherwise last: it may be about that set without being it.
///
/// Errors  data/not-found, listing the folders that were searched.
[[nodiscard]] Result<std::filesystem::path> locate_folder(const std::string& name);

/// A folder's file of this name, or else NAME.gz; nothing if it has neither.
[[nodiscard]] std::optional<std::filesystem::path> file_in(const std::filesystem::path& folder,
                                                           const std::string& file);

/// Whether a folder has this file, plain or gzipped.
[[nodiscard]] bool has_file(const std::filesystem::path& folder, const std::string& file);

/// Whether a folder has all of a set's files.
[[nodiscard]] bool is_whole(const std::filesystem::path& folder, const KnownSet& set);

}  // namespace tailrace::data
