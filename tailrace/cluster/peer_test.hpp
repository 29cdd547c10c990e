#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tailrace/cluster/host.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/engine/engine_test.hpp"

/// A host whose sessions say exactly what a test tells them to, by a clock that a test sets. For
/// tests only; not installed.
namespace tailrace::cluster::testing {

/// The server's end of a session: writes down what the host does with it.
class Recorder final : public Session {
 public:
  void send(Outgoing message) override {
    const std::lock_guard lock(mutex_);
    Result<Frame> frame = decode(message.frame);
    TAILRACE_CHECK(frame.has_value());
    frames.push_back(std::move(*frame));
    if (!message.body.bytes.empty()) {
      const std::span<const std::byte> bytes = message.body.bytes;
      model.assign(reinterpret_cast<const Real*>(bytes.data()),
                   reinterpret_cast<const Real*>(bytes.data()) + bytes.size() / sizeof(Real));
    }
  }
  void finish() override { finished = true; }
  void resume() override { ++resumed; }

  std::vector<Frame> frames;  ///< sent to the worker, oldest first
  std::vector<Real> model;    ///< sent last
  std::atomic<bool> finished = false;
  std::atomic<int> resumed = 0;

 private:
  std::mutex mutex_;
};

/// A worker without a mind of its own.
class Peer {
 public:
  Peer(Host& host, Identity identity) : host_(host) {
    id_ = host.open(recorder_, std::move(identity));
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { hang_up(); }

  void hang_up() {
    if (std::exchange(here_, false)) host_.closed(id_, "hung up");
  }

  Receive say(const Frame& frame) { return say(encode(frame)); }
  Receive say(const std::vector<std::byte>& message) { return host_.receive(id_, message); }
  Receive say_chunk(std::uint64_t offset, std::span<const std::byte> bytes) {
    return say(encode(Chunk{offset, bytes}));
  }

  Receive say_chunk(std::uint64_t offset, const std::vector<Real>& values) {
    return say_chunk(offset, std::as_bytes(std::span(values)));
  }

  /// An update in one piece, as its values are.
  Receive upload(Ticket ticket, const std::vector<Real>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    const Receive offered = say(UpdateOffer{.ticket = ticket, .bytes = bytes.size()});
    return offered == Receive::more ? say_chunk(0, bytes) : offered;
  }

  /// The last of a kind that the host has sent; nothing if there is none.
  template <class T>
  [[nodiscard]] std::optional<T> last() const {
    std::optional<T> found;
    for (const Frame& frame : recorder_->frames) {
      if (const auto* match = std::get_if<T>(&frame)) found = *match;
    }
    return found;
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    std::size_t count = 0;
    for (const Frame& frame : recorder_->frames) count += std::holds_alternative<T>(frame) ? 1 : 0;
    return count;
  }

  [[nodiscard]] Ticket ticket() const { return last<JobOffer>().value_or(JobOffer{}).ticket; }
  [[nodiscard]] std::optional<Refusal> refusal() const {
    const auto refused = last<Refused>();
    return refused ? std::optional(refused->reason) : std::nullopt;
  }
  /// Why the host ended the session, if it did.
  [[nodiscard]] std::optional<Parting> parting() const {
    const auto farewell = last<Farewell>();
    return farewell ? std::optional(farewell->reason) : std::nullopt;
  }
  [[nodiscard]] const std::vector<Real>& model() const { return recorder_->model; }
  [[nodiscard]] int resumed() const { return recorder_->resumed; }
  [[nodiscard]] bool finished() const { return recorder_->finished; }

 private:
  Host& host_;
  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  Host::SessionId id_ = 0;
  bool here_ = true;
};

/// Four parameters that begin at 0; every update is subtracted once, step size 1, as it arrives.
/// Worker i's certificate is "w<i>" and speaks for worker i.
class Stage {
 public:
  static constexpr std::size_t dimension = 4;

  explicit Stage(Cluster cluster = {}, engine::RunOptions options = {}, WorkerId workers = 3)
      : problem_({.workers = workers, .dimension = dimension}),
        method_({.step_size = policy::ConstantStep{.value = 1}}),
        options_(std::move(options)),
        host_options_({.cluster = cluster, .program = "test", .fingerprint = 7, .clock = [this] {
                         return now_;
                       }}) {
    if (!options_.stop.steps) options_.stop.steps = 1000;
    start();
  }

  /// The server dies, and another one takes its place.
  void restart() {
    host_.reset();
    options_.checkpoint.resume = true;
    start();
  }

  [[nodiscard]] Host& host() { return *host_; }
  [[nodiscard]] Standings standings() const { return host_->standings(); }
  [[nodiscard]] std::uint64_t refused(Refusal reason) const {
    return standings().refused[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] std::uint64_t parted(Parting reason) const {
    return standings().partings[static_cast<std::size_t>(reason)];
  }

  [[nodiscard]] Identity identity(WorkerId worker) const {
    return {.name = "w" + std::to_string(worker), .address = "here", .workers = {worker}};
  }
  [[nodiscard]] std::unique_ptr<Peer> connect(WorkerId worker) {
    return std::make_unique<Peer>(*host_, identity(worker));
  }
  [[nodiscard]] std::unique_ptr<Peer> join(WorkerId worker) {
    auto peer = connect(worker);
    peer->say(Hello{.workers = {worker}});
    return peer;
  }
  /// For all workers, with a certificate for any.
  [[nodiscard]] std::unique_ptr<Peer> join_as(const std::string& name,
                                              std::vector<WorkerId> workers = {}) {
    auto peer = std::make_unique<Peer>(*host_, Identity{.name = name, .address = "here"});
    peer->say(Hello{.workers = std::move(workers)});
    return peer;
  }

  /// Time passes, and the host looks at the clock.
  void pass(std::chrono::milliseconds time) {
    now_ += time;
    host_->tick();
  }
  void pass_in_steps(std::chrono::milliseconds step, int times,
                     const std::function<void()>& between) {
    for (int i = 0; i < times; ++i) {
      between();
      pass(step);
    }
  }

 private:
  void start() {
    auto made = make_host(problem_, method_, options_, host_options_);
    TAILRACE_CHECK(made.has_value());
    host_ = std::move(*made);
  }

  engine::testing::Toy problem_;
  policy::Method method_;
  engine::RunOptions options_;
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  HostOptions host_options_;
  std::unique_ptr<Host> host_;
};

/// An update that subtracts `value` from every parameter.
inline std::vector<Real> update(Real value) { return std::vector<Real>(Stage::dimension, value); }
/// The model after updates that add up to so much.
inline std::vector<Real> model(Real sum) { return std::vector<Real>(Stage::dimension, -sum); }

}  // namespace tailrace::cluster::testing
