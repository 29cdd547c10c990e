/// Pure asynchronous SGD on a9a with 80 workers, mini-batch 8 and no evaluation, against a bare
/// serial SGD loop with the same arithmetic; and two cores against one where a gradient is
/// expensive.

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "bench/measure.hpp"
#include "bench/simulated.hpp"
#include "tailrace/data/libsvm.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/problem/logistic.hpp"

namespace {

using namespace tailrace;

constexpr std::uint32_t batch = 8;
constexpr double step_size = 0.1;

std::unique_ptr<problem::Problem> a9a(std::uint32_t workers, std::uint32_t batch_size) {
  auto built = problem::Logistic{.data = "a9a",
                                 .shards = data::Contiguous{},
                                 .regularizer = problem::Nonconvex{.strength = 0.1},
                                 .batch = batch_size,
                                 .with_replacement = true}
                   .build({.workers = workers, .seed = 1});
  if (!built) {
    fmt::print("{}\n", to_string(built.error()));
    std::exit(1);
  }
  return std::move(*built);
}

/// The loop a numerical programmer would write for one process: a sample index, eight sparse
/// margins, a dense step.
class BareLoop {
 public:
  BareLoop() : rows_(std::move(data::read_libsvm(*data::locate("a9a"))->rows)) {}

  double run(std::uint64_t steps) {
    const std::size_t dimension = rows_.dimension;
    std::vector<Real> x(dimension, 0);
    std::vector<Real> gradient(dimension);
    const std::uint64_t key = Stream::key_of(1, Purpose::batch);
    const double seconds = bench::seconds([&] {
      for (std::uint64_t step = 0; step < steps; ++step) {
        Stream stream(key, 0, step);
        std::fill(gradient.begin(), gradient.end(), Real{0});
        for (std::uint32_t sample = 0; sample < batch; ++sample) {
          add_gradient(x, static_cast<std::size_t>(stream.below(rows_.size())), gradient);
        }
        for (std::size_t j = 0; j < dimension; ++j) {
          const double square = 1 + static_cast<double>(x[j]) * x[j];
          const double slope = 0.1 * 2 * x[j] / (square * square);
          x[j] -= static_cast<Real>(step_size * (gradient[j] / batch + slope));
        }
      }
    });
    return x[0] < 1e30F ? seconds : 0;  // the model is used, so the loop is not optimized away
  }

 private:
  void add_gradient(const std::vector<Real>& x, std::size_t row, std::vector<Real>& gradient) {
    const auto [indices, values, label] = rows_.row(row);
    double margin = 0;
    for (std::size_t k = 0; k < indices.size(); ++k) {
      margin += static_cast<double>(values[k]) * x[indices[k]];
    }
    const auto weight = static_cast<Real>(-label / (1 + std::exp(label * margin)));
    for (std::size_t k = 0; k < indices.size(); ++k) gradient[indices[k]] += weight * values[k];
  }

  data::SparseRows rows_;
};

void against_bare_loop() {
  bench::heading("a9a, 80 workers, pure asynchronous SGD, mini-batch 8 (steps/s)");
  const std::uint64_t steps = 200'000;
  const auto problem = a9a(80, batch);
  BareLoop bare;
  const auto [ours, limit] = bench::best_of(
      5, [&] { return bench::simulated(*problem, step_size, steps, 1).seconds; },
      [&] { return bare.run(steps); });
  const auto count = static_cast<double>(steps);
  bench::report("one core against a bare serial loop", count / ours, count / limit, "steps/s",
                limit / ours, ">= 0.5");
}

void two_cores() {
  bench::heading("a9a, 16 workers, whole shards of 2,035 rows: two cores against one (steps/s)");
  const auto problem = a9a(16, 0);
  bench::report_two_cores(*problem, step_size, 20'000, [](double seconds) {
    return fmt::format("a gradient costs {:.0f} us", seconds * 1e6);
  });
}

}  // namespace

int main() {
  against_bare_loop();
  two_cores();
}
