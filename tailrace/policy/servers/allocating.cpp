#include "tailrace/policy/servers/allocating.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>
#include <tuple>

#include "tailrace/policy/combine/members.hpp"
#include "tailrace/policy/pace.hpp"
#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {
namespace {

class AllocatingServer final : public PartsServer {
 public:
  AllocatingServer(const Allocating& options, const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup),
        options_(options),
        pace_(setup.workers),
        members_(setup.start.size()) {
    equip(mean_);
  }

  void begin(Actions& actions) override { begin_round(Time{0}, actions); }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived, missing_);
    pace_.arrived(arrived.worker, arrived.steps, arrived.now);
    if (accept(arrived, arrival, update)) members_.add(arrival, arrived.job, update);
    if (--missing_ > 0) return;
    if (members_.size() > 0) {
      members_.add_up(1.0 / static_cast<double>(members_.size()), mean_);
      step(arrival, {&mean_, members_.staleness_max(), members_.size()}, actions);
      members_.clear();
    }
    begin_round(arrived.now, actions);
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    archive(pace_, round_, missing_);
    members_.state(archive, options_.batch);
  }

 private:
  void begin_round(Time now, Actions& actions) {
    ++round_;
    std::vector<Candidate> candidates;
    for (WorkerId worker = 0; worker < workers(); ++worker) candidates.push_back(look_at(worker));
    const std::vector<std::uint64_t> jobs = allocate(candidates, options_.batch);
    for (WorkerId worker = 0; worker < workers(); ++worker) {
      for (std::uint64_t job = 0; job < jobs[worker]; ++job) {
        pace_.given(worker, now);
        actions.start.push_back({.worker = worker});
      }
    }
    missing_ = options_.batch;
  }

  [[nodiscard]] Candidate look_at(WorkerId worker) const {
    const std::uint64_t tried = pace_.jobs(worker);
    if (!options_.seconds.empty()) return {options_.seconds[worker], tried};
    if (tried == 0) return {};
    const double mean = pace_.step_mean(worker);
    const double alpha = options_.alpha > 0 ? options_.alpha : 2 * mean;
    const double round = static_cast<double>(round_);
    const double share = std::log(2 * round * round) / static_cast<double>(tried);
    const double margin = 4 * std::numbers::e * alpha * (std::sqrt(share) + share);
    return {std::max(0.0, mean - margin), tried};
  }

  Allocating options_;
  Pace pace_;
  Members members_;
  Update mean_;
  std::uint64_t round_ = 0;
  std::uint64_t missing_ = 0;
};

}  // namespace

std::vector<std::uint64_t> allocate(std::span<const Candidate> workers, std::uint64_t batch) {
  using Key = std::tuple<double, std::uint64_t, std::uint64_t, std::size_t>;
  std::vector<std::uint64_t> jobs(workers.size(), 0);
  const auto key = [&](std::size_t worker) -> Key {
    const Candidate& candidate = workers[worker];
    return {candidate.seconds * static_cast<double>(jobs[worker] + 1), jobs[worker],
            candidate.tried, worker};
  };
  std::priority_queue<Key, std::vector<Key>, std::greater<>> next;
  for (std::size_t worker = 0; worker < workers.size(); ++worker) next.push(key(worker));
  for (std::uint64_t given = 0; given < batch; ++given) {
    const std::size_t worker = std::get<3>(next.top());
    next.pop();
    ++jobs[worker];
    next.push(key(worker));
  }
  return jobs;
}

Errors Allocating::check(std::uint32_t workers) const {
  if (seconds.empty() || seconds.size() == workers) return {};
  return {{.code = "method/list-length",
           .what = fmt::format("there are {} times for {} workers", seconds.size(), workers),
           .where = "seconds",
           .fix = "give one for every worker, or none"}};
}

std::unique_ptr<Server> Allocating::make(const Method& method, const ServerSetup& setup) const {
  return std::make_unique<AllocatingServer>(*this, method, setup);
}

}  // namespace tailrace::policy
