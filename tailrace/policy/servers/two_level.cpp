#include "tailrace/policy/servers/two_level.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "tailrace/policy/pace.hpp"
#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {
namespace {

class TwoLevelServer final : public PartsServer {
 public:
  TwoLevelServer(const TwoLevel& options, const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup),
        options_(options),
        steps_(method.next.dynamic_steps, method.local.steps, setup.workers) {
    constexpr std::uint32_t place_of_regions = 10'000;
    PartSetup parts = setup.parts();
    for (std::uint32_t r = 0; r < options.regions; ++r) {
      parts.place = place_of_regions * (r + 1);
      regions_.emplace_back(setup.start, options.regional).chain.prepare(parts);
    }
  }

  void begin(Actions& actions) override {
    for (WorkerId worker = 0; worker < workers(); ++worker) start(worker, Time{0}, actions);
  }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    Region& region = regions_[region_of(arrived.worker)];
    const Arrival arrival = describe_in(region, arrived);
    steps_.arrived(arrived.worker, arrived.steps, arrived.now);
    --in_flight_;
    if (accept(arrived, arrival, update)) {
      region.chain.apply(arrival, update);
      const double step_size = step_size_at(options_.regional_step_size, arrival.step());
      if (!update.discarded()) {
        actions.diverged = !Server::step(region.models, update, step_size);
      }
      ++region.since;
    }
    if (region.since >= options_.period && !region.busy) send(region, arrived.now, actions);
    start(arrived.worker, arrived.now, actions);
  }

  void timer(std::uint64_t name, Time now, Actions& actions) override {
    Region& region = regions_[name / 2];
    if (name % 2 == 0) {
      take_in(region, now, actions);
    } else {
      merge(region);
    }
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    for (Region& region : regions_) {
      archive(region.models, region.since, region.busy, region.merged, region.mail);
      region.chain.state(archive);
      if (region.merged.size() != models_.dimension()) return archive.refuse();
    }
    archive(steps_, in_flight_);
  }

 private:
  struct Region {
    Region(std::span<const Real> start, Chain own)
        : models(start), chain(std::move(own)), merged(start.begin(), start.end()) {}
    ModelStore models;
    Chain chain;
    std::uint64_t since = 0;   ///< updates since it last sent
    bool busy = false;         ///< an exchange is under way
    std::vector<Real> merged;  ///< its model after the last merge
    std::vector<Real> mail;    ///< what is under way: u_r, then the global model
  };

  [[nodiscard]] std::uint32_t region_of(WorkerId worker) const {
    return static_cast<std::uint32_t>(std::uint64_t{worker} * options_.regions / workers());
  }

  ModelStore& branch_models(std::uint32_t branch) override { return regions_[branch - 1].models; }

  Arrival describe_in(Region& region, const Arrived& arrived) {
    return {.worker = arrived.worker,
            .job = arrived.job,
            .staleness = count(arrived, region.models),
            .version = region.models.version(),
            .model = region.models.current(),
            .start = arrived.start,
            .workers = workers(),
            .concurrency = in_flight_,
            .now = arrived.now};
  }

  void start(WorkerId worker, Time now, Actions& actions) {
    actions.start.push_back(
        {.worker = worker, .steps = steps_.given(worker, now), .branch = region_of(worker) + 1});
    ++in_flight_;
  }

  void send(Region& region, Time now, Actions& actions) {
    region.busy = true;
    region.since = 0;
    const std::span<const Real> model = region.models.current();
    region.mail.resize(model.size());
    for (std::size_t i = 0; i < model.size(); ++i) region.mail[i] = region.merged[i] - model[i];
    after_latency(region, 0, now, actions);
  }

  void take_in(Region& region, Time now, Actions& actions) {
    update_.start(models_.dimension(), std::array{Update::Source{region.mail.data(), 1}});
    equip(update_);
    step(here(now), {&update_}, actions);
    const std::span<const Real> model = models_.current();
    region.mail.assign(model.begin(), model.end());
    after_latency(region, 1, now, actions);
  }

  void merge(Region& region) {
    const auto share = static_cast<Real>(options_.mixing);
    const auto [from, to] = region.models.begin_step();
    for (std::size_t i = 0; i < region.mail.size(); ++i) {
      to[i] = (1 - share) * from[i] + share * region.mail[i];
      region.merged[i] = to[i];
    }
    region.models.end_step();
    region.busy = false;
  }

  /// The mail's next stop; at once if it takes no time.
  void after_latency(Region& region, std::uint64_t stop, Time now, Actions& actions) {
    const auto index = static_cast<std::uint64_t>(&region - regions_.data());
    if (options_.latency > Time{0}) {
      actions.timers.push_back({.at = now + options_.latency, .name = 2 * index + stop});
    } else if (stop == 0) {
      take_in(region, now, actions);
    } else {
      merge(region);
    }
  }

  TwoLevel options_;
  DynamicSteps steps_;
  std::vector<Region> regions_;
  Update update_;
  std::uint64_t in_flight_ = 0;
};

}  // namespace

Errors TwoLevel::check(std::uint32_t workers) const {
  if (regions <= workers) return {};
  return {{.code = "method/more-regions-than-workers",
           .what = fmt::format("{} regions cannot share {} workers", regions, workers),
           .where = "regions",
           .fix = fmt::format("choose at most {}", workers)}};
}

std::unique_ptr<Server> TwoLevel::make(const Method& method, const ServerSetup& setup) const {
  return std::make_unique<TwoLevelServer>(*this, method, setup);
}

}  // namespace tailrace::policy
