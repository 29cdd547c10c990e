#include "tailrace/fetch/out_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tailrace::fetch {

namespace fs = std::filesystem;

Error disk_error(int error, const fs::path& file) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {.code = full ? "fetch/disk-full" : "fetch/io",
          .what = fmt::format("\"{}\" cannot be written or read: {}", file.string(),
                              std::generic_category().message(error)),
          .where = file.string(),
          .fix = full ? "free some space and run this again, which goes on where it stopped; or "
                        "name another folder with --to"
                      : "check the permissions, or name another folder with --to"};
}

Error interrupted(const fs::path& file) {
  return {.code = "fetch/interrupted",
          .what = "interrupted; what has come is kept",
          .where = file.string(),
          .fix = "run this again, which goes on where it stopped"};
}

Result<OutFile> OutFile::open(const fs::path& path, std::uint64_t keep) {
  OutFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), path);
  if (file.descriptor_ < 0) return fail(disk_error(errno, path));
  if (::ftruncate(file.descriptor_, static_cast<off_t>(keep)) != 0 ||
      ::lseek(file.descriptor_, 0, SEEK_END) < 0) {
    return fail(disk_error(errno, path));
  }
  return file;
}

OutFile::~OutFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status OutFile::write(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(disk_error(errno, path_));
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

Status OutFile::flush() {
  if (::fsync(descriptor_) != 0) return fail(disk_error(errno, path_));
  return {};
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(disk_error(error.value(), folder));
  return {};
}

Status move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return fail(disk_error(error.value(), to));
  return {};
}

Status check_space(const fs::path& folder, std::uint64_t bytes) {
  std::error_code unknown;
  const fs::space_info space = fs::space(folder, unknown);
  if (unknown || bytes <= space.available) return {};
  Error error = disk_error(ENOSPC, folder);
  error.what = fmt::format("\"{}\" has room for {} MB, and {} MB are needed", folder.string(),
                           space.available / 1'000'000, bytes / 1'000'000 + 1);
  return fail(std::move(error));
}

}  // namespace tailrace::fetch
