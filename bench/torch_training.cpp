/// One worker through Tailrace against a bare LibTorch loop, for a convolutional network and a
/// vision transformer; a simulation of 16 workers on two cores against one; and the memory that a
/// simulation takes against what replicas, versions and updates need.

#include <ATen/ATen.h>
#include <torch/optim/sgd.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

#include "bench/measure.hpp"
#include "bench/simulated.hpp"
#include "tailrace/neural/image_samples.hpp"
#include "tailrace/torch/build_network.hpp"
#include "tailrace/torch/model_network.hpp"
#include "tailrace/torch/model_problem.hpp"

namespace {

using namespace tailrace;
namespace networks = tailrace::torch;

constexpr double step_size = 0.01;

neural::SharedSamples shapes() {
  static const neural::SharedSamples samples =
      neural::open_images("synthetic-shapes", {.count = 2048, .test_count = 10}, 1)->train;
  return samples;
}

std::unique_ptr<problem::Problem> problem_of(const neural::Model& model, std::uint32_t batch,
                                             std::size_t workers) {
  auto course = neural::make_course({.batch = batch, .evaluate = {.train = 4, .batch = 1}},
                                    shapes(), nullptr, neural::Score::none, workers, 1);
  return std::move(*networks::make_model_problem({.model = model, .course = std::move(*course)}));
}

/// What one writes without Tailrace: the images as one normalized tensor, a random batch of it,
/// LibTorch's own optimizer. The network is the same, and so are LibTorch's settings.
class BareLoop {
 public:
  BareLoop(const neural::Model& model, std::uint32_t batch)
      : batch_(batch), network_(*networks::build_network(model, shapes()->shape())) {
    networks::initialize(*network_, 1);
    network_->train(true);
    std::vector<at::Tensor> parameters;
    for (const networks::NamedTensor& each : network_->parameters())
      parameters.push_back(each.tensor);
    optimizer_ =
        std::make_unique<::torch::optim::SGD>(parameters, ::torch::optim::SGDOptions(step_size));
    neural::Batch all;
    shapes()->fill(neural::evenly(shapes()->count(), 0), nullptr, all);
    images_ = at::tensor(all.values).view({static_cast<std::int64_t>(all.count), 3, 32, 32});
    classes_ = at::tensor(all.classes);
  }

  double run(std::uint64_t steps) {
    return bench::seconds([&] {
      for (std::uint64_t step = 0; step < steps; ++step) {
        const at::Tensor numbers = at::randperm(images_.size(0), at::kLong).narrow(0, 0, batch_);
        networks::Inputs inputs;
        inputs.values = images_.index_select(0, numbers);
        optimizer_->zero_grad();
        at::cross_entropy_loss(network_->forward(inputs), classes_.index_select(0, numbers))
            .backward();
        optimizer_->step();
      }
    });
  }

 private:
  std::int64_t batch_;
  std::unique_ptr<networks::Network> network_;
  std::unique_ptr<::torch::optim::SGD> optimizer_;
  at::Tensor images_;
  at::Tensor classes_;
};

void against_bare_loop(std::string_view what, const neural::Model& model, std::uint32_t batch,
                       std::uint64_t steps, int rounds) {
  const auto problem = problem_of(model, batch, 1);
  BareLoop bare(model, batch);
  bare.run(1);  // the first pass prepares LibTorch's kernels
  const auto [ours, limit] = bench::best_of(
      rounds, [&] { return bench::simulated(*problem, step_size, steps, 1).seconds; },
      [&] { return bare.run(steps); });
  const auto count = static_cast<double>(steps);
  bench::report(what, count / ours, count / limit, "steps/s", limit / ours, ">= 0.97");
}

void two_cores() {
  bench::heading("CNN, 16 workers, batch 32, pure asynchronous SGD: two cores against one");
  const auto problem = problem_of(neural::Cnn{}, 32, 16);
  bench::report_two_cores(*problem, step_size, 64, [](double seconds) {
    return fmt::format("a step costs {:.0f} ms", seconds * 1e3);
  });
}

double resident_megabytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// A wide network on few samples: activations are small beside parameters. There are as many
/// versions as jobs in flight and one more, at most 8 updates a thread that wait for the server, a
/// replica a thread, and the gradients of an evaluation.
void memory() {
  bench::heading("MLP of 3.3 M parameters, 16 workers on two threads: resident memory");
  const auto problem = problem_of(neural::Mlp{.hidden = {1024, 128}}, 1, 16);
  const double before = resident_megabytes();
  static_cast<void>(bench::simulated(*problem, step_size, 200, 2));
  const double grown = resident_megabytes() - before;
  const double each = 4e-6 * static_cast<double>(problem->dimension());
  const double limit = (17 + 16 + 2 + 4) * each;
  bench::report(fmt::format("one model is {:.0f} MB", each), grown, limit, "MB", grown / limit,
                "<= 1.05");
}

}  // namespace

int main() {
  memory();
  bench::heading("One worker through Tailrace against a bare LibTorch loop");
  against_bare_loop("CNN, 878,538 parameters, batch 64", neural::Cnn{}, 64, 10, 8);
  against_bare_loop("vision transformer, depth 2, batch 16", neural::Vit{.depth = 2}, 16, 8, 8);
  two_cores();
}
