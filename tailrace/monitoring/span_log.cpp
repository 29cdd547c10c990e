#include "tailrace/monitoring/span_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace tailrace::monitoring {
namespace {

/// A server that was killed may have written half a line, and the next one would go on in it.
void cut_torn_line(const std::string& path) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  std::FILE* file = unknown ? nullptr : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return;
  std::array<char, 4096> end{};
  const auto length = static_cast<std::size_t>(std::min<std::uintmax_t>(size, end.size()));
  std::fseek(file, -static_cast<long>(length), SEEK_END);
  const std::string_view text(end.data(), std::fread(end.data(), 1, length, file));
  std::fclose(file);
  const std::size_t line = text.rfind('\n');
  const std::size_t torn = text.size() - (line == std::string_view::npos ? 0 : line + 1);
  if (torn > 0) std::filesystem::resize_file(path, size - torn, unknown);
}

}  // namespace

Result<std::unique_ptr<SpanLog>> SpanLog::open(const std::string& path) {
  cut_torn_line(path);
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
    const std::string line = std::string(spans_header) + '\n';
    std::fwrite(line.data(), 1, line.size(), file);
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
