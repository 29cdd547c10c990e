#include "tailrace/problem/logistic_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/commas.hpp"
#include "tailrace/problem/distinct_sampler.hpp"
#include "tailrace/problem/noise_source.hpp"
#include "tailrace/problem/row_parts.hpp"

namespace tailrace::problem {
namespace {

using data::SparseRows;

/// <a, x>.
double product(const SparseRows::Row& row, const Real* model) {
  double sum = 0;
  for (std::size_t k = 0; k < row.indices.size(); ++k) {
    sum += static_cast<double>(row.values[k]) * static_cast<double>(model[row.indices[k]]);
  }
  return sum;
}

/// Derivative of log(1 + exp(-b m)) by m. An overflowing exp gives the limit, 0.
double loss_derivative(double b, double m) { return -b / (1 + std::exp(b * m)); }

/// log(1 + exp(-t)) without overflow, and precise for large t.
double log_loss(double t) { return t > 0 ? std::log1p(std::exp(-t)) : std::log1p(std::exp(t)) - t; }

/// sum += factor * a.
void add_scaled(const SparseRows::Row& row, double factor, double* sum) {
  for (std::size_t k = 0; k < row.indices.size(); ++k) {
    sum[row.indices[k]] += factor * static_cast<double>(row.values[k]);
  }
}

struct Score {
  double loss = 0;  ///< weighted sum
  std::size_t right = 0;
};

/// Loss and hits of the rows [begin, end), and their part of the gradient unless `gradient` is
/// empty. A row's weight is weight_of(row); rows come in ascending order.
template <class WeightOf>
Score score(const SparseRows& rows, std::size_t begin, std::size_t end, const Real* model,
            WeightOf weight_of, std::span<double> gradient) {
  Score result;
  for (std::size_t r = begin; r < end; ++r) {
    const SparseRows::Row row = rows.row(r);
    const double margin = product(row, model);
    const double weight = weight_of(r);
    result.loss += weight * log_loss(row.label * margin);
    result.right += (margin > 0) == (row.label > 0);
    if (!gradient.empty()) {
      add_scaled(row, weight * loss_derivative(row.label, margin), gradient.data());
    }
  }
  return result;
}

Score sum_in_order(std::span<const Score> scores) {
  Score total;
  for (const Score& part : scores) {
    total.loss += part.loss;
    total.right += part.right;
  }
  return total;
}

class LogisticProblem final : public Problem {
 public:
  explicit LogisticProblem(LogisticTask task) : task_(std::move(task)) {
    layout_.add("weights", {task_.train.dimension});
    const auto [smallest, largest] = shard_sizes();
    if (smallest == largest) return;
    for (std::size_t i = 0; i < workers(); ++i) {
      shares_.push_back(static_cast<double>(shard(i).end - shard(i).begin) /
                        static_cast<double>(task_.train.size()));
    }
  }

  const Layout& layout() const override { return layout_; }
  std::size_t workers() const override { return task_.begins.size() - 1; }
  std::span<const double> shares() const override { return shares_; }
  void start(std::uint64_t seed, std::span<Real> out) const override {
    TAILRACE_CHECK(out.size() == dimension());
    write_start(task_.start, seed, out);
  }
  std::unique_ptr<Oracle> oracle() const override;
  Evaluation evaluate(std::span<const Real> model, Pool* pool) const override;
  std::string describe() const override;

  const LogisticTask& task() const { return task_; }
  Bounds shard(std::size_t worker) const {
    return {task_.begins[worker], task_.begins[worker + 1]};
  }
  Bounds shard_sizes() const;

 private:
  Score evaluate_train(std::span<const Real> model, Pool* pool,
                       std::vector<double>& gradient) const;
  Score evaluate_test(std::span<const Real> model, Pool* pool) const;

  LogisticTask task_;
  Layout layout_;
  std::vector<double> shares_;  ///< empty where all shards are of one size
};

class LogisticOracle final : public Oracle {
 public:
  explicit LogisticOracle(const LogisticProblem& problem)
      : problem_(problem),
        sum_(problem.dimension()),
        picks_(problem.task().with_replacement ? 0 : problem.task().batch),
        sampler_(picks_.empty() ? 0 : problem.shard_sizes().end),
        noise_(problem.task().noise) {}

  void gradient(const GradientRequest& request, std::span<Real> out) override {
    TAILRACE_CHECK(request.worker < problem_.workers());
    TAILRACE_CHECK(request.model.size() == sum_.size() && out.size() == sum_.size());
    finish(add_samples(request), request.model, out);
    noise_.add_to(out, request);
  }

  bool mean_gradient(WorkerId worker, std::span<const Real> model, std::span<Real> out) override {
    TAILRACE_CHECK(worker < problem_.workers());
    TAILRACE_CHECK(model.size() == sum_.size() && out.size() == sum_.size());
    finish(add_shard(worker, model.data()), model, out);
    return true;
  }

 private:
  std::size_t add_shard(WorkerId worker, const Real* model) {
    const auto [begin, end] = problem_.shard(worker);
    for (std::size_t r = begin; r < end; ++r) add_sample(r, model);
    return end - begin;
  }

  /// Sums the gradients of the samples the request asks for; returns their number.
  std::size_t add_samples(const GradientRequest& request) {
    const auto [begin, end] = problem_.shard(request.worker);
    const std::size_t size = end - begin;
    const std::uint32_t batch = problem_.task().batch;
    const Real* const model = request.model.data();
    if (batch == 0) return add_shard(request.worker, model);
    TAILRACE_CHECK(request.batch != nullptr);
    if (picks_.empty()) {
      for (std::uint32_t k = 0; k < batch; ++k)
        add_sample(begin + request.batch->below(size), model);
    } else {
      sampler_.draw(*request.batch, size, picks_);
      for (const std::uint32_t pick : picks_) add_sample(begin + pick, model);
    }
    return batch;
  }

  void add_sample(std::size_t r, const Real* model) {
    const SparseRows::Row row = problem_.task().train.row(r);
    add_scaled(row, loss_derivative(row.label, product(row, model)), sum_.data());
  }

  /// Writes the mean of so many samples plus the regularizer's gradient, and clears the sum for the
  /// next request.
  void finish(std::size_t samples, std::span<const Real> model, std::span<Real> out) {
    const double factor = 1 / static_cast<double>(samples);
    std::visit([&](const auto& regularizer) { write(regularizer, factor, model, out); },
               problem_.task().regularizer);
  }

  template <class R>
  void write(const R& regularizer, double factor, std::span<const Real> model,
             std::span<Real> out) {
    for (std::size_t j = 0; j < sum_.size(); ++j) {
      out[j] = static_cast<Real>(factor * sum_[j] +
                                 regularizer.derivative(static_cast<double>(model[j])));
      sum_[j] = 0;
    }
  }

  const LogisticProblem& problem_;
  std::vector<double> sum_;           ///< zero between requests
  std::vector<std::uint32_t> picks_;  ///< (batch) when drawn without replacement, else empty
  DistinctSampler sampler_;
  NoiseSource noise_;
};

std::unique_ptr<Oracle> LogisticProblem::oracle() const {
  return std::make_unique<LogisticOracle>(*this);
}

/// Smallest and largest number of samples of a worker.
Bounds LogisticProblem::shard_sizes() const {
  Bounds sizes{std::numeric_limits<std::size_t>::max(), 0};
  for (std::size_t i = 0; i < workers(); ++i) {
    const std::size_t size = shard(i).end - shard(i).begin;
    sizes = {std::min(sizes.begin, size), std::max(sizes.end, size)};
  }
  return sizes;
}

Score LogisticProblem::evaluate_train(std::span<const Real> model, Pool* pool,
                                      std::vector<double>& gradient) const {
  const std::vector<Bounds> parts = cut_rows(task_.train.size());
  std::vector<Score> scores(parts.size());
  std::vector<std::vector<double>> gradients(parts.size());
  run_chunks(pool, parts.size(), [&](std::size_t p) {
    const auto first = std::upper_bound(task_.begins.begin(), task_.begins.end(), parts[p].begin);
    std::size_t worker = static_cast<std::size_t>(first - task_.begins.begin()) - 1;
    const auto weight_of = [&](std::size_t row) {
      while (row >= shard(worker).end) ++worker;
      const std::size_t size = shard(worker).end - shard(worker).begin;
      return 1 / (static_cast<double>(workers()) * static_cast<double>(size));
    };
    gradients[p].assign(dimension(), 0);
    scores[p] =
        score(task_.train, parts[p].begin, parts[p].end, model.data(), weight_of, gradients[p]);
  });
  gradient.assign(dimension(), 0);
  for (const std::vector<double>& part : gradients) {
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += part[j];
  }
  return sum_in_order(scores);
}

Score LogisticProblem::evaluate_test(std::span<const Real> model, Pool* pool) const {
  const std::vector<Bounds> parts = cut_rows(task_.test->size());
  std::vector<Score> scores(parts.size());
  const auto same_weight = [weight = 1 / static_cast<double>(task_.test->size())](std::size_t) {
    return weight;
  };
  run_chunks(pool, parts.size(), [&](std::size_t p) {
    scores[p] = score(*task_.test, parts[p].begin, parts[p].end, model.data(), same_weight, {});
  });
  return sum_in_order(scores);
}

Evaluation LogisticProblem::evaluate(std::span<const Real> model, Pool* pool) const {
  TAILRACE_CHECK(model.size() == dimension());
  std::vector<double> gradient;
  const Score train = evaluate_train(model, pool, gradient);
  double penalty = 0;
  double squares = 0;
  std::visit(
      [&](const auto& regularizer) {
        for (std::size_t j = 0; j < gradient.size(); ++j) {
          const auto x = static_cast<double>(model[j]);
          penalty += regularizer.value(x);
          const double slope = gradient[j] + regularizer.derivative(x);
          squares += slope * slope;
        }
      },
      task_.regularizer);
  Evaluation result{.loss = train.loss + penalty, .gradient_norm = std::sqrt(squares)};
  result.accuracy = static_cast<double>(train.right) / static_cast<double>(task_.train.size());
  if (task_.test) {
    const Score test = evaluate_test(model, pool);
    result.test_loss = test.loss;
    result.test_accuracy =
        static_cast<double>(test.right) / static_cast<double>(task_.test->size());
  }
  return result;
}

std::string LogisticProblem::describe() const {
  const auto [smallest, largest] = shard_sizes();
  std::string sizes = with_commas(smallest);
  if (largest != smallest) sizes += " to " + with_commas(largest);
  return fmt::format("{}: {} rows, {} features, {} {} of {}", task_.title,
                     with_commas(task_.train.size()), with_commas(dimension()),
                     with_commas(workers()), workers() == 1 ? "shard" : "shards", sizes);
}

}  // namespace

BuiltProblem make_logistic(LogisticTask task) {
  TAILRACE_CHECK(task.begins.size() >= 2 && task.begins.back() == task.train.size());
  TAILRACE_CHECK(!task.test || task.test->dimension == task.train.dimension);
  auto problem = std::make_unique<LogisticProblem>(std::move(task));
  const std::size_t smallest = problem->shard_sizes().begin;
  TAILRACE_CHECK(smallest > 0);
  if (!problem->task().with_replacement && problem->task().batch > smallest) {
    return fail({"problem/batch-too-large",
                 fmt::format("a batch of {} distinct samples does not fit the smallest shard, {}",
                             problem->task().batch, smallest),
                 "batch",
                 fmt::format("choose a batch up to {}, 0 for the whole shard, or "
                             "with_replacement = true",
                             smallest)});
  }
  return problem;
}

}  // namespace tailrace::problem
