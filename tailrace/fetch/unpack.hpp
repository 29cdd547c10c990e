#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// What an archive may hold at most; more is a mistake or an attack.
struct UnpackLimits {
  std::uint64_t bytes = std::uint64_t{8} << 30;  ///< unpacked
  std::uint64_t ratio = 200;                     ///< unpacked bytes per packed byte
  std::size_t entries = 10'000;
};

/// Unpacks the files below one folder of an archive: tar, plain or in gzip, or zip.
///
///   archive  the file
///   top      the folder in the archive, such as "SST-2"; what lies elsewhere is left out
///   into     an empty folder that takes what lies below `top`
///
/// The archive is not trusted: paths that lead out of `into`, links and devices make it refused as
/// a whole; permissions, owners and times are ignored.
///
/// Errors  fetch/archive, fetch/disk-full, fetch/io, fetch/interrupted. `into` may hold some files
///         then.
[[nodiscard]] Result<std::vector<std::filesystem::path>> unpack_archive(
    const std::filesystem::path& archive, const std::string& top, const std::filesystem::path& into,
    const UnpackLimits& limits, const std::atomic<bool>* stop = nullptr);

/// Unpacks one file in gzip or bzip2.
///
/// Errors  as unpack_archive's; `out` may hold a part then.
[[nodiscard]] Status unpack_file(const std::filesystem::path& packed,
                                 const std::filesystem::path& out, const UnpackLimits& limits,
                                 const std::atomic<bool>* stop = nullptr);

}  // namespace tailrace::fetch
