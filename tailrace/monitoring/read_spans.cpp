#include "tailrace/monitoring/read_spans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "tailrace/core/file.hpp"
#include "tailrace/monitoring/span_log.hpp"

namespace tailrace::monitoring {
namespace {

/// The numbers of a line, one after the other.
class Cells {
 public:
  explicit Cells(std::string_view line) : rest_(line) {}

  /// The next one; false if there is none.
  template <class Number>
  [[nodiscard]] bool take(Number& number) {
    if (ended_) return false;
    const std::string_view cell = rest_.substr(0, rest_.find(','));
    ended_ = cell.size() == rest_.size();
    rest_.remove_prefix(ended_ ? cell.size() : cell.size() + 1);
    const char* const end = cell.data() + cell.size();
    const auto [read, error] = std::from_chars(cell.data(), end, number);
    return error == std::errc() && read == end;
  }
  [[nodiscard]] bool take(Time& time) {
    double seconds = 0;
    if (!take(seconds) || !std::isfinite(seconds) || seconds < 0) return false;
    time = Time::from_seconds(seconds);
    return true;
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

/// False if the line is not one of SpanLog's.
bool read_line(std::string_view line, cluster::Span& span) {
  Cells cells(line);
  return cells.take(span.worker) && cells.take(span.job) && cells.take(span.steps) &&
         cells.take(span.given) && cells.take(span.arrived) && cells.take(span.seconds) &&
         cells.take(span.bytes_out) && cells.take(span.bytes_in) && cells.ended() &&
         std::isfinite(span.seconds) && span.seconds >= 0 && span.arrived >= span.given;
}

/// Each job once: its last line, at the place where that one stands.
std::vector<cluster::Span> last_of_each(const std::vector<cluster::Span>& spans) {
  std::set<std::pair<WorkerId, JobNumber>> seen;
  std::vector<cluster::Span> last;
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    if (seen.insert({span->worker, span->job}).second) last.push_back(*span);
  }
  std::reverse(last.begin(), last.end());
  return last;
}

}  // namespace

Result<std::vector<cluster::Span>> read_spans(const std::string& path) {
  const Result<std::vector<std::byte>> bytes = read_whole(path);
  if (!bytes) return fail(bytes.error());
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  std::vector<cluster::Span> spans;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // the server died while it wrote this one
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const bool good = number == 1 ? line == spans_header : read_line(line, spans.emplace_back());
    if (good) continue;
    return fail({.code = "monitoring/bad-spans",
                 .what = fmt::format("\"{}\" is not a job's times", line.substr(0, 80)),
                 .where = fmt::format("{}:{}", path, number),
                 .fix = fmt::format("a line is {}; delete those that are damaged", spans_header),
                 .in_data = true});
  }
  return last_of_each(spans);
}

}  // namespace tailrace::monitoring
