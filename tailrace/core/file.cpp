#include "tailrace/core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tailrace {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

tl::unexpected<Errors> write_error(const std::string& what, const std::string& path) {
  const int error = errno;
  return fail(Error{.code = error == ENOSPC ? "core/disk-full" : "core/io",
                    .what = what + ": " + reason(error),
                    .where = path,
                    .fix = error == ENOSPC
                               ? "free some space and run again; the previous file is intact"
                               : "check that the folder exists and may be written"});
}

tl::unexpected<Errors> read_error(const std::string& what, const std::string& path) {
  return fail(Error{.code = "core/io",
                    .what = what + ": " + reason(errno),
                    .where = path,
                    .fix = "give the path of a readable file"});
}

/// Closes on every way out.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Makes the file, or empties what a crash may have left. A secret never goes into a file that was
/// there before, which others may have open.
int open_aside(const std::string& path, Readers readers) {
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  if (readers == Readers::everybody) return ::open(path.c_str(), flags, 0644);
  ::unlink(path.c_str());
  return ::open(path.c_str(), flags | O_EXCL, 0600);
}

}  // namespace

Status write_whole(const std::string& path, std::span<const std::byte> bytes, Readers readers) {
  return write_whole(path, std::span(&bytes, 1), readers);
}

Status write_whole(const std::string& path, std::span<const std::span<const std::byte>> pieces,
                   Readers readers) {
  const std::string aside = path + ".partial";
  {
    const Descriptor file{open_aside(aside, readers)};
    if (file.fd < 0) return write_error("cannot create the file", aside);
    const bool written = std::ranges::all_of(
        pieces, [&file](std::span<const std::byte> piece) { return write_all(file.fd, piece); });
    if (!written || ::fsync(file.fd) != 0) {
      const auto error = write_error("cannot write the file", aside);
      ::unlink(aside.c_str());
      return error;
    }
  }
  if (::rename(aside.c_str(), path.c_str()) != 0) {
    return write_error("cannot put the file in place", path);
  }
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd < 0 || ::fsync(directory.fd) != 0) {
    return write_error("cannot sync the folder", folder.string());
  }
  return {};
}

Result<std::vector<std::byte>> read_whole(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return read_error("cannot open the file", path);
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return read_error("cannot read the file", path);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::read(file.fd, bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return read_error("cannot read the file", path);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

}  // namespace tailrace
