#pragma once

#include <string>
#include <utility>

#include "tailrace/core/file_lock.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::report {

/// Keeps other processes out of a folder of results for as long as it lives, through a lock on a
/// file called `lock`.
class FolderLock {
 public:
  /// Errors  report/in-use, report/cannot-write.
  static Result<FolderLock> take(const std::string& folder);

  static constexpr const char* file = "lock";

 private:
  explicit FolderLock(FileLock lock) : lock_(std::move(lock)) {}
  FileLock lock_;
};

}  // namespace tailrace::report
