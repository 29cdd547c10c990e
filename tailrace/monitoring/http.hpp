#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tailrace/cluster/report.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::monitoring {

/// Tells over HTTP how a run is, on a thread of its own, for as long as it lives:
///
///   /healthz  200 while the process lives
///   /readyz   200 while jobs are given out; 503 before, while draining, and when the run is over
///   /metrics  metrics_text()
///
/// Neither encrypted nor protected: on this machine by default; elsewhere only where nobody minds
/// who reads it. Nothing can be changed by it. A request has to come within seconds and be short.
/// The process ignores SIGPIPE from then on.
class HttpReports {
 public:
  using Ask = std::function<cluster::Standings()>;

  /// Starts to listen.
  ///
  ///   address  "host:port", or a port alone: of this machine only; port 0: one that is free
  ///   ask      called for every request but /healthz, by several threads
  ///
  /// Errors  monitoring/bad-address; monitoring/cannot-listen: the port is taken, or the address
  ///         is not one of this machine.
  [[nodiscard]] static Result<std::unique_ptr<HttpReports>> start(const std::string& address,
                                                                  Ask ask);
  virtual ~HttpReports() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace tailrace::monitoring
