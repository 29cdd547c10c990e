#pragma once

#include <string>
#include <utility>

#include "tailrace/core/result.hpp"

namespace tailrace::report {

/// Keeps other processes out of a folder for as long as it lives.
///
/// The lock is the operating system's, on a file called `lock`: it goes with the process however
/// that ends, and the file may stay. Where a file system knows no locks there is no protection.
class FolderLock {
 public:
  /// Errors  report/in-use, report/cannot-write.
  static Result<FolderLock> take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FolderLock();

  static constexpr const char* file = "lock";

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tailrace::report
