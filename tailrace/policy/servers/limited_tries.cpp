#include "tailrace/policy/servers/limited_tries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tailrace/core/check.hpp"
#include "tailrace/policy/combine/members.hpp"
#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {
namespace {

/// The entry of worker i in a list of one for all or one for each.
template <class T>
T of_worker(const std::vector<T>& list, WorkerId worker) {
  return list.size() == 1 ? list.front() : list[worker];
}

class LimitedTriesServer final : public PartsServer {
 public:
  LimitedTriesServer(const LimitedTries& options, const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup),
        options_(options),
        records_(setup.workers),
        members_(setup.start.size()) {
    TAILRACE_CHECK(options.check(setup.workers).empty());
    equip(sum_);
  }

  void begin(Actions& actions) override { begin_round(Time{0}, actions); }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived, open_);
    if (accept(arrived, arrival, update)) {
      members_.add(arrival, arrived.job, update);
      ++records_[arrived.worker].successes;
    }
    finish_try(arrived.worker, arrived.now, actions);
  }

  void timer(std::uint64_t name, Time now, Actions& actions) override {
    const auto worker = static_cast<WorkerId>(name >> 32);
    if (name != name_of(worker)) return;  // the try has succeeded meanwhile
    actions.cancel.push_back(worker);
    ++counts_.canceled;
    finish_try(worker, now, actions);
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    const std::size_t count = records_.size();
    archive(records_, open_);
    if (records_.size() != count) {
      records_.resize(count);
      return archive.refuse();
    }
    members_.state(archive, ~std::uint64_t{0});
  }

 private:
  struct Record {
    std::uint32_t number = 0;     ///< tells the try at hand from all others
    std::uint64_t tries = 0;      ///< begun, in the whole run
    std::uint64_t successes = 0;  ///< in the whole run
    std::uint64_t left = 0;       ///< in this round
  };

  void begin_round(Time now, Actions& actions) {
    open_ = 0;
    for (WorkerId worker = 0; worker < workers(); ++worker) {
      records_[worker].left = of_worker(options_.tries, worker);
      if (records_[worker].left == 0) continue;
      ++open_;
      begin_try(worker, now, actions);
    }
  }

  void begin_try(WorkerId worker, Time now, Actions& actions) {
    Record& record = records_[worker];
    --record.left;
    ++record.tries;
    actions.start.push_back({.worker = worker});
    actions.timers.push_back(
        {.at = now + of_worker(options_.limits, worker), .name = name_of(worker)});
  }

  void finish_try(WorkerId worker, Time now, Actions& actions) {
    Record& record = records_[worker];
    ++record.number;
    if (record.left > 0) return begin_try(worker, now, actions);
    if (--open_ > 0) return;
    finish_round(now, actions);
    begin_round(now, actions);
  }

  void finish_round(Time now, Actions& actions) {
    if (members_.size() == 0) return;
    double expected = 0;
    for (WorkerId worker = 0; worker < workers(); ++worker) {
      expected += success_of(worker) * static_cast<double>(of_worker(options_.tries, worker));
    }
    members_.add_up(1 / expected, sum_);
    step(here(now), {&sum_, members_.staleness_max(), members_.size()}, actions);
    members_.clear();
  }

  [[nodiscard]] std::uint64_t name_of(WorkerId worker) const {
    return std::uint64_t{worker} << 32 | records_[worker].number;
  }

  [[nodiscard]] double success_of(WorkerId worker) const {
    if (!options_.success.empty()) return of_worker(options_.success, worker);
    const Record& record = records_[worker];
    return static_cast<double>(record.successes + 1) / static_cast<double>(record.tries + 1);
  }

  LimitedTries options_;
  std::vector<Record> records_;
  Members members_;
  Update sum_;
  std::uint64_t open_ = 0;  ///< workers that still have a try in this round
};

}  // namespace

Errors LimitedTries::check(std::uint32_t workers) const {
  Errors errors;
  const auto check_list = [&](std::size_t size, const std::string& name) {
    if (size == 1 || size == workers) return;
    errors.push_back({.code = "method/list-length",
                      .what = fmt::format("{} has {} entries for {} workers", name, size, workers),
                      .where = name,
                      .fix = "give one that holds for all, or one for every worker"});
  };
  check_list(tries.size(), "tries_each");
  check_list(limits.size(), "limits");
  if (!success.empty()) check_list(success.size(), "success");
  if (std::all_of(tries.begin(), tries.end(), [](std::uint64_t count) { return count == 0; })) {
    errors.push_back({.code = "method/step-of-nothing",
                      .what = "nobody has a try",
                      .where = "tries",
                      .fix = "give at least one worker a try"});
  }
  return errors;
}

std::unique_ptr<Server> LimitedTries::make(const Method& method, const ServerSetup& setup) const {
  return std::make_unique<LimitedTriesServer>(*this, method, setup);
}

}  // namespace tailrace::policy
