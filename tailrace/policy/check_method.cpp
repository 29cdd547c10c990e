#include "tailrace/policy/check_method.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "tailrace/policy/transform/mix_in.hpp"

namespace tailrace::policy {
namespace {

void append(Errors& errors, const Status& status) {
  if (status) return;
  errors.insert(errors.end(), status.error().begin(), status.error().end());
}

void check_step_size(const Schedule& schedule, const std::string& key, Errors& errors) {
  std::visit([&](const auto& kind) { append(errors, check_ranges(kind, key)); }, schedule);
}

/// `single` chains see updates one by one, with the jobs and starting points they come from.
void check_chain(const Chain& chain, std::string_view part, bool single, Errors& errors) {
  for (std::size_t i = 0; i < chain.parts().size(); ++i) {
    const AnyTransform& transform = chain.parts()[i];
    const std::string key = fmt::format("{}[{}]", part, i);
    append(errors, transform.check(key));
    if (transform.needs_job() && !single) {
      errors.push_back({.code = "method/needs-job",
                        .what = fmt::format("{} has to know whose update it is, which {} does not",
                                            transform.name(), part),
                        .where = key,
                        .fix = "move it to send or each"});
    }
    if (transform.needs_start() && !single) {
      errors.push_back({.code = "method/needs-start",
                        .what = fmt::format("{} needs the model that an update started from, which "
                                            "{} does not have",
                                            transform.name(), part),
                        .where = key,
                        .fix = "move it to each"});
    }
  }
}

void check_local(const Local& local, Errors& errors) {
  if (local.steps == 0) {
    errors.push_back({.code = "method/no-local-steps",
                      .what = "a job of 0 local steps computes nothing",
                      .where = "local.steps",
                      .fix = "choose 1 or more"});
  }
  if (local.gradient() && (local.steps > 1 || !local.each.empty())) {
    errors.push_back(
        {.code = "method/no-local-step-size",
         .what = "local steps need a step size; without one a job is one gradient",
         .where = "local.step_size",
         .fix = "give local.step_size, or leave local.steps at 1 and local.each empty"});
  }
  if (local.step_size) check_step_size(*local.step_size, "local.step_size", errors);
  check_chain(local.each, "local.each", false, errors);
}

void check_dynamic_steps(const Method& method, Errors& errors) {
  if (!method.next.dynamic_steps || !method.local.gradient()) return;
  errors.push_back({.code = "method/no-local-step-size",
                    .what = "local steps that follow each worker's speed need a step size",
                    .where = "next.dynamic_steps",
                    .fix = "give local.step_size, or leave dynamic_steps out"});
}

void check_restarts(const Next& next, std::uint32_t workers, Errors& errors) {
  if (next.restart_after == 0 || (next.who.to_sender() && next.concurrency(workers) <= workers)) {
    return;
  }
  errors.push_back({.code = "method/restart-needs-sender",
                    .what = "stale jobs can be restarted only where every worker has one job, and "
                            "its next when it has delivered",
                    .where = "next.restart_after",
                    .fix = "choose next = \"sender\" with at most one job in flight a worker, or "
                           "drop_stale in place of restarting"});
}

/// mix_in makes the step size a share of the new model in the mixture.
void check_mixing(const Method& method, Errors& errors) {
  const auto& parts = method.each.parts();
  const bool mixes = std::any_of(parts.begin(), parts.end(), [](const AnyTransform& part) {
    return part.name() == MixIn::name;
  });
  if (!mixes) return;
  const double first =
      std::visit([](const auto& schedule) { return schedule.value; }, method.step_size);
  // Schedules are monotonous after their warm-up, so the far end tells whether they grow past it.
  const double share = std::max(first, step_size_at(method.step_size, std::uint64_t{1} << 40));
  if (share <= 1) return;
  errors.push_back({.code = "method/mixes-more-than-all",
                    .what = fmt::format("a mixture cannot hold {} times the fresh model", share),
                    .where = "step_size",
                    .fix = "choose a mixing of at most 1"});
}

void check_waiting(const Method& method, std::uint32_t workers, Errors& errors) {
  const std::uint64_t needed = method.combine.waits_for(workers);
  const std::uint64_t in_flight = method.next.concurrency(workers);
  if (needed == 0) {
    errors.push_back({.code = "method/step-of-nothing",
                      .what = "a step of 0 updates has no meaning",
                      .where = "combine",
                      .fix = "choose 1 or more"});
  }
  constexpr std::uint64_t updates_max = 1'000'000;  // of every job in flight
  if (method.next.when == When::at_once && in_flight > 0 && needed / in_flight > updates_max) {
    errors.push_back(
        {.code = "method/waits-too-long",
         .what = fmt::format("a step takes {} updates from {} jobs in flight: more than a million "
                             "from each before the model moves once",
                             needed, in_flight),
         .where = "combine",
         .fix = fmt::format("collect at most {}", in_flight * updates_max)});
  }
  if (method.next.when == When::after_step && needed > in_flight) {
    errors.push_back(
        {.code = "method/waits-forever",
         .what = fmt::format("a step takes {} updates, but only {} can be in flight, and nobody is "
                             "given a new job before the step",
                             needed, in_flight),
         .where = "combine",
         .fix = fmt::format("collect at most {}, or have at least {} jobs in flight, or give new "
                            "jobs at once",
                            in_flight, needed)});
  }
}

void refuse_to_slice(std::string_view name, std::string where, Errors& errors) {
  errors.push_back({.code = "cluster/not-sliceable",
                    .what = fmt::format("{} looks at whole vectors, of which a server that holds a "
                                        "slice of the model sees a part",
                                        name),
                    .where = std::move(where),
                    .fix = "let one rank serve (cluster.slices = 1), or leave that part out"});
}

}  // namespace

Errors check(const Method& method, std::uint32_t workers) {
  Errors errors;
  if (workers == 0) {
    errors.push_back({.code = "method/no-workers",
                      .what = "there are 0 workers",
                      .where = "workers",
                      .fix = "choose 1 or more"});
    return errors;
  }
  check_local(method.local, errors);
  check_chain(method.send, "send", true, errors);
  check_chain(method.each, "each", true, errors);
  check_waiting(method, workers, errors);
  check_restarts(method.next, workers, errors);
  check_dynamic_steps(method, errors);
  check_chain(method.then, "then", false, errors);
  check_step_size(method.step_size, "step_size", errors);
  check_mixing(method, errors);
  if (method.server) {
    const Errors own = method.server->check(workers);
    errors.insert(errors.end(), own.begin(), own.end());
  }
  return errors;
}

Errors check_sliceable(const Method& method) {
  Errors errors;
  const auto check_parts = [&](const Chain& chain, std::string_view part) {
    for (std::size_t i = 0; i < chain.parts().size(); ++i) {
      const AnyTransform& transform = chain.parts()[i];
      if (transform.sliceable()) continue;
      refuse_to_slice(transform.name(), fmt::format("{}[{}]", part, i), errors);
    }
  };
  // A server of its own may have a mind of its own about `send`.
  if (!method.send.on_worker() || method.server) check_parts(method.send, "send");
  check_parts(method.each, "each");
  check_parts(method.then, "then");
  if (method.server) {
    if (!method.server->sliceable()) refuse_to_slice("the method's server", "server", errors);
  } else if (!method.combine.sliceable()) {
    refuse_to_slice(method.combine.name(), "combine", errors);
  }
  return errors;
}

}  // namespace tailrace::policy
