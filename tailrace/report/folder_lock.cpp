#include "tailrace/report/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tailrace::report {

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / file).string();
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (lock.descriptor_ < 0) {
    return fail({.code = "report/cannot-write",
                 .what = fmt::format("\"{}\" cannot be opened: {}", path,
                                     std::generic_category().message(errno)),
                 .where = path,
                 .fix = "check the permissions, or name another folder with --out"});
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return fail({.code = "report/in-use",
                 .what = fmt::format("\"{}\" is in use by another tailrace", folder),
                 .where = folder,
                 .fix = "wait until that one has ended, or name another folder with --out"});
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tailrace::report
