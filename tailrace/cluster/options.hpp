#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::cluster {

/// Who computes the jobs of a worker that is not there.
enum class StandIn {
  nobody,   ///< they wait for its return: data that only it has
  anybody,  ///< after a lease, whoever has nothing to do: data that all have
};

}  // namespace tailrace::cluster

template <>
struct tailrace::EnumNames<tailrace::cluster::StandIn> {
  static constexpr std::array values = {
      std::pair{std::string_view("nobody"), tailrace::cluster::StandIn::nobody},
      std::pair{std::string_view("anybody"), tailrace::cluster::StandIn::anybody}};
};

namespace tailrace::cluster {

/// What one worker may do to a run.
struct Limits {
  double norm = infinity;         ///< of an update, factor applied; a larger one is refused
  double updates_per_second = 0;  ///< of one session; a faster one waits for its next job; 0: any
  std::uint32_t refusals = 10;    ///< a worker with so many updates refused for their contents is
                                  ///< barred

  static void fields(auto& self, auto&& field) {
    field("norm", self.norm,
          Field{.min = 0, .above_min = true, .doc = "a larger update is refused"});
    field("updates_per_second", self.updates_per_second,
          Field{.unit = "1/s", .min = 0, .doc = "a faster worker waits for its next job; 0: any"});
    field("refusals", self.refusals,
          Field{.unit = "updates",
                .min = 1,
                .doc = "a worker with so many updates refused for what they hold is barred"});
  }
};

/// How a run behaves on many machines: the table [cluster] of an experiment. None of it changes
/// what an update does to the model.
struct Cluster {
  static constexpr std::string_view name = "cluster";
  static constexpr std::string_view summary = "How a run behaves on many machines.";

  Time lease{15'000'000'000};
  StandIn stand_in = StandIn::nobody;
  double patience = 20;
  Limits limits;
  std::uint32_t sessions = 1024;
  std::uint32_t updates = 32;
  std::uint32_t keep_checkpoints = 2;

  static void fields(auto& self, auto&& field) {
    field("lease", self.lease,
          Field{.unit = "s",
                .min = 0,
                .above_min = true,
                .doc = "a worker of which nothing is heard for so long has lost its jobs"});
    field(
        "stand_in", self.stand_in,
        Field{.doc = "who computes the jobs of a worker that is not there: nobody (data that only "
                     "it has) or anybody with nothing to do, after a lease"});
    field("patience", self.patience,
          Field{.min = 1,
                .doc = "a job that takes so many times as long as that worker's slowest is given "
                       "out again, though the worker may be alive"});
    field("limits", self.limits, Field{.doc = "what one worker may do"});
    field("sessions", self.sessions,
          Field{.unit = "sessions", .min = 1, .max = 1e6, .doc = "more are told to come later"});
    field("updates", self.updates,
          Field{.unit = "updates",
                .min = 1,
                .doc = "that are received at the same time; others wait in their senders"});
    field("keep_checkpoints", self.keep_checkpoints,
          Field{.min = 1, .max = 100, .doc = "the latest ones that are kept"});
  }
};

/// What a host is told beside the run's options.
struct HostOptions {
  Cluster cluster = {};
  std::string program;            ///< for Welcome
  std::string method;             ///< its name
  std::string experiment;         ///< its text, for workers that build the problem from it
  std::uint64_t fingerprint = 0;  ///< of the experiment, method and seed
  Reporter* reporter = nullptr;
  /// What leases, limits and the run go by; empty: the machine's clock. For tests.
  std::function<std::chrono::steady_clock::time_point()> clock = {};
};

}  // namespace tailrace::cluster
