#include "tailrace/policy/sending.hpp"

#include "tailrace/core/check.hpp"

namespace tailrace::policy {

Sending::Sending(const Method& method, PartSetup setup)
    : send_(method.send), workers_(setup.workers), fresh_(setup.workers, 1) {
  setup.place = 0;  // the chain's on the server too: its random numbers are the same
  setup.pool = nullptr;
  send_.prepare(setup);
}

void Sending::apply(const Job& job, Update& update) {
  TAILRACE_CHECK(active() && job.worker < workers_);
  Arrival at;
  at.worker = job.worker;
  at.job = job.number;
  at.workers = workers_;
  send_.apply(at, update);
  update.settle();
}

void Sending::forget(WorkerId worker) {
  send_.forget(worker);
  fresh_[worker] = 1;
}

}  // namespace tailrace::policy
