#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace {

/// Who may read a file.
enum class Readers {
  everybody,  ///< as far as the process lets others read what it writes (umask)
  owner,      ///< a secret
};

/// Writes a whole file so that after a crash either the old or the new one is there: beside it,
/// fsync, rename, fsync of the folder. A full disk leaves the old file intact and says so.
///
/// Errors  core/disk-full, core/io.
[[nodiscard]] Status write_whole(const std::string& path, std::span<const std::byte> bytes,
                                 Readers readers = Readers::everybody);

/// The same of a file that lies in memory in several pieces.
[[nodiscard]] Status write_whole(const std::string& path,
                                 std::span<const std::span<const std::byte>> pieces,
                                 Readers readers = Readers::everybody);

/// Errors  core/io.
[[nodiscard]] Result<std::vector<std::byte>> read_whole(const std::string& path);

}  // namespace tailrace
