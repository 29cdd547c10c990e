#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {

PartsServer::PartsServer(const Method& method, const ServerSetup& setup)
    : Server(setup.start),
      send_(method.send),
      each_(method.each),
      then_(method.then),
      step_size_(method.step_size),
      workers_(setup.workers),
      pool_(setup.pool),
      slices_(setup.slices) {
  constexpr std::uint32_t places_per_chain = 1000;
  PartSetup parts = setup.parts();
  for (Chain* chain : {&send_, &each_, &then_}) {
    chain->prepare(parts);
    parts.place += places_per_chain;
  }
}

Arrival PartsServer::describe(const Arrived& arrived, std::uint64_t concurrency) {
  return {.worker = arrived.worker,
          .job = arrived.job,
          .staleness = count(arrived, models_),
          .version = models_.version(),
          .model = models_.current(),
          .start = arrived.start,
          .workers = workers_,
          .concurrency = concurrency,
          .now = arrived.now};
}

Arrival PartsServer::here(Time now) const {
  return {
      .version = models_.version(), .model = models_.current(), .workers = workers_, .now = now};
}

bool PartsServer::accept(const Arrived& arrived, const Arrival& arrival, Update& update) {
  equip(update);
  if (arrived.fresh) send_.forget(arrived.worker);
  if (arrived.sent) {
    send_.note_sent(arrived.worker);
  } else {
    send_.apply(arrival, update);
    if (!send_.empty()) update.forget_norm();  // as that of an update the worker has applied it to
  }
  if (!update.discarded()) each_.apply(arrival, update);
  if (update.discarded()) ++counts_.discarded;
  return !update.discarded();
}

void PartsServer::step(Arrival arrival, const Combined& combined, Actions& actions) {
  arrival.staleness = combined.staleness_max;
  arrival.start = {};
  then_.apply(arrival, *combined.update);
  if (combined.update->discarded()) {
    counts_.discarded += combined.members;
    return;
  }
  actions.diverged =
      !Server::step(models_, *combined.update, step_size_at(step_size_, arrival.step()));
  actions.stepped = true;
}

std::vector<std::string> PartsServer::remarks() const {
  std::vector<std::string> out;
  for (const Chain* chain : {&send_, &each_, &then_}) chain->remarks(out);
  return out;
}

void PartsServer::state(Archive& archive) {
  Server::state(archive);
  send_.state(archive);
  each_.state(archive);
  then_.state(archive);
}

}  // namespace tailrace::policy
