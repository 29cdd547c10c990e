#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace tailrace::faults {

/// What lies between two machines, on one: takes connections and passes every byte on to a port of
/// this machine. No byte is lost, as TCP sees to that; a lost packet is one that comes later, and
/// what is behind it waits.
class Relay {
 public:
  struct Network {
    std::chrono::milliseconds delay{0};         ///< each way
    double loss = 0;                            ///< share of pieces that are sent again
    std::chrono::milliseconds sent_again{200};  ///< after so long
    std::string seed = "1";
  };
  Relay(std::uint16_t to, const Network& network);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Nothing comes through any more, and nobody is told.
  void cut() { cut_ = true; }
  void mend() { cut_ = false; }
  /// Pieces that came late.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  class Loop;
  std::uint16_t port_;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> over_ = false;
  std::atomic<std::uint64_t> lost_ = 0;
  std::thread thread_;
};

}  // namespace tailrace::faults
