#include "tailrace/problem/synthetic_logistic.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/core/distributions.hpp"
#include "tailrace/core/random.hpp"
#include "tailrace/problem/logistic_problem.hpp"

namespace tailrace::problem {
namespace {

/// The samples of one worker, drawn one after the other.
class WorkerSamples {
 public:
  WorkerSamples(const SyntheticLogistic& options, std::uint64_t seed, WorkerId worker)
      : stream_(seed, Purpose::data, worker),
        truth_(options.dimension),
        mean_(options.dimension),
        sample_(options.dimension),
        deviation_(options.dimension),
        indices_(options.dimension),
        values_(options.dimension) {
    const double truth_center = std::sqrt(options.alpha) * standard_normal(stream_);
    offset_ = truth_center + standard_normal(stream_);
    fill_around(truth_center, truth_);
    fill_around(std::sqrt(options.beta) * standard_normal(stream_), mean_);
    std::iota(indices_.begin(), indices_.end(), 0u);
    for (std::size_t k = 0; k < deviation_.size(); ++k) {
      deviation_[k] = std::pow(static_cast<double>(k + 1), -0.6);  // variance (k + 1)^(-1.2)
    }
  }

  void add_to(data::SparseRows& rows, std::uint32_t count) {
    for (std::uint32_t s = 0; s < count; ++s) {
      fill_standard_normal(stream_, sample_);
      double score = offset_;
      for (std::size_t k = 0; k < sample_.size(); ++k) {
        values_[k] = static_cast<Real>(mean_[k] + deviation_[k] * sample_[k]);
        score += truth_[k] * static_cast<double>(values_[k]);
      }
      rows.add(indices_, values_, stream_.uniform() < 1 / (1 + std::exp(-score)) ? 1 : -1);
    }
  }

 private:
  void fill_around(double center, std::vector<double>& out) {
    fill_standard_normal(stream_, out);
    for (double& x : out) x += center;
  }

  Stream stream_;
  double offset_ = 0;          ///< c_i
  std::vector<double> truth_;  ///< w_i
  std::vector<double> mean_;   ///< v_i
  std::vector<double> sample_;
  std::vector<double> deviation_;
  std::vector<std::uint32_t> indices_;  ///< all features, in order
  std::vector<Real> values_;
};

}  // namespace

void draw_worker_samples(const SyntheticLogistic& options, std::uint64_t seed, WorkerId worker,
                         data::SparseRows& train, data::SparseRows& test) {
  WorkerSamples source(options, seed, worker);
  source.add_to(train, options.samples);
  source.add_to(test, options.test_samples);
}

ProblemSize SyntheticLogistic::size(std::size_t workers) const {
  const double rows = static_cast<double>(workers) * (1.0 * samples + test_samples);
  constexpr double row = sizeof(std::size_t) + sizeof(std::int8_t);
  constexpr double feature = sizeof(std::uint32_t) + sizeof(Real);
  return {.bytes = rows * (row + feature * dimension), .dimension = 1.0 * dimension};
}

BuiltProblem SyntheticLogistic::build(const ProblemSetup& setup) const {
  TAILRACE_CHECK(setup.workers > 0 && dimension > 0 && samples > 0);
  data::SparseRows train;
  data::SparseRows test;
  train.dimension = test.dimension = dimension;
  std::vector<std::size_t> begins = {0};
  for (WorkerId worker = 0; worker < setup.workers; ++worker) {
    draw_worker_samples(*this, setup.seed, worker, train, test);
    begins.push_back(train.size());
  }
  return make_logistic({
      .title = fmt::format("logistic on synthetic({:g}, {:g})", alpha, beta),
      .train = std::move(train),
      .begins = std::move(begins),
      .test = test_samples == 0 ? std::nullopt : std::optional(std::move(test)),
      .regularizer = regularizer,
      .batch = batch,
      .with_replacement = with_replacement,
      .start = start,
      .noise = noise,
  });
}

}  // namespace tailrace::problem
