#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::security {

/// Workers with consecutive numbers.
struct WorkerRange {
  WorkerId first = 0;
  WorkerId last = 0;  ///< included
  bool operator==(const WorkerRange&) const = default;
};

/// A certificate speaks for so many workers at most. [workers]
inline constexpr WorkerId workers_max = 1 << 20;

/// Reads a certificate's name:
///
///   worker-3      speaks for worker 3
///   workers-0-7   speaks for the workers 0 to 7
///
/// Numbers have no sign and no zero in front. Any other name speaks for nobody: nothing.
[[nodiscard]] std::optional<WorkerRange> parse_worker_name(std::string_view name);

/// "worker-3", "workers-0-7".
[[nodiscard]] std::string worker_name(WorkerRange workers);

/// What a certificate says; whether it may be believed is for TLS to find out.
struct Certificate {
  std::string name;    ///< of whom: the common name of the subject
  std::string serial;  ///< upper-case hexadecimal
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds until;
  std::vector<std::string> hosts;  ///< names and addresses of a server
  std::vector<WorkerId> workers;   ///< for whom it speaks; empty: for nobody

  /// How long it is still valid, negative when it is not any more.
  [[nodiscard]] std::chrono::seconds left() const;
};

/// Reads the first certificate of a text in PEM.
///
/// Errors  security/bad-certificate, also for a subject without a common name, with several, or
///         with one that is not plain text.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view pem,
                                                   const std::string& where = {});
/// The same of a file.
///
/// Errors  core/io.
[[nodiscard]] Result<Certificate> read_certificate_file(const std::string& path);

/// A certificate at the other end of a session: it must speak for a worker.
///
/// Errors  security/bad-certificate; security/not-a-worker.
[[nodiscard]] Result<Certificate> read_worker(std::string_view pem, const std::string& where = {});

/// "2027-11-21", in UTC.
[[nodiscard]] std::string date_text(std::chrono::sys_seconds time);

}  // namespace tailrace::security
