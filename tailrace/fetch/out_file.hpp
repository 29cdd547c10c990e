#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// What an errno says about a file: fetch/disk-full, or else fetch/io.
[[nodiscard]] Error disk_error(int error, const std::filesystem::path& file);

/// fetch/interrupted.
[[nodiscard]] Error interrupted(const std::filesystem::path& file);

/// A file that is written from front to back; never through a symbolic link.
class OutFile {
 public:
  /// Opens a file, or makes it, and keeps its first bytes, up to `keep`.
  ///
  /// Errors  fetch/disk-full, fetch/io.
  static Result<OutFile> open(const std::filesystem::path& path, std::uint64_t keep = 0);

  OutFile(OutFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
  OutFile& operator=(OutFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
  }
  ~OutFile();

  /// Errors  fetch/disk-full, fetch/io; what was written before stays.
  [[nodiscard]] Status write(const char* data, std::size_t size);

  /// Waits until the disk has it: a full disk of a network may only tell now.
  [[nodiscard]] Status flush();

 private:
  OutFile(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;
};

/// Makes a folder and those above it.
///
/// Errors  fetch/disk-full, fetch/io.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder);

/// Gives a file another name, in place of a file that may be there.
///
/// Errors  fetch/disk-full, fetch/io.
[[nodiscard]] Status move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Refuses what surely does not fit on the disk of a folder.
///
/// Errors  fetch/disk-full.
[[nodiscard]] Status check_space(const std::filesystem::path& folder, std::uint64_t bytes);

}  // namespace tailrace::fetch
