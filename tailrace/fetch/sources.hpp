#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tailrace::fetch {

/// How the bytes of a download become files.
enum class Packing {
  plain,       ///< it is the file
  compressed,  ///< one file in gzip or bzip2; its name loses the last ending
  archive,     ///< tar (plain, gzip) or zip, with the set's folder at its top
};

/// One file that a publisher offers.
struct SourceFile {
  std::string url;
  Packing packing = Packing::plain;
  /// In lower-case hexadecimal, of the bytes as they are offered. Empty: no two independent sources
  /// that agree are known to us; then the first download decides.
  std::string sha256;
  std::uint64_t size = 0;  ///< bytes; 0: not known in advance

  /// The part of the URL after the last slash.
  [[nodiscard]] std::string file() const { return url.substr(url.rfind('/') + 1); }
};

/// What is done with the files of a set once all are there.
enum class Finish {
  nothing,
  split_mrpc,  ///< see mrpc.hpp
};

/// Where one of data::known_sets() comes from.
struct Source {
  std::string name;  ///< of the set
  std::vector<SourceFile> files;
  std::string terms;  ///< license, as far as its publisher says
  Finish finish = Finish::nothing;

  /// Bytes to download; 0 when that of a file is not known.
  [[nodiscard]] std::uint64_t size() const;
};

/// One for every known set, in the same order.
[[nodiscard]] const std::vector<Source>& sources();

/// The set must be known.
[[nodiscard]] const Source& source_of(std::string_view set);

}  // namespace tailrace::fetch
