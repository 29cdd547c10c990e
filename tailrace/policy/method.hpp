#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tailrace/policy/assign.hpp"
#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/combine.hpp"
#include "tailrace/policy/combine/at_once.hpp"
#include "tailrace/policy/local.hpp"
#include "tailrace/policy/schedule.hpp"
#include "tailrace/policy/server.hpp"

namespace tailrace::policy {

/// When a worker that has delivered an update is given work again.
enum class When {
  at_once,     ///< a job for every arrival: workers own the clock ("client-centric")
  after_step,  ///< arrivals are answered when the step they wait for is done ("server-centric",
               ///< "waiting")
};

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::When> {
  static constexpr std::array values = {
      std::pair{std::string_view("at_once"), policy::When::at_once},
      std::pair{std::string_view("after_step"), policy::When::after_step}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Any combiner's options, held by value.
class Combine {
 public:
  template <CombineOptions T>
  Combine(T options)  // NOLINT(google-explicit-constructor): parts of a recipe read as values
      : name_(T::name),
        make_([options](const PartSetup& setup) { return options.make(setup); }),
        waits_for_([options](std::uint32_t workers) { return options.waits_for(workers); }),
        holds_([options](std::uint32_t workers) -> std::uint64_t {
          if constexpr (requires { options.holds(workers); }) return options.holds(workers);
          // A buffer of one passes the update on.
          const std::uint64_t size = options.waits_for(workers);
          return size == 1 ? 0 : size;
        }),
        sliceable_(is_sliceable(options)) {}

  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& setup) const {
    return make_(setup);
  }
  /// Updates in one step.
  [[nodiscard]] std::uint64_t waits_for(std::uint32_t workers) const { return waits_for_(workers); }
  [[nodiscard]] std::string_view name() const { return name_; }
  /// Whether servers that hold a slice of the model each may run it, see Slices.
  [[nodiscard]] bool sliceable() const { return sliceable_; }
  /// Updates that are kept from event to event, as vectors of Real.
  [[nodiscard]] std::uint64_t holds(std::uint32_t workers) const { return holds_(workers); }

 private:
  std::string_view name_;
  std::function<std::unique_ptr<Combiner>(const PartSetup&)> make_;
  std::function<std::uint64_t(std::uint32_t)> waits_for_;
  std::function<std::uint64_t(std::uint32_t)> holds_;
  bool sliceable_;
};

/// Any assigner's options, held by value.
class Assign {
 public:
  template <AssignOptions T>
  Assign(T options)  // NOLINT(google-explicit-constructor): parts of a recipe read as values
      : make_([options](const PartSetup& setup) { return options.make(setup); }),
        may_queue_(T::may_queue),
        to_sender_(std::same_as<T, Sender>) {}

  [[nodiscard]] std::unique_ptr<Assigner> make(const PartSetup& setup) const {
    return make_(setup);
  }
  /// Whether a worker that is busy may be given another job.
  [[nodiscard]] bool may_queue() const { return may_queue_; }
  /// Whether every job goes to the worker that has just delivered one.
  [[nodiscard]] bool to_sender() const { return to_sender_; }

 private:
  std::function<std::unique_ptr<Assigner>(const PartSetup&)> make_;
  bool may_queue_;
  bool to_sender_;
};

/// Who works next, and when.
struct Next {
  Assign who = Sender{};
  When when = When::at_once;
  std::uint64_t in_flight = 0;  ///< jobs given out at the beginning; 0: one for every worker [jobs]
  /// R: a job is stopped, and its worker given a new one, as soon as the model is R steps ahead of
  /// its start; 0: never. 1 restarts everyone at every step. Only with Sender. [steps]
  std::uint64_t restart_after = 0;
  /// Local steps follow each worker's measured speed; local.steps is what the fastest gets.
  bool dynamic_steps = false;

  [[nodiscard]] std::uint64_t concurrency(std::uint32_t workers) const {
    return in_flight == 0 ? workers : in_flight;
  }
};

struct Method;

struct ServerSetup {
  std::span<const Real> start;  ///< (dimension) the starting point
  std::uint32_t workers = 1;
  std::uint64_t seed = 0;
  Pool* pool = nullptr;                 ///< threads for sweeps over large models
  Slices* slices = nullptr;             ///< those who hold the rest; null: `start` is all
  const Layout* layout = nullptr;       ///< tensors of the model; null: one vector
  std::span<const double> shares = {};  ///< (workers) of all samples, sum to 1; empty: all alike

  /// The same for the method's parts.
  [[nodiscard]] PartSetup parts() const {
    return {.dimension = start.size(),
            .workers = workers,
            .seed = seed,
            .pool = pool,
            .slices = slices,
            .layout = layout,
            .shares = shares};
  }
};

/// Any server that is not composed of parts, by its options, which say what is wrong with them and
/// make it.
class OwnServer {
 public:
  template <class T>
  OwnServer(T options)  // NOLINT(google-explicit-constructor): parts of a recipe read as values
      : make_([options](const Method& method, const ServerSetup& setup) {
          return options.make(method, setup);
        }),
        check_([options](std::uint32_t workers) { return options.check(workers); }),
        sliceable_(is_sliceable(options)) {}

  [[nodiscard]] std::unique_ptr<Server> make(const Method& method, const ServerSetup& setup) const {
    return make_(method, setup);
  }
  /// Everything that keeps it from working with so many workers; `where` is an option's name.
  [[nodiscard]] Errors check(std::uint32_t workers) const { return check_(workers); }
  /// Whether servers that hold a slice of the model each may run it, see Slices.
  [[nodiscard]] bool sliceable() const { return sliceable_; }

 private:
  std::function<std::unique_ptr<Server>(const Method&, const ServerSetup&)> make_;
  std::function<Errors(std::uint32_t)> check_;
  bool sliceable_;
};

/// A method is five small choices and a step size:
///
///     job       u_i  = local(x);   u_i <- send(u_i)      on the worker
///     arrival   u_i <- each(u_i, tau)
///     step      u    = combine(u_1, u_2, ...);   u <- then(u);   x <- x - step_size_t * u
///     next      who is given a job from the new x, and when
///
/// Recipes fill it in; `make_server` brings it to life. It is a plain value and can be copied and
/// changed. A method whose server is none of this (two levels of servers, allocation of jobs by
/// measured speed) brings its own in `server`, which then decides what of the parts it uses.
struct Method {
  Local local = {};
  /// What a worker does to an update before it sends it (compression, noise for privacy), with what
  /// it remembers of its earlier ones. Engines in one process run it when the update arrives, which
  /// is the same: a worker's updates arrive in the order in which they were sent.
  Chain send = {};
  Chain each = {};
  Combine combine = AtOnce{};
  Chain then = {};
  Next next = {};
  Schedule step_size = ConstantStep{};
  std::optional<OwnServer> server = {};
};

/// The state machine of a method; the method is copied.
[[nodiscard]] std::unique_ptr<Server> make_server(const Method& method, const ServerSetup& setup);

}  // namespace tailrace::policy
