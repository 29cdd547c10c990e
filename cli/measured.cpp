#include "cli/measured.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "tailrace/engine/recorded_times.hpp"
#include "tailrace/monitoring/read_spans.hpp"

namespace tailrace::cli {

Result<std::optional<MeasuredTimes>> measured_times(const std::string& folder,
                                                    std::size_t workers) {
  const auto path = std::filesystem::path(folder) / "spans.csv";
  if (std::error_code unknown; !std::filesystem::exists(path, unknown)) return std::nullopt;
  const Result<std::vector<cluster::Span>> spans = monitoring::read_spans(path.string());
  if (!spans) return fail(spans.error());
  if (spans->empty()) return std::nullopt;

  MeasuredTimes measured;
  measured.compute.resize(workers);
  std::vector<delay::Passage> passages;
  for (const cluster::Span& span : *spans) {
    if (span.worker >= workers) {
      return fail({.code = "cli/other-experiment",
                   .what = fmt::format("there are times of worker {}, and the experiment has {}",
                                       span.worker, workers),
                   .where = path.string(),
                   .fix = "keep runs in the folder that they were made in"});
    }
    const double whole = (span.arrived - span.given).seconds();
    const double computed = span.seconds > 0 ? std::min(span.seconds, whole) : whole;
    const auto steps = static_cast<double>(std::max(1U, span.steps));
    measured.compute[span.worker].push_back(
        std::max(Time{1}, Time::from_seconds(computed / steps)));
    if (span.seconds > 0) passages.push_back({span.bytes_out + span.bytes_in, whole - computed});
  }
  measured.guessed_workers = static_cast<std::uint64_t>(
      std::count_if(measured.compute.begin(), measured.compute.end(),
                    [](const std::vector<Time>& times) { return times.empty(); }));
  measured.compute = engine::with_guesses(std::move(measured.compute));
  if (!passages.empty()) measured.network = delay::fit_network(std::move(passages));
  return measured;
}

}  // namespace tailrace::cli
