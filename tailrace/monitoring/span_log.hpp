#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::monitoring {

inline constexpr std::string_view spans_header =
    "worker,job,steps,given_s,arrived_s,compute_s,bytes_out,bytes_in";

/// Writes a line of CSV for each job whose update was applied:
///
///     worker,job,steps,given_s,arrived_s,compute_s,bytes_out,bytes_in
///
/// Seconds since the run began. Times that a run has shown become a simulator's:
/// `tailrace replay RUN --delays` reads the file. After a server's restart lines follow those of
/// before, also for jobs that were computed again. A line that cannot be written is lost, and the
/// run goes on.
class SpanLog {
 public:
  /// Appends to the file, in place of a last line that was cut off.
  ///
  /// Errors  monitoring/cannot-write.
  [[nodiscard]] static Result<std::unique_ptr<SpanLog>> open(const std::string& path);

  void add(const cluster::Span& span);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit SpanLog(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace tailrace::monitoring
