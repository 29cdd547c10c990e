#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// SHA-256 of a file's bytes, in lower-case hexadecimal.
///
/// Errors  fetch/io; fetch/interrupted when `stop` was set on the way.
[[nodiscard]] Result<std::string> sha256_of(const std::filesystem::path& file,
                                            const std::atomic<bool>* stop = nullptr);

}  // namespace tailrace::fetch
