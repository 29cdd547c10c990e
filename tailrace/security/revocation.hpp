#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"

namespace tailrace::security {

/// Reads the revoked certificates' serial numbers (upper-case hexadecimal) from lists in PEM, each
/// of which one of the authority's certificates must have signed.
///
///   path       the lists (CRLs), one after the other
///   authority  the authority's certificate, or several
///
/// A list that its authority wanted to have replaced by now (nextUpdate) still counts: what was
/// revoked stays so.
///
/// Errors  security/bad-revocations, also for a list of another authority or with a changed byte;
///         security/bad-certificate; core/io.
[[nodiscard]] Result<std::vector<std::string>> read_revocations(const std::string& path,
                                                                const std::string& authority);

/// A file with such lists that may be replaced while a server runs.
class RevocationFile {
 public:
  /// Errors  those of read_revocations().
  [[nodiscard]] static Result<RevocationFile> open(std::string path, std::string authority);

  [[nodiscard]] const std::vector<std::string>& serials() const { return serials_; }

  /// Looks at the file, which costs next to nothing when it is the same, and says whether
  /// serials() have changed.
  ///
  /// Errors  those of read_revocations(), each once: the file is damaged or gone. The numbers stay
  ///         as they were, and it is tried again the next time.
  [[nodiscard]] Result<bool> changed();

 private:
  /// By what a file that was replaced or written to is known.
  struct Stamp {
    std::uint64_t file = 0;
    std::uint64_t size = 0;
    std::int64_t seconds = 0;  ///< of the last change
    std::int64_t nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };

  RevocationFile(std::string path, std::string authority)
      : path_(std::move(path)), authority_(std::move(authority)) {}
  [[nodiscard]] std::optional<Stamp> stamp() const;

  std::string path_;
  std::string authority_;
  std::vector<std::string> serials_;
  std::optional<Stamp> stamp_;  ///< none: to be read again
  Errors said_;
};

}  // namespace tailrace::security
