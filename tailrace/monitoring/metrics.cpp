#include "tailrace/monitoring/metrics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "tailrace/cluster/frame.hpp"

namespace tailrace::monitoring {
namespace {

using cluster::Parting;
using cluster::Refusal;

/// A number as Prometheus writes it.
std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

/// Collects lines.
class Text {
 public:
  void gauge(std::string_view name, std::string_view help, double value) {
    head(name, help, "gauge");
    fmt::format_to(std::back_inserter(lines_), "tailrace_{} {}\n", name, number_text(value));
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, help, "counter");
    fmt::format_to(std::back_inserter(lines_), "tailrace_{} {}\n", name, value);
  }
  /// One counter for every reason of an enum that starts at `first`.
  template <class Reason, class Counts>
  void counters(std::string_view name, std::string_view help, const Counts& counts, Reason first,
                Reason last) {
    head(name, help, "counter");
    for (auto reason = static_cast<std::size_t>(first); reason <= static_cast<std::size_t>(last);
         ++reason) {
      fmt::format_to(std::back_inserter(lines_), "tailrace_{}{{reason=\"{}\"}} {}\n", name,
                     cluster::to_string(static_cast<Reason>(reason)), counts.at(reason));
    }
  }
  [[nodiscard]] std::string take() { return std::move(lines_); }

 private:
  void head(std::string_view name, std::string_view help, std::string_view type) {
    fmt::format_to(std::back_inserter(lines_), "# HELP tailrace_{0} {1}\n# TYPE tailrace_{0} {2}\n",
                   name, help, type);
  }

  std::string lines_;
};

void add_training(Text& text, const cluster::Standings& at) {
  text.gauge("ready", "Whether jobs are given out.", at.ready ? 1 : 0);
  text.gauge("over", "Whether the run is over.", at.over ? 1 : 0);
  text.gauge("run_seconds", "Time since the run began.", at.time.seconds());
  text.gauge("steps", "Server steps of the run.", static_cast<double>(at.steps));
  text.gauge("gradients", "Oracle calls of the run whose updates have arrived.",
             static_cast<double>(at.gradients));
  text.gauge("staleness_mean_steps", "Mean staleness of applied updates.", at.staleness_mean);
  text.gauge("staleness_max_steps", "Largest staleness of applied updates.",
             static_cast<double>(at.staleness_max));
  text.gauge("loss", "Loss at the last evaluation.", at.loss);
  text.gauge("model_versions", "Versions of the model in memory.",
             static_cast<double>(at.versions_alive));
}

void add_sessions(Text& text, const cluster::Standings& at) {
  text.gauge("workers", "Workers of the experiment.", at.workers);
  text.gauge("workers_here", "Workers that have a session.", at.workers_here);
  text.gauge("sessions", "Connected processes.", at.sessions);
  text.gauge("jobs_in_flight", "Jobs whose updates have not arrived.",
             static_cast<double>(at.jobs_in_flight));
  text.gauge("jobs_waiting", "Jobs in flight that no session computes.",
             static_cast<double>(at.jobs_waiting));
  text.counter("jobs_given_total", "Jobs given to sessions, those given again included.",
               at.jobs_given);
  text.counter("leases_ended_total", "Sessions of which nothing was heard for a lease.",
               at.leases_ended);
  text.counter("updates_applied_total", "Updates that are part of the model.", at.updates_applied);
  text.counters("updates_refused_total", "Updates that were not applied.", at.refused,
                Refusal::unknown_job, Refusal::barred);
  text.counters("sessions_ended_total", "Sessions that the server has ended.", at.partings,
                Parting::finished, Parting::other_run);
  text.counter("received_bytes_total", "Bytes of messages from workers.", at.bytes_in);
  text.counter("sent_bytes_total", "Bytes of messages to workers.", at.bytes_out);
}

}  // namespace

std::string metrics_text(const cluster::Standings& standings) {
  Text text;
  add_training(text, standings);
  add_sessions(text, standings);
  text.counter("checkpoints_total", "Checkpoints written.", standings.checkpoints);
  text.counter("checkpoint_failures_total", "Checkpoints that could not be written.",
               standings.checkpoint_failures);
  text.gauge("checkpoint_age_seconds", "Time since the last checkpoint that is on disk.",
             standings.checkpoint_age_seconds);
  return text.take();
}

}  // namespace tailrace::monitoring
