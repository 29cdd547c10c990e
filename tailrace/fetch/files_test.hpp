#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// Files and archives of tests of fetch/. For tests only.
namespace tailrace::fetch::testing {

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_all(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A fresh folder that goes with the test.
class WithFolder : public ::testing::Test {
 protected:
  WithFolder() { std::filesystem::create_directories(folder_); }
  ~WithFolder() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  ("tailrace_fetch_test_" + std::to_string(getpid()));
};

/// One entry of an archive: a file, or a symbolic link if `link` is set.
struct Packed {
  std::string path;
  std::string text;
  std::string link = {};
  bool hard = false;  ///< a hard link
};

enum class Format { tar_gz, zip, gz, bz2 };

/// The bytes of an archive with these entries; of gz and bz2 the first one's text.
inline std::string pack(const std::vector<Packed>& entries, Format format) {
  std::size_t room = 1U << 16;
  for (const Packed& entry : entries) room += entry.text.size() + 4096;
  std::string bytes(room, '\0');
  std::size_t used = 0;
  archive* out = archive_write_new();
  if (format == Format::tar_gz || format == Format::gz) archive_write_add_filter_gzip(out);
  if (format == Format::bz2) archive_write_add_filter_bzip2(out);
  if (format == Format::tar_gz) archive_write_set_format_pax_restricted(out);
  if (format == Format::zip) archive_write_set_format_zip(out);
  if (format == Format::gz || format == Format::bz2) archive_write_set_format_raw(out);
  archive_write_open_memory(out, bytes.data(), bytes.size(), &used);
  for (const Packed& packed : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, packed.path.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(packed.text.size()));
    archive_entry_set_filetype(entry, packed.link.empty() || packed.hard ? AE_IFREG : AE_IFLNK);
    if (!packed.link.empty() && packed.hard) {
      archive_entry_set_hardlink(entry, packed.link.c_str());
    } else if (!packed.link.empty()) {
      archive_entry_set_symlink(entry, packed.link.c_str());
    }
    archive_write_header(out, entry);
    archive_write_data(out, packed.text.data(), packed.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  bytes.resize(used);
  return bytes;
}

}  // namespace tailrace::fetch::testing
