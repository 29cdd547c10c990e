#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tailrace/cluster/client.hpp"
#include "tailrace/cluster/host.hpp"

namespace tailrace::cluster {

/// Opens a session with a host in the same process: no network, no certificates, the same frames.
/// For tests, and for trying a worker's program. The host must outlive the link.
[[nodiscard]] std::unique_ptr<Link> open_local(Host& host, Identity identity);

/// Calls a host's tick() on a thread of its own until the run is over.
class Ticker {
 public:
  explicit Ticker(Host& host);
  ~Ticker() { join(); }
  /// Waits for the end of the run.
  void join();

 private:
  std::thread thread_;
};

}  // namespace tailrace::cluster
