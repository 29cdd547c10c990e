#include "tailrace/policy/servers/cycling.hpp"

#include <algorithm>

#include "tailrace/policy/combine/members.hpp"
#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {
namespace {

class CyclingServer final : public PartsServer {
 public:
  CyclingServer(const Cycling& options, const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup), size_(std::clamp(options.size, 1U, setup.workers)) {
    const std::uint32_t groups = (setup.workers + size_ - 1) / size_;
    for (std::uint32_t group = 0; group < groups; ++group) {
      groups_.push_back({Members(setup.start.size()), 0});
    }
    equip(sum_);
  }

  void begin(Actions& actions) override {
    for (std::uint32_t group = 0; group < groups_.size(); ++group) start(group, group + 1, actions);
  }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived, in_flight_--);
    Group& group = groups_[arrived.worker / size_];
    if (accept(arrived, arrival, update)) group.members.add(arrival, arrived.job, update);
    --group.missing;
    if (!rings_ && groups_[turn_].missing == 0) take_turn(arrived.worker, arrived.now, actions);
  }

  void timer(std::uint64_t /*name*/, Time now, Actions& actions) override {
    rings_ = false;
    take_turn(turn_ * size_, now, actions);
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    for (Group& group : groups_) {
      archive(group.missing);
      group.members.state(archive, size_);
    }
    archive(turn_, in_flight_, rings_);
    if (turn_ < groups_.size()) return;
    turn_ = 0;
    archive.refuse();
  }

 private:
  struct Group {
    Members members;
    std::uint32_t missing;
  };

  void take_turn(WorkerId worker, Time now, Actions& actions) {
    Group& group = groups_[turn_];
    if (group.members.size() > 0) {
      group.members.add_up(1, sum_);
      Arrival at = here(now);
      at.worker = worker;
      step(at, {&sum_, group.members.staleness_max(), group.members.size()}, actions);
      group.members.clear();
    }
    start(turn_, static_cast<std::uint32_t>(groups_.size()), actions);
    turn_ = (turn_ + 1) % static_cast<std::uint32_t>(groups_.size());
    if (groups_[turn_].missing > 0) return;
    // It was faster than the groups before it. An event makes one step, so its turn is an event of
    // its own.
    rings_ = true;
    actions.timers.push_back({.at = now + Time{1}});
  }

  void start(std::uint32_t group, std::uint32_t steps, Actions& actions) {
    const WorkerId end = std::min((group + 1) * size_, workers());
    for (WorkerId worker = group * size_; worker < end; ++worker) {
      actions.start.push_back({.worker = worker, .steps = steps});
      ++groups_[group].missing;
      ++in_flight_;
    }
  }

  std::uint32_t size_;
  std::vector<Group> groups_;
  std::uint32_t turn_ = 0;
  std::uint64_t in_flight_ = 0;
  bool rings_ = false;  ///< a timer is set for the group whose turn it is
  Update sum_;
};

}  // namespace

std::unique_ptr<Server> Cycling::make(const Method& method, const ServerSetup& setup) const {
  return std::make_unique<CyclingServer>(*this, method, setup);
}

}  // namespace tailrace::policy
