#include "tailrace/report/folder_lock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tailrace::report {

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / file).string();
  tl::expected<FileLock, int> lock = FileLock::take(path);
  if (lock) return FolderLock(std::move(*lock));
  if (lock.error() == EWOULDBLOCK) {
    return fail({.code = "report/in-use",
                 .what = fmt::format("\"{}\" is in use by another tailrace", folder),
                 .where = folder,
                 .fix = "wait until that one has ended, or name another folder with --out"});
  }
  return fail({.code = "report/cannot-write",
               .what = fmt::format("\"{}\" cannot be opened: {}", path,
                                   std::generic_category().message(lock.error())),
               .where = path,
               .fix = "check the permissions, or name another folder with --out"});
}

}  // namespace tailrace::report
