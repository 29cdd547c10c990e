#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tailrace/catalog.hpp"
#include "tailrace/cluster/options.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/run.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/theory/given.hpp"

namespace tailrace::spec {

/// A job is one gradient.
struct LocalGradient {
  static constexpr std::string_view name = "gradient";
  static constexpr std::string_view summary = "A job is one gradient.";
  static constexpr std::string_view formula = "u = g(x)";
  static constexpr std::string_view source = "ours";
  static void fields(auto& /*self*/, auto&& /*field*/) {}
};

/// A job is K local steps; see policy::Local.
struct LocalSteps {
  static constexpr std::string_view name = "steps";
  static constexpr std::string_view summary = "A job is a number of local steps.";
  static constexpr std::string_view formula =
      "y_0 = x;  y_{k+1} = y_k - step_size each(g(y_k));  u = x - y_steps";
  static constexpr std::string_view source = "McMahan et al.: FedAvg, arXiv:1602.05629";
  static constexpr bool without_kind = true;

  std::uint32_t steps = 1;
  policy::Schedule step_size = policy::ConstantStep{};
  std::vector<Transforms::Choice> each;

  static void fields(auto& self, auto&& field) {
    field("steps", self.steps, Field{.unit = "steps", .min = 1, .doc = "local steps of one job"});
    field("step_size", self.step_size,
          Field{.doc = "of the local steps; schedules count server steps"});
    field("each", self.each, Field{.doc = "transforms of every local gradient, in this order"});
  }
};

using LocalChoice = std::variant<LocalGradient, LocalSteps>;

/// Who works next, and when; see policy::Next. A name alone says who.
struct NextPart {
  static constexpr bool from_first = true;

  Assigners::Choice who = policy::Sender{};
  policy::When when = policy::When::at_once;
  std::uint64_t in_flight = 0;
  std::uint64_t restart_after = 0;
  bool dynamic_steps = false;

  static void fields(auto& self, auto&& field) {
    field("who", self.who, Field{.doc = "gets the next job"});
    field("when", self.when,
          Field{.doc = "at_once: a job for every arrival; after_step: when the step it waits for "
                       "is done"});
    field("in_flight", self.in_flight,
          Field{.unit = "jobs", .max = 1e9, .doc = "at the beginning; 0: one for every worker"});
    field("restart_after", self.restart_after,
          Field{.unit = "steps",
                .max = 1e9,
                .doc = "a job that is so stale is stopped and its worker starts anew; 0: never"});
    field("dynamic_steps", self.dynamic_steps,
          Field{.doc = "fewer local steps for slower workers, by their measured speed"});
  }
};

/// A method without a recipe: its parts and a step size; see policy::Method.
struct Parts {
  static constexpr std::string_view name = "method";
  static constexpr std::string_view summary =
      "A method is a recipe with its options, or these parts.";
  static constexpr std::string_view formula =
      "u_i = send(local(x));  u_i <- each(u_i);  u = combine(u_1, u_2, ...);  u <- then(u);  "
      "x <- x - step_size u";

  LocalChoice local = LocalGradient{};
  std::vector<Transforms::Choice> send;
  std::vector<Transforms::Choice> each;
  Combiners::Choice combine = policy::AtOnce{};
  std::vector<Transforms::Choice> then;
  NextPart next;
  policy::Schedule step_size = policy::ConstantStep{};

  static void fields(auto& self, auto&& field) {
    field("local", self.local, Field{.doc = "what a worker does with a job"});
    field("send", self.send,
          Field{.doc = "what a worker does to an update before it sends it: compression, privacy"});
    field("each", self.each, Field{.doc = "what happens to every arriving update"});
    field("combine", self.combine, Field{.doc = "when updates become one step, and how"});
    field("then", self.then, Field{.doc = "what happens to the combined update"});
    field("next", self.next, Field{.doc = "who works next, and when"});
    field("step_size", self.step_size, Field{.doc = "multiplies the combined update"});
  }

  [[nodiscard]] policy::Method method() const;
};

/// One [[method]] of an experiment.
struct MethodSpec {
  std::string name;   ///< unique in its experiment; a folder is called so
  std::string group;  ///< of a grid: methods that are tuned against each other; else empty
  std::variant<Parts, Recipes::Choice> how;

  [[nodiscard]] policy::Method method() const;
};

/// Which engine carries the actions out.
enum class Engine { sim, threads, grpc, mpi };

/// The table [run].
struct Run {
  static constexpr std::string_view name = "run";
  static constexpr std::string_view summary = "How often, how long and by which engine.";

  std::vector<std::uint64_t> seeds = {1};
  engine::Stop stop;
  engine::Evaluate evaluate;
  Engine engine = Engine::sim;
  bool waits = true;
  std::uint32_t threads = 0;
  Time checkpoint_every{30'000'000'000};
  bool measure = false;
  bool save_model = false;

  static void fields(auto& self, auto&& field) {
    field("seeds", self.seeds,
          Field{.min = 0, .doc = "every method runs once with each; methods share their noise"});
    field("stop", self.stop, Field{.doc = "a run ends at the first of these"});
    field("evaluate", self.evaluate,
          Field{.doc = "full loss and gradient norm, free in virtual time; always at the beginning "
                       "and the end"});
    field(
        "engine", self.engine,
        Field{.doc =
                  "sim: exact virtual time; threads: real time on this machine; grpc: workers that "
                  "connect (tailrace serve); mpi: ranks (mpirun)"});
    field("waits", self.waits,
          Field{.doc = "with threads: take as long as [workers] says; false: as fast as it goes"});
    field("threads", self.threads,
          Field{.unit = "threads", .max = 4096, .doc = "computing threads; 0: one for every core"});
    field(
        "checkpoint_every", self.checkpoint_every,
        Field{
            .unit = "s", .min = 0, .above_min = true, .doc = "real time between two checkpoints"});
    field("measure", self.measure,
          Field{.doc = "AsGrad's sequence correlation and delay variance, and the distance to the "
                       "virtual iterate; costs full gradients"});
    field(
        "save_model", self.save_model,
        Field{.doc = "the final parameters as model.safetensors beside each result; problems with "
                     "weights = \"...\" start from such a file"});
  }
};

/// A whole experiment: one problem, its workers, and the methods to compare.
struct Experiment {
  std::string title = "untitled";
  Problems::Choice problem;
  delay::Workers workers;
  Run run;
  cluster::Cluster cluster;  ///< with the engines grpc and mpi
  theory::Given theory;      ///< what the user knows of the problem; no run depends on it
  std::vector<MethodSpec> methods;
};

}  // namespace tailrace::spec

template <>
struct tailrace::EnumNames<tailrace::spec::Engine> {
  static constexpr std::array values = {
      std::pair{std::string_view("sim"), tailrace::spec::Engine::sim},
      std::pair{std::string_view("threads"), tailrace::spec::Engine::threads},
      std::pair{std::string_view("grpc"), tailrace::spec::Engine::grpc},
      std::pair{std::string_view("mpi"), tailrace::spec::Engine::mpi}};
};
