#include <algorithm>

#include "tailrace/policy/method.hpp"
#include "tailrace/policy/pace.hpp"
#include "tailrace/policy/parts_server.hpp"
#include "tailrace/policy/restarts.hpp"

namespace tailrace::policy {
namespace {

/// Runs a method's five parts. See Method for what happens when.
class ComposedServer final : public PartsServer {
 public:
  ComposedServer(const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup),
        combiner_(method.combine.make(setup.parts())),
        assigner_(method.next.who.make(setup.parts())),
        when_(method.next.when),
        first_jobs_(method.next.concurrency(setup.workers)),
        restarts_(method.next.restart_after, setup.workers),
        steps_(method.next.dynamic_steps, method.local.steps, setup.workers) {}

  void begin(Actions& actions) override {
    std::vector<WorkerId> first;
    assigner_->first(first_jobs_, first);
    for (const WorkerId worker : first) start(worker, Time{0}, actions);
  }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived, in_flight_);
    steps_.arrived(arrived.worker, arrived.steps, arrived.now);
    restarts_.landed(arrived.worker);
    --in_flight_;
    if (!accept(arrived, arrival, update)) {
      // It brings no step nearer, so its sender must not wait for one.
      return start(assigner_->next(arrived.worker), arrived.now, actions);
    }
    const Combined combined = combiner_->add(arrival, arrived.job, update);
    const bool due = combined.update != nullptr;
    if (due) {
      step(arrival, combined, actions);
      cancel_overdue(actions);
    }
    answer(arrived, due, actions);
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    combiner_->state(archive);
    assigner_->state(archive);
    archive(waiting_, in_flight_, restarts_, steps_);
  }

 private:
  void cancel_overdue(Actions& actions) {
    if (!actions.stepped) return;
    restarts_.overdue(models_.version(), actions.cancel);
    for (const WorkerId worker : actions.cancel) steps_.canceled(worker);
    in_flight_ -= actions.cancel.size();
    counts_.canceled += actions.cancel.size();
  }

  void answer(const Arrived& arrived, bool due, Actions& actions) {
    if (when_ == When::at_once) {
      start(assigner_->next(arrived.worker), arrived.now, actions);
      for (const WorkerId worker : actions.cancel) start(worker, arrived.now, actions);
      return;
    }
    waiting_.push_back(arrived.worker);
    if (!due) return;
    waiting_.insert(waiting_.end(), actions.cancel.begin(), actions.cancel.end());
    std::sort(waiting_.begin(), waiting_.end());
    for (const WorkerId worker : waiting_) start(assigner_->next(worker), arrived.now, actions);
    waiting_.clear();
  }

  void start(WorkerId worker, Time now, Actions& actions) {
    actions.start.push_back({.worker = worker, .steps = steps_.given(worker, now)});
    restarts_.started(worker, models_.version());
    ++in_flight_;
  }

  std::unique_ptr<Combiner> combiner_;
  std::unique_ptr<Assigner> assigner_;
  When when_;
  std::uint64_t first_jobs_;
  Restarts restarts_;
  DynamicSteps steps_;
  std::uint64_t in_flight_ = 0;
  std::vector<WorkerId> waiting_;  ///< senders that are owed a job after the step
};

}  // namespace

std::unique_ptr<Server> make_server(const Method& method, const ServerSetup& setup) {
  if (method.server) return method.server->make(method, setup);
  return std::make_unique<ComposedServer>(method, setup);
}

}  // namespace tailrace::policy
