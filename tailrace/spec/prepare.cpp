#include "tailrace/spec/prepare.hpp"

#include <fmt/format.h>

#include <utility>

#include "tailrace/delay/workers.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/spec/check.hpp"
#include "tailrace/spec/memory.hpp"
#include "tailrace/spec/read_experiment.hpp"

namespace tailrace::spec {
namespace {

class Preparer {
 public:
  Preparer(Experiment experiment, const Node& document, Findings& findings)
      : document_(document), findings_(findings) {
    prepared_.experiment = std::move(experiment);
  }

  Prepared run() {
    // Errors of other tables do not keep the problem's own from being found now.
    const bool countable = !findings_.touch("workers.count") && !findings_.touch("problem");
    const problem::ProblemSize size = countable ? size_of_problem() : problem::ProblemSize{};
    if (!fits(size)) return std::move(prepared_);
    if (countable) build_problems(size);
    if (!findings_.touch("workers")) build_timing();
    return std::move(prepared_);
  }

 private:
  [[nodiscard]] problem::ProblemSize size_of_problem() const {
    const Experiment& experiment = prepared_.experiment;
    return std::visit([&](const auto& options) { return options.size(experiment.workers.count); },
                      experiment.problem);
  }

  [[nodiscard]] bool fits(const problem::ProblemSize& size) {
    const std::size_t before = findings_.size();
    check_memory(prepared_.experiment, size, available_memory(), document_, findings_);
    return findings_.size() == before;
  }

  void build_problems(problem::ProblemSize size) {
    const Experiment& experiment = prepared_.experiment;
    for (const std::uint64_t seed : experiment.run.seeds) {
      problem::BuiltProblem built = std::visit(
          [&](const auto& options) {
            return options.build({.workers = experiment.workers.count, .seed = seed});
          },
          experiment.problem);
      // What is wrong for one seed is mostly wrong for all.
      if (!built) return blame(built.error(), "problem", document_, findings_);
      // Only a file of data says how large its model is.
      size.dimension = static_cast<double>((*built)->dimension());
      if (prepared_.problems.empty() && !fits(size)) return;
      prepared_.problems.push_back(std::move(*built));
    }
    if (!prepared_.problems.empty() && experiment.run.stop.target &&
        !findings_.touch("run.stop.target")) {
      check_metric(*prepared_.problems.front(), experiment.run.stop.target->metric);
    }
  }

  void check_metric(const problem::Problem& problem, engine::Metric metric) {
    // Every problem has these two, and to evaluate a network may take long.
    if (metric == engine::Metric::loss || metric == engine::Metric::gradient_norm) return;
    std::vector<Real> start(problem.dimension());
    problem.start(prepared_.experiment.run.seeds.front(), start);
    if (engine::value_of(metric, problem.evaluate(start, nullptr))) return;
    const std::string path = "run.stop.target";
    findings_.add(place_of(document_, path),
                  {.code = "target-unreachable",
                   .what = fmt::format("this problem has no {}", name_of(metric)),
                   .path = path,
                   .fix = "choose another metric, or give the problem test data"});
  }

  void build_timing() {
    const Experiment& experiment = prepared_.experiment;
    const std::size_t dimension =
        prepared_.problems.empty() ? 1 : prepared_.problems.front()->dimension();
    const std::uint64_t seed = experiment.run.seeds.empty() ? 0 : experiment.run.seeds.front();
    auto timing = delay::build_timing(experiment.workers, {.seed = seed, .dimension = dimension});
    if (!timing) blame(timing.error(), {}, document_, findings_);
  }

  const Node& document_;
  Findings& findings_;
  Prepared prepared_;
};

Draft read_and_check(Node& document) {
  Draft draft = read_experiment(document);
  check(draft.experiment, document, draft.findings);
  return draft;
}

}  // namespace

Result<Experiment> read_checked(Node document) {
  Draft draft = read_and_check(document);
  if (!draft.findings.empty()) return fail(draft.findings.errors());
  return std::move(draft.experiment);
}

Result<Experiment> parse_experiment(std::string_view text, const std::string& source) {
  const ReadFile read_file = [&](const std::string& path) -> Result<std::string> {
    if (path == source) return std::string(text);
    return fail({.code = "spec/cannot-read",
                 .what = fmt::format("\"{}\" cannot be included here", path),
                 .where = path,
                 .fix = "include files from experiments that are files themselves"});
  };
  Result<Node> document = load_document(source, {}, read_file);
  if (!document) return fail(std::move(document.error()));
  return read_checked(*document);
}

Result<Prepared> prepare(const std::string& path, const std::vector<Override>& overrides,
                         const ReadFile& read_file) {
  Result<Node> document = load_document(path, overrides, read_file);
  if (!document) return fail(std::move(document.error()));
  Draft draft = read_and_check(*document);
  Prepared prepared = Preparer(std::move(draft.experiment), *document, draft.findings).run();
  if (!draft.findings.empty()) return fail(draft.findings.errors());
  return prepared;
}

}  // namespace tailrace::spec
