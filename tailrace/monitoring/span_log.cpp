#include "tailrace/monitoring/span_log.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace tailrace::monitoring {

Result<std::unique_ptr<SpanLog>> SpanLog::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "ab");
  if (file == nullptr) {
    return fail({.code = "monitoring/cannot-write",
                 .what = fmt::format("cannot write the times of jobs: {}", std::strerror(errno)),
                 .where = path,
                 .fix = "check the disk's free space and the folder's rights"});
  }
  std::unique_ptr<SpanLog> log(new SpanLog(file));
  std::fseek(file, 0, SEEK_END);
  if (std::ftell(file) == 0) {
    std::fputs("worker,job,steps,given_s,arrived_s,compute_s,bytes_out,bytes_in\n", file);
  }
  return log;
}

void SpanLog::add(const cluster::Span& span) {
  const std::string line = fmt::format(
      "{},{},{},{:.9f},{:.9f},{:.9f},{},{}\n", span.worker, span.job, span.steps,
      span.given.seconds(), span.arrived.seconds(), span.seconds, span.bytes_out, span.bytes_in);
  std::fwrite(line.data(), 1, line.size(), file_.get());
}

}  // namespace tailrace::monitoring
