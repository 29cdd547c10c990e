#include "tailrace/engine/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tailrace::engine {
namespace {

tl::unexpected<Errors> environment_error(const std::string& what, const std::string& path) {
  const int error = errno;
  return fail(Error{.code = error == ENOSPC ? "engine/disk-full" : "engine/io",
                    .what = what + ": " + std::strerror(error),
                    .where = path,
                    .fix = error == ENOSPC
                               ? "free some space and run again; the previous file is intact"
                               : "check that the folder exists and may be written"});
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

}  // namespace

Status write_whole(const std::string& path, std::span<const std::byte> bytes) {
  const std::string aside = path + ".partial";
  {
    const Descriptor file{::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.fd < 0) return environment_error("cannot create the file", aside);
    if (!write_all(file.fd, bytes) || ::fsync(file.fd) != 0) {
      const auto error = environment_error("cannot write the file", aside);
      ::unlink(aside.c_str());
      return error;
    }
  }
  if (::rename(aside.c_str(), path.c_str()) != 0) {
    return environment_error("cannot put the file in place", path);
  }
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd < 0 || ::fsync(directory.fd) != 0) {
    return environment_error("cannot sync the folder", folder.string());
  }
  return {};
}

Result<std::vector<std::byte>> read_whole(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return environment_error("cannot open the file", path);
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return environment_error("cannot read the file", path);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::read(file.fd, bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return environment_error("cannot read the file", path);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

}  // namespace tailrace::engine
