#include "tailrace/torch/problem.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/commas.hpp"
#include "tailrace/problem/distinct_sampler.hpp"
#include "tailrace/problem/noise_source.hpp"
#include "tailrace/torch/backend.hpp"
#include "tailrace/torch/batch_statistics.hpp"
#include "tailrace/torch/dropout.hpp"
#include "tailrace/torch/evaluator.hpp"
#include "tailrace/torch/examine.hpp"
#include "tailrace/torch/global_draws.hpp"
#include "tailrace/torch/replica.hpp"

namespace tailrace::torch {
namespace {

/// One more network, made by nobody else at the same time: modules draw their numbers from
/// LibTorch's one generator, on which others may rely meanwhile.
std::unique_ptr<Network> make_alone(const Definition& definition, std::uint64_t seed) {
  const GlobalDraws draws(seed);
  return definition.network();
}

class TorchProblem final : public problem::Problem {
 public:
  TorchProblem(Definition definition, neural::Course course, Examined examined, at::Device device)
      : definition_(std::move(definition)),
        course_(std::move(course)),
        layout_(std::move(examined.layout)),
        replicas_([this, device, draws = examined.draws] {
          return std::make_unique<Replica>(make_alone(definition_, 0), layout_, device, draws);
        }),
        evaluator_(course_, definition_.loss, replicas_, layout_.dimension) {
    const auto samples = static_cast<double>(course_.train->count());
    for (std::size_t worker = 0; worker < workers(); ++worker) {
      shares_.push_back(static_cast<double>(course_.partition.shard(worker).size()) / samples);
    }
  }

  const Layout& layout() const override { return layout_; }
  std::size_t workers() const override { return course_.partition.workers(); }
  std::span<const double> shares() const override { return shares_; }
  void start(std::uint64_t seed, std::span<Real> out) const override;
  std::unique_ptr<problem::Oracle> oracle() const override;
  problem::Evaluation evaluate(std::span<const Real> model, Pool* pool) const override {
    return evaluator_.evaluate(model, pool);
  }
  std::string describe() const override {
    return fmt::format("{}, {} parameters, on {}, {} shards", definition_.title,
                       with_commas(layout_.dimension), course_.train->describe(), workers());
  }

  std::string warning() const override { return slow_blas_warning(); }

  const neural::Course& course() const { return course_; }
  const LossFunction& loss() const { return definition_.loss; }
  bool draws() const { return definition_.draws; }
  Replicas::Lease borrow() const { return replicas_.borrow(); }

 private:
  Definition definition_;
  neural::Course course_;
  Layout layout_;
  std::vector<double> shares_;
  mutable Replicas replicas_;
  mutable Evaluator evaluator_;
};

void TorchProblem::start(std::uint64_t seed, std::span<Real> out) const {
  TAILRACE_CHECK(out.size() == dimension());
  const at::NoGradGuard no_gradients;
  const std::unique_ptr<Network> network = make_alone(definition_, seed);
  if (definition_.initialize) definition_.initialize(*network, seed);
  Real* next = out.data();
  for (const NamedTensor& parameter : network->parameters()) {
    const at::Tensor values = parameter.tensor.contiguous();
    next = std::copy_n(values.data_ptr<float>(), values.numel(), next);
  }
}

/// Borrows a replica for every gradient, so that as many exist as compute at once.
class TorchOracle final : public problem::Oracle {
 public:
  explicit TorchOracle(const TorchProblem& problem)
      : problem_(problem),
        sampler_(problem.course().learning.batch == 0 ? 0 : largest_shard(problem)),
        noise_(problem.course().learning.noise) {}

  void gradient(const problem::GradientRequest& request, std::span<Real> out) override {
    const neural::Course& course = problem_.course();
    TAILRACE_CHECK(request.worker < problem_.workers() && request.batch != nullptr);
    const std::span<const std::uint32_t> shard = course.partition.shard(request.worker);
    if (const std::uint32_t batch = course.learning.batch; batch == 0) {
      numbers_.assign(shard.begin(), shard.end());
    } else {
      numbers_.resize(batch);
      sampler_.draw(*request.batch, shard.size(), numbers_);
      for (std::uint32_t& number : numbers_) number = shard[number];
    }
    write_gradient(request.model, request.batch, out);
    noise_.add_to(out, request);
  }

  bool mean_gradient(WorkerId worker, std::span<const Real> model, std::span<Real> out) override {
    const neural::Course& course = problem_.course();
    // The mean over random crops and dropout is out of reach.
    if (course.train->augments() || problem_.draws()) return false;
    Replicas::Lease lease = problem_.borrow();
    // So is that over the batches a sample may be in, where they decide what it is normalized by.
    if (course.learning.batch != 0 &&
        course.learning.batch_statistics != neural::BatchStatistics::frozen &&
        !running_averages(lease->network()).empty()) {
      return false;
    }
    const std::span<const std::uint32_t> shard = course.partition.shard(worker);
    numbers_.assign(shard.begin(), shard.end());
    write_gradient(*lease, model, nullptr, out);
    return true;
  }

 private:
  static std::size_t largest_shard(const TorchProblem& problem) {
    std::size_t largest = 0;
    for (std::size_t worker = 0; worker < problem.workers(); ++worker) {
      largest = std::max(largest, problem.course().partition.shard(worker).size());
    }
    return largest;
  }

  void write_gradient(std::span<const Real> model, Stream* draws, std::span<Real> out) {
    Replicas::Lease lease = problem_.borrow();
    write_gradient(*lease, model, draws, out);
  }

  /// The mean gradient over numbers_, passed in pieces where they are many.
  void write_gradient(Replica& replica, std::span<const Real> model, Stream* draws,
                      std::span<Real> out);
  void add_piece(Replica& replica, std::span<const std::uint32_t> numbers, Stream* draws,
                 bool alone, std::span<Real> out);

  const TorchProblem& problem_;
  problem::DistinctSampler sampler_;
  problem::NoiseSource noise_;
  std::vector<std::uint32_t> numbers_;
  double counted_ = 0;
};

void TorchOracle::write_gradient(Replica& replica, std::span<const Real> model, Stream* draws,
                                 std::span<Real> out) {
  const neural::Learning& learning = problem_.course().learning;
  replica.load(model);
  replica.reset_buffers();  // whatever another job left behind
  replica.network().train(learning.batch_statistics != neural::BatchStatistics::frozen);
  std::fill(out.begin(), out.end(), Real{0});
  const std::size_t most = std::max(learning.batch, learning.evaluate.batch);
  const bool alone = numbers_.size() <= most;
  counted_ = 0;
  for (std::size_t begin = 0; begin < numbers_.size(); begin += most) {
    const std::size_t count = std::min(most, numbers_.size() - begin);
    add_piece(replica, std::span(numbers_).subspan(begin, count), draws, alone, out);
  }
  if (alone || counted_ == 0) return;
  for (Real& coordinate : out) coordinate = static_cast<Real>(coordinate / counted_);
}

void TorchOracle::add_piece(Replica& replica, std::span<const std::uint32_t> numbers, Stream* draws,
                            bool alone, std::span<Real> out) {
  const neural::Samples& samples = *problem_.course().train;
  samples.fill(numbers, draws, replica.batch());
  const TensorBatch batch = wrap(replica.batch(), samples.shape(), replica.device());
  if (batch.counted == 0) return;  // a mean over nothing
  std::optional<GlobalDraws> alone_drawing;
  std::optional<DrawScope> scope;
  if (draws != nullptr) {
    const std::uint64_t seed = draws->bits64();
    if (replica.drawing().training) {
      alone_drawing.emplace(seed);
    } else {
      replica.seed_draws(seed);
      scope.emplace(replica.draws());
    }
  }
  const at::AutoGradMode mode(true);
  const at::Tensor loss = problem_.loss()(replica.forward(batch, true), batch.targets);
  // One piece is what a plain training loop computes, to the bit.
  replica.backward(alone ? loss : loss * batch.counted, out);
  counted_ += batch.counted;
}

std::unique_ptr<problem::Oracle> TorchProblem::oracle() const {
  return std::make_unique<TorchOracle>(*this);
}

}  // namespace

problem::BuiltProblem make_problem(Definition definition, neural::Course course) {
  settle();
  if (!definition.loss) definition.loss = loss_function(course.train->shape().loss);
  Result<c10::Device> device = find_device(course.learning.device);
  if (!device) return fail(std::move(device.error()));
  const std::unique_ptr<Network> network = make_alone(definition, 0);
  Result<Examined> examined = examine(*network, course, definition.loss);
  if (!examined) return fail(std::move(examined.error()));
  definition.draws |= examined->draws.training;
  if (examined->draws.training &&
      course.learning.batch_statistics == neural::BatchStatistics::local) {
    return fail({"model/draws-globally",
                 "batch_statistics = \"local\" evaluates in training mode, in which this model "
                 "draws random numbers",
                 "batch_statistics", "choose \"averaged\" or \"frozen\""});
  }
  return std::make_unique<TorchProblem>(std::move(definition), std::move(course),
                                        std::move(*examined), *device);
}

}  // namespace tailrace::torch
