#include "cli/reporting.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "cli/console.hpp"
#include "tailrace/monitoring/event_log.hpp"
#include "tailrace/monitoring/span_log.hpp"

namespace tailrace::cli {
namespace {

class Reporting final : public cluster::Reporter {
 public:
  Reporting(std::unique_ptr<monitoring::EventLog> events,
            std::unique_ptr<monitoring::SpanLog> spans)
      : events_(std::move(events)), spans_(std::move(spans)) {}

  void note(const cluster::Event& event) override { events_->note(event); }
  void landed(const cluster::Span& span) override { spans_->add(span); }

 private:
  std::unique_ptr<monitoring::EventLog> events_;
  std::unique_ptr<monitoring::SpanLog> spans_;
};

/// Over the line that shows progress, which is drawn anew.
void show(const std::string& line) {
  tell(fmt::format("{}{}\n", errors_are_terminal() ? "\r\x1b[K" : "", line));
}

}  // namespace

Result<std::unique_ptr<cluster::Reporter>> open_reporter(const std::string& folder, bool shown) {
  const std::filesystem::path path(folder);
  monitoring::EventLogOptions options{.path = (path / "events.jsonl").string()};
  if (shown) options.show = show;
  auto events = monitoring::EventLog::open(std::move(options));
  if (!events) return fail(events.error());
  auto spans = monitoring::SpanLog::open((path / "spans.csv").string());
  if (!spans) return fail(spans.error());
  return std::make_unique<Reporting>(std::move(*events), std::move(*spans));
}

}  // namespace tailrace::cli
