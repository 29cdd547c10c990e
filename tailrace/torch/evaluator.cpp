#include "tailrace/torch/evaluator.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tailrace/math/vector.hpp"
#include "tailrace/neural/scores.hpp"
#include "tailrace/torch/batch_statistics.hpp"
#include "tailrace/torch/global_draws.hpp"

namespace tailrace::torch {
namespace {

/// Gradients are summed in so many places, whatever the number of threads.
constexpr std::size_t lanes = 4;
/// Batches whose statistics are averaged for evaluations.
constexpr std::size_t statistics_batches = 8;

void append(const at::Tensor& tensor, std::vector<double>& numbers) {
  const at::Tensor flat = tensor.to(at::kCPU, at::kDouble).contiguous().view({-1});
  const double* const begin = flat.data_ptr<double>();
  numbers.insert(numbers.end(), begin, begin + flat.numel());
}

}  // namespace

void Evaluator::Figures::add(const Figures& other) {
  loss += other.loss;
  counted += other.counted;
  right += other.right;
  predictions.insert(predictions.end(), other.predictions.begin(), other.predictions.end());
  truths.insert(truths.end(), other.truths.begin(), other.truths.end());
}

Evaluator::Evaluator(const neural::Course& course, const LossFunction& loss, Replicas& replicas,
                     std::size_t dimension)
    : course_(course),
      loss_(loss),
      replicas_(replicas),
      dimension_(dimension),
      train_(chunks_of(course.train->count(), course.learning.evaluate.train)) {
  if (course.test) test_ = chunks_of(course.test->count(), course.learning.evaluate.test);
}

std::vector<Evaluator::Numbers> Evaluator::chunks_of(std::size_t count, std::size_t limit) const {
  const Numbers numbers = neural::evenly(count, limit);
  const std::size_t size = course_.learning.evaluate.batch;
  // Of like size: a rest of one sample has no statistics to be normalized by.
  std::vector<Numbers> chunks((numbers.size() + size - 1) / size);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto edge = [&](std::size_t chunk) {
      return numbers.begin() + static_cast<std::ptrdiff_t>(chunk * numbers.size() / chunks.size());
    };
    chunks[i].assign(edge(i), edge(i + 1));
  }
  return chunks;
}

problem::Evaluation Evaluator::evaluate(std::span<const Real> model, Pool* pool) {
  problem::Evaluation evaluation;
  const bool classes = course_.train->shape().loss != neural::Loss::squared_error;
  const std::vector<at::Tensor> averages = statistics(model);
  const Figures train = train_figures(model, averages, pool, evaluation.gradient_norm);
  evaluation.loss = train.loss / train.counted;
  if (classes) evaluation.accuracy = train.right / train.counted;
  if (!course_.test) return evaluation;
  const Figures test = test_figures(model, averages, pool);
  evaluation.test_loss = test.loss / test.counted;
  if (classes) evaluation.test_accuracy = test.right / test.counted;
  if (course_.score != neural::Score::none) {
    evaluation.test_score = neural::score(course_.score, test.predictions, test.truths);
  }
  return evaluation;
}

bool Evaluator::trains_while_evaluating(const Replica& replica) const {
  // Dropout of our own networks is off without a DrawScope; a script's is not.
  return course_.learning.batch_statistics != neural::BatchStatistics::frozen &&
         !replica.drawing().training;
}

Evaluator::Figures Evaluator::train_figures(std::span<const Real> model,
                                            const std::vector<at::Tensor>& averages, Pool* pool,
                                            double& norm) {
  std::vector<Figures> figures(train_.size());
  std::vector<std::vector<Real>> gradients(std::min(lanes, train_.size()));
  run_chunks(pool, gradients.size(), [&](std::size_t lane) {
    Replicas::Lease lease = replicas_.borrow();
    Replica& replica = *lease;
    load(replica, model, averages);
    replica.network().train(trains_while_evaluating(replica));
    gradients[lane].assign(dimension_, 0);
    for (std::size_t chunk = lane; chunk < train_.size(); chunk += gradients.size()) {
      figures[chunk] = pass(replica, *course_.train, train_[chunk], gradients[lane]);
    }
  });
  Figures all;
  for (const Figures& each : figures) all.add(each);
  for (std::size_t lane = 1; lane < gradients.size(); ++lane) {
    for (std::size_t j = 0; j < dimension_; ++j) gradients[0][j] += gradients[lane][j];
  }
  norm = std::sqrt(math::squared_norm(gradients[0])) / all.counted;
  return all;
}

/// Running averages that jobs left behind are gone afterwards.
void Evaluator::load(Replica& replica, std::span<const Real> model,
                     const std::vector<at::Tensor>& averages) {
  replica.load(model);
  replica.reset_buffers();
  if (!averages.empty()) set_running_averages(replica.network(), averages);
}

std::vector<at::Tensor> Evaluator::statistics(std::span<const Real> model) {
  if (course_.learning.batch_statistics != neural::BatchStatistics::averaged) return {};
  Replicas::Lease lease = replicas_.borrow();
  Replica& replica = *lease;
  if (running_averages(replica.network()).empty()) return {};
  if (!course_.test && trains_while_evaluating(replica)) return {};
  replica.load(model);
  const std::size_t count = std::min(statistics_batches, train_.size());
  return average_statistics(replica, *course_.train,
                            {train_.begin(), train_.begin() + static_cast<std::ptrdiff_t>(count)});
}

Evaluator::Figures Evaluator::test_figures(std::span<const Real> model,
                                           const std::vector<at::Tensor>& averages, Pool* pool) {
  const bool local = course_.learning.batch_statistics == neural::BatchStatistics::local;
  std::vector<Figures> figures(test_.size());
  run_chunks(pool, test_.size(), [&](std::size_t chunk) {
    Replicas::Lease lease = replicas_.borrow();
    Replica& replica = *lease;
    load(replica, model, averages);
    replica.network().train(local);
    figures[chunk] = pass(replica, *course_.test, test_[chunk], {});
  });
  Figures all;
  for (const Figures& each : figures) all.add(each);
  return all;
}

Evaluator::Figures Evaluator::pass(Replica& replica, const neural::Samples& samples,
                                   const Numbers& numbers, std::span<Real> gradient) const {
  samples.fill(numbers, nullptr, replica.batch());
  const TensorBatch batch = wrap(replica.batch(), samples.shape(), replica.device());
  Figures figures{.counted = batch.counted};
  if (batch.counted == 0) return figures;
  std::optional<GlobalDraws> draws;
  if (replica.drawing().evaluating) draws.emplace(0);
  const at::Tensor outputs = replica.forward(batch, !gradient.empty());
  {
    const at::AutoGradMode mode(!gradient.empty());
    const at::Tensor loss = loss_(outputs, batch.targets);
    figures.loss = loss.item<double>() * batch.counted;
    if (!gradient.empty()) replica.backward(loss * batch.counted, gradient);
  }
  const at::NoGradGuard no_gradients;
  const bool scored = gradient.empty() && course_.score != neural::Score::none;
  switch (samples.shape().loss) {
    case neural::Loss::classes:
    case neural::Loss::next_token: {
      const at::Tensor chosen = outputs.argmax(-1);
      figures.right = chosen.eq(batch.targets).sum().item<double>();
      if (scored) append(chosen, figures.predictions);
      break;
    }
    case neural::Loss::logistic: {
      const at::Tensor chosen = outputs.view_as(batch.targets).gt(0);
      figures.right =
          chosen.eq(batch.targets.gt(0.5)).to(at::kDouble).mean(-1).sum().item<double>();
      if (scored) append(chosen, figures.predictions);
      break;
    }
    case neural::Loss::squared_error:
      if (scored) append(outputs, figures.predictions);
      break;
  }
  if (scored) append(batch.targets, figures.truths);
  return figures;
}

}  // namespace tailrace::torch
