#include "tailrace/neural/remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tailrace/data/safetensors.hpp"
#include "tailrace/neural/blame.hpp"

namespace tailrace::neural {
namespace {

class RemoteProblem final : public problem::Problem {
 public:
  RemoteProblem(Layout layout, std::vector<Real> start, std::size_t workers)
      : layout_(std::move(layout)), start_(std::move(start)), workers_(workers) {}

  const Layout& layout() const override { return layout_; }
  std::size_t workers() const override { return workers_; }
  void start(std::uint64_t /*seed*/, std::span<Real> out) const override {
    std::copy(start_.begin(), start_.end(), out.begin());
  }
  std::unique_ptr<problem::Oracle> oracle() const override { return std::make_unique<Nobody>(); }
  problem::Evaluation evaluate(std::span<const Real> /*model*/, Pool* /*pool*/) const override {
    return {};
  }
  std::string describe() const override {
    return fmt::format("remote: {} parameters in {} tensors, gradients by workers' own programs",
                       layout_.dimension, layout_.tensors.size());
  }

 private:
  struct Nobody final : problem::Oracle {
    void gradient(const problem::GradientRequest& /*request*/, std::span<Real> /*out*/) override {
      throw std::runtime_error("only workers of your own program know this problem's gradients");
    }
  };

  Layout layout_;
  std::vector<Real> start_;
  std::size_t workers_;
};

}  // namespace

problem::ProblemSize Remote::size(std::size_t /*workers*/) const {
  const auto parameters = static_cast<double>(dimension);
  return {.bytes = parameters * sizeof(Real), .dimension = parameters};
}

problem::BuiltProblem Remote::build(const problem::ProblemSetup& setup) const {
  if (weights.empty() == (dimension == 0)) {
    return fail({.code = "neural/no-model",
                 .what = weights.empty() ? "a remote problem needs to know its parameters"
                                         : "weights already say how many parameters there are",
                 .where = weights.empty() ? "weights" : "dimension",
                 .fix = "give weights = \"start.safetensors\" or dimension = 1000, one of both"});
  }
  Layout layout;
  if (weights.empty()) {
    layout.add("x", {dimension});
    return std::make_unique<RemoteProblem>(std::move(layout), std::vector<Real>(dimension),
                                           setup.workers);
  }
  const Result<data::Safetensors> file = data::read_safetensors(weights);
  if (!file) return fail_in_data("weights", file.error());
  std::vector<Real> start;
  for (const data::Tensor& tensor : file->tensors()) {
    if (!data::is_real(tensor.format) || tensor.count() == 0) continue;
    layout.add(tensor.name, tensor.shape);
    const std::vector<float> numbers = data::to_floats(tensor);
    start.insert(start.end(), numbers.begin(), numbers.end());
  }
  const bool finite =
      std::all_of(start.begin(), start.end(), [](Real each) { return std::isfinite(each); });
  if (start.empty() || !finite) {
    return fail({.code = "neural/no-model",
                 .what = start.empty() ? "the file has no real numbers"
                                       : "the file has numbers that are not finite",
                 .where = "weights",
                 .fix = "write the model's parameters into it as F32, F64, F16 or BF16"});
  }
  return std::make_unique<RemoteProblem>(std::move(layout), std::move(start), setup.workers);
}

}  // namespace tailrace::neural
