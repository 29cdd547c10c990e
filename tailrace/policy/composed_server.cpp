#include <algorithm>

#include "tailrace/policy/method.hpp"

namespace tailrace::policy {
namespace {

/// Runs a method's five parts. See Method for what happens when.
class ComposedServer final : public Server {
 public:
  ComposedServer(const Method& method, const ServerSetup& setup)
      : Server(setup.start),
        each_(method.each),
        then_(method.then),
        combiner_(method.combine.make({setup.start.size(), setup.workers, setup.pool})),
        assigner_(method.next.who.make({setup.workers, setup.seed})),
        when_(method.next.when),
        step_size_(method.step_size),
        workers_(setup.workers),
        first_jobs_(method.next.concurrency(setup.workers)),
        pool_(setup.pool) {
    each_.prepare(setup.start.size());
    then_.prepare(setup.start.size());
  }

  void begin(Actions& actions) override {
    assigner_->first(first_jobs_, actions.start);
    in_flight_ = actions.start.size();
  }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived);
    update.use(pool_);
    each_.apply(arrival, update);
    --in_flight_;
    if (update.discarded()) {
      ++counts_.discarded;
      // It brings no step nearer, so its sender must not wait for one.
      return start(assigner_->next(arrived.worker), actions);
    }
    const Combined combined = combiner_->add(arrival, arrived.job, update);
    const bool due = combined.update != nullptr;
    if (due) step(arrival, combined, actions);
    answer(arrived.worker, due, actions);
  }

  void state(Archive& archive) override {
    Server::state(archive);
    each_.state(archive);
    then_.state(archive);
    combiner_->state(archive);
    assigner_->state(archive);
    archive(waiting_, in_flight_);
  }

 private:
  Arrival describe(const Arrived& arrived) {
    const Version version = models_.version();
    const std::uint64_t staleness = version - arrived.started;
    ++counts_.arrivals;
    counts_.staleness_sum += static_cast<double>(staleness);
    counts_.staleness_max = std::max(counts_.staleness_max, staleness);
    return {.worker = arrived.worker,
            .staleness = staleness,
            .version = version,
            .model = models_.current(),
            .start = arrived.start,
            .workers = workers_,
            .concurrency = in_flight_};
  }

  void step(Arrival arrival, const Combined& combined, Actions& actions) {
    arrival.staleness = combined.staleness_max;
    arrival.start = {};
    then_.apply(arrival, *combined.update);
    if (combined.update->discarded()) {
      counts_.discarded += combined.members;
      return;
    }
    const auto [from, to] = models_.begin_step();
    actions.diverged =
        !combined.update->subtract_from(from, to, step_size_at(step_size_, arrival.step()));
    models_.end_step();
    actions.stepped = true;
  }

  void answer(WorkerId sender, bool due, Actions& actions) {
    if (when_ == When::at_once) return start(assigner_->next(sender), actions);
    waiting_.push_back(sender);
    if (!due) return;
    std::sort(waiting_.begin(), waiting_.end());
    for (const WorkerId worker : waiting_) start(assigner_->next(worker), actions);
    waiting_.clear();
  }

  void start(WorkerId worker, Actions& actions) {
    actions.start.push_back(worker);
    ++in_flight_;
  }

  Chain each_;
  Chain then_;
  std::unique_ptr<Combiner> combiner_;
  std::unique_ptr<Assigner> assigner_;
  When when_;
  Schedule step_size_;
  std::uint32_t workers_;
  std::uint64_t first_jobs_;
  std::uint64_t in_flight_ = 0;
  std::vector<WorkerId> waiting_;  ///< senders that are owed a job after the step
  Pool* pool_;
};

}  // namespace

std::unique_ptr<Server> make_server(const Method& method, const ServerSetup& setup) {
  return std::make_unique<ComposedServer>(method, setup);
}

}  // namespace tailrace::policy
