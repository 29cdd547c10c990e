#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tailrace {

/// Keeps other processes that ask for the same lock out for as long as it lives.
///
/// The lock is the operating system's: it goes with the process however that ends, and the file may
/// stay. Where a file system knows no locks there is no protection.
class FileLock {
 public:
  /// Makes the file if it is not there.
  ///
  /// Errors  an errno: EWOULDBLOCK when somebody else holds the lock, else what keeps the file from
  ///         being opened.
  static tl::expected<FileLock, int> take(const std::string& path);

  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tailrace
