#pragma once

#include <cstdint>

#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// What servers have in common that use a method's chains and step size, whatever decides when they
/// step and who works next.
class PartsServer : public Server {
 public:
  PartsServer(const Method& method, const ServerSetup& setup);

  [[nodiscard]] std::vector<std::string> remarks() const override;
  [[nodiscard]] bool runs_send() const override { return true; }
  void state(Archive& archive) override;

 protected:
  /// Counts the arrival and says what the parts may know of it. `concurrency` is the number of jobs
  /// in flight, this one included.
  Arrival describe(const Arrived& arrived, std::uint64_t concurrency);
  /// What parts may know where no arrival is at hand.
  [[nodiscard]] Arrival here(Time now) const;
  /// Runs `send`, unless the worker did, and `each`. False, and counted, if the update has been
  /// discarded. To be called for every arrival: `send` may remember what a worker sent.
  bool accept(const Arrived& arrived, const Arrival& arrival, Update& update);
  /// Runs `then` and makes a server step. No step if `then` discards the update.
  void step(Arrival arrival, const Combined& combined, Actions& actions);

  [[nodiscard]] std::uint32_t workers() const { return workers_; }
  /// Lets an update use what the server may use.
  void equip(Update& update) const { update.use(pool_, slices_); }

 private:
  Chain send_;
  Chain each_;
  Chain then_;
  Schedule step_size_;
  std::uint32_t workers_;
  Pool* pool_;
  Slices* slices_;
};

}  // namespace tailrace::policy
