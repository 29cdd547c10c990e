#include "tailrace/cluster/work.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <optional>
#include <vector>

#include "tailrace/policy/sending.hpp"
#include "tailrace/policy/worker.hpp"

namespace tailrace::cluster {
namespace {

using Clock = std::chrono::steady_clock;

/// The server's parts know the same of the problem.
policy::PartSetup setup_of(const problem::Problem& problem, std::uint64_t seed) {
  return {.dimension = problem.dimension(),
          .workers = static_cast<std::uint32_t>(problem.workers()),
          .seed = seed,
          .layout = &problem.layout(),
          .shares = problem.shares()};
}

/// Computes jobs and prepares their updates for the journey.
class Bench {
 public:
  Bench(Client& client, const problem::Problem& problem, const policy::Method& method)
      : client_(client),
        incarnation_(client.welcome().incarnation),
        workers_(static_cast<WorkerId>(problem.workers())),
        worker_(problem, method.local, policy::JobKeys(client.welcome().seed)),
        sending_(method, setup_of(problem, client.welcome().seed)),
        // A server of its own may have a mind of its own about `send`.
        sends_(sending_.active() && !method.server),
        last_applied_(workers_) {}

  Status compute_and_send(const Client::Job& offered, Work& work) {
    const policy::Job job{.worker = offered.worker,
                          .number = offered.number,
                          .version = offered.version,
                          .model = offered.parameters,
                          .steps = offered.steps};
    const Clock::time_point began = Clock::now();
    worker_.run(job, update_);
    const std::chrono::duration<double> took = Clock::now() - began;
    work.seconds += took.count();
    if (client_.canceled(offered)) {
      ++work.refused;
      return {};
    }
    if (sends_) check_memory(offered);
    const bool fresh = sends_ && sending_.fresh(job.worker);
    if (sends_) sending_.apply(job, update_);
    const Result<Client::Answer> answer =
        client_.send(offered, update_, {.sent = sends_, .fresh = fresh, .seconds = took.count()});
    if (!answer) return fail(answer.error());
    const bool applied = *answer == Client::Answer::applied;
    ++(applied ? work.applied : work.refused);
    if (sends_ && !applied) sending_.forget(job.worker);
    if (sends_ && applied) {
      sending_.applied(job.worker);
      last_applied_[job.worker] = offered.number;
    }
    return {};
  }

 private:
  /// The chain must not remember what the server does not: what one that died had not saved, and
  /// jobs that another process computed in between.
  void check_memory(const Client::Job& job) {
    if (job.incarnation != incarnation_) {
      for (WorkerId each = 0; each < workers_; ++each) sending_.forget(each);
      incarnation_ = job.incarnation;
    }
    if (!sending_.fresh(job.worker) && last_applied_[job.worker] + 1 != job.number) {
      sending_.forget(job.worker);
    }
  }

  Client& client_;
  std::uint64_t incarnation_;
  WorkerId workers_;
  policy::Worker worker_;
  policy::Sending sending_;
  bool sends_;
  std::vector<JobNumber> last_applied_;  ///< (workers)
  policy::Update update_;
};

}  // namespace

Result<Work> work(Client& client, const problem::Problem& problem, const policy::Method& method,
                  const std::function<void(const Work&)>& progress) {
  if (const std::uint64_t dimension = client.welcome().dimension;
      dimension != 0 && dimension != problem.dimension()) {
    return fail({.code = "cluster/other-run",
                 .what = fmt::format("the server's model has {} parameters, this worker's {}",
                                     dimension, problem.dimension()),
                 .where = {},
                 .fix = "give the worker the same experiment, data and program as the server"});
  }
  Bench bench(client, problem, method);
  Work work;
  while (true) {
    const Result<std::optional<Client::Job>> job = client.next_job();
    if (!job) return fail(job.error());
    if (!*job) return work;
    if ((*job)->worker >= problem.workers()) {
      return fail({.code = "cluster/other-run",
                   .what = fmt::format("the server gave a job of worker {}; this problem has {}",
                                       (*job)->worker, problem.workers()),
                   .where = {},
                   .fix = "give the worker the same experiment, data and program as the server"});
    }
    try {
      if (Status done = bench.compute_and_send(**job, work); !done) return fail(done.error());
    } catch (const std::exception& error) {
      static_cast<void>(client.fail_job(**job, error.what()));
      throw;
    }
    if (progress) progress(work);
  }
}

}  // namespace tailrace::cluster
