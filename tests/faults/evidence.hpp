#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "tests/faults/cluster.hpp"

namespace tailrace::faults {

/// What the files of a run prove of it.
class Evidence {
 public:
  explicit Evidence(const Cluster& cluster);
  ~Evidence();
  Evidence(const Evidence&) = delete;
  Evidence& operator=(const Evidence&) = delete;

  /// To be called when the server is dead: keeps what of the run log its newest checkpoint counts
  /// on. Updates in there were told to be durable, or could have been.
  void server_died();

  /// To be called when the run is over: everything that must hold whatever happened to it.
  ///
  ///   - the log is whole, and its replay has the bits of the recorded model
  ///   - every job arrived once, and a worker's in their order; as many as the run counted
  ///   - what had been durable when a server died is in the log, to the byte
  void expect_truth() const;

  /// Server deaths that left a checkpoint.
  [[nodiscard]] std::size_t deaths() const { return durable_.size(); }
  /// Of the run log, when it died last. [bytes]
  [[nodiscard]] std::size_t durable_bytes() const {
    return durable_.empty() ? 0 : durable_.back().size();
  }

 private:
  struct Experiment;
  [[nodiscard]] const Experiment& experiment() const;
  void expect_jobs_once_and_in_order() const;

  const Cluster& cluster_;
  mutable std::unique_ptr<Experiment> experiment_;  ///< once there is one to read
  std::vector<std::vector<std::byte>> durable_;
};

}  // namespace tailrace::faults
