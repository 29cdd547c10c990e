#include "tailrace/fetch/unpack.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include "tailrace/fetch/out_file.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_size = std::size_t{1} << 18;

Error bad_archive(const fs::path& file, const std::string& why) {
  return {.code = "fetch/archive",
          .what = fmt::format("\"{}\" cannot be unpacked: {}", file.filename().string(), why),
          .where = file.string(),
          .fix = "try another source with --from, or unpack it by hand"};
}

/// Packed bytes that are read file by file.
class Reader {
 public:
  Reader(fs::path file, const UnpackLimits& limits, const std::atomic<bool>* stop)
      : file_(std::move(file)), stop_(stop), archive_(archive_read_new(), &archive_read_free) {
    std::error_code ignored;
    const std::uintmax_t packed = fs::file_size(file_, ignored);
    // A little file may be packed well: 1 MB more does no harm.
    bytes_left_ = std::min(limits.bytes, (ignored ? 0 : packed) * limits.ratio + (1U << 20));
    entries_left_ = limits.entries;
  }

  [[nodiscard]] archive* get() const { return archive_.get(); }

  Status open() {
    if (archive_read_open_filename(get(), file_.c_str(), block_size) != ARCHIVE_OK) return broken();
    return {};
  }

  /// The next entry; nullptr at the end.
  Result<archive_entry*> next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return broken();
    if (entries_left_-- == 0) return refused("it has too many entries");
    return entry;
  }

  /// Writes the current entry's bytes.
  Status write(const fs::path& path) {
    Result<OutFile> out = OutFile::open(path);
    if (!out) return fail(out.error());
    std::vector<char> buffer(block_size);
    for (;;) {
      if (stop_ != nullptr && stop_->load()) return fail(interrupted(file_));
      const la_ssize_t size = archive_read_data(get(), buffer.data(), buffer.size());
      if (size < 0) return broken();
      if (size == 0) return out->flush();
      const auto bytes = static_cast<std::size_t>(size);
      if (bytes > bytes_left_) return refused("it unpacks to far more than it should");
      bytes_left_ -= bytes;
      if (Status written = out->write(buffer.data(), bytes); !written) return written;
    }
  }

  [[nodiscard]] tl::unexpected<Errors> refused(const std::string& why) const {
    return fail(bad_archive(file_, why));
  }

 private:
  [[nodiscard]] tl::unexpected<Errors> broken() const {
    const char* why = archive_error_string(get());
    return refused(why != nullptr ? why : "it is damaged");
  }

  fs::path file_;
  const std::atomic<bool>* stop_;
  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
  std::uint64_t bytes_left_ = 0;
  std::size_t entries_left_ = 0;
};

/// Whether a path stays below the folder it is put into.
bool stays_inside(const fs::path& path) {
  return !path.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

/// What of an entry's path lies below `top`; empty if it lies elsewhere.
fs::path below(const fs::path& path, const std::string& top) {
  const fs::path normal = path.lexically_normal();
  if (normal.begin() == normal.end() || *normal.begin() != top) return {};
  return normal.lexically_relative(top);
}

}  // namespace

Result<std::vector<fs::path>> unpack_archive(const fs::path& archive, const std::string& top,
                                             const fs::path& into, const UnpackLimits& limits,
                                             const std::atomic<bool>* stop) {
  Reader reader(archive, limits, stop);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  if (Status opened = reader.open(); !opened) return fail(opened.error());
  std::vector<fs::path> files;
  for (;;) {
    const Result<archive_entry*> entry = reader.next();
    if (!entry) return fail(entry.error());
    if (*entry == nullptr) return files;
    const char* name = archive_entry_pathname(*entry);
    if (name == nullptr) continue;  // no name that this system can write
    if (!stays_inside(name)) return reader.refused("a path in it leads out of the folder");
    const auto type = archive_entry_filetype(*entry);
    const bool is_link = archive_entry_hardlink(*entry) != nullptr;
    if (type == AE_IFDIR && !is_link) continue;
    if (type != AE_IFREG || is_link) return reader.refused("it holds a link or a device");
    const fs::path file = below(name, top);
    if (file.empty() || file == ".") continue;
    if (Status made = make_folder((into / file).parent_path()); !made) return fail(made.error());
    if (Status written = reader.write(into / file); !written) return fail(written.error());
    files.push_back(file);
  }
}

Status unpack_file(const fs::path& packed, const fs::path& out, const UnpackLimits& limits,
                   const std::atomic<bool>* stop) {
  Reader reader(packed, limits, stop);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_format_raw(reader.get());
  if (Status opened = reader.open(); !opened) return opened;
  const Result<archive_entry*> entry = reader.next();
  if (!entry) return fail(entry.error());
  if (*entry == nullptr || archive_filter_count(reader.get()) < 2) {
    return reader.refused("it is neither gzip nor bzip2");
  }
  return reader.write(out);
}

}  // namespace tailrace::fetch
