#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::engine {

/// Writes a whole file so that after a crash either the old or the new one is there: beside it,
/// fsync, rename, fsync of the folder. A full disk leaves the old file intact and says so.
[[nodiscard]] Status write_whole(const std::string& path, std::span<const std::byte> bytes);

[[nodiscard]] Result<std::vector<std::byte>> read_whole(const std::string& path);

}  // namespace tailrace::engine
