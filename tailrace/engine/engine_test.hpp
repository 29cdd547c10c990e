#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/run.hpp"
#include "tailrace/policy/assign/shuffled.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/momentum.hpp"

/// A problem, clocks and an onlooker that are small enough to follow by hand. For tests only; not
/// installed.
namespace tailrace::engine::testing {

/// f_i(x) = 1/2 ||x - i||^2 on worker i: its gradient is x - i in every coordinate, plus, if there
/// is noise, a uniform number in (-noise, noise) from the job's own stream.
class Toy final : public problem::Problem {
 public:
  struct Options {
    std::size_t workers = 1;
    std::size_t dimension = 1;
    double start = 0;
    double noise = 0;
    std::chrono::microseconds cost{0};  ///< real time that a gradient burns
  };

  explicit Toy(Options options) : options_(options) { layout_.add("x", {options.dimension}); }

  [[nodiscard]] const Layout& layout() const override { return layout_; }
  [[nodiscard]] std::size_t workers() const override { return options_.workers; }
  void start(std::uint64_t /*seed*/, std::span<Real> out) const override {
    std::fill(out.begin(), out.end(), static_cast<Real>(options_.start));
  }
  [[nodiscard]] std::unique_ptr<problem::Oracle> oracle() const override {
    return std::make_unique<ToyOracle>(options_);
  }
  [[nodiscard]] problem::Evaluation evaluate(std::span<const Real> model,
                                             Pool* /*pool*/) const override {
    problem::Evaluation evaluation;
    const double mean = static_cast<double>(options_.workers - 1) / 2;
    for (const Real x : model) {
      evaluation.loss += 0.5 * (x - mean) * (x - mean);
      evaluation.gradient_norm += (x - mean) * (x - mean);
    }
    evaluation.gradient_norm = std::sqrt(evaluation.gradient_norm);
    return evaluation;
  }
  [[nodiscard]] std::string describe() const override { return "toy"; }

 private:
  struct ToyOracle final : problem::Oracle {
    explicit ToyOracle(const Options& o) : options(o) {}
    void gradient(const problem::GradientRequest& request, std::span<Real> out) override {
      const auto until = std::chrono::steady_clock::now() + options.cost;
      for (std::size_t j = 0; j < out.size(); ++j) {
        out[j] = request.model[j] - static_cast<Real>(request.worker);
        if (options.noise > 0) {
          out[j] += static_cast<Real>(options.noise * (2 * request.noise->uniform() - 1));
        }
      }
      while (std::chrono::steady_clock::now() < until) {
      }
    }
    Options options;
  };

  Options options_;
  Layout layout_;
};

/// Every gradient of worker i takes seconds[i].
inline std::unique_ptr<delay::Timing> fixed_timing(std::vector<double> seconds) {
  delay::Workers workers{.count = static_cast<WorkerId>(seconds.size()),
                         .speed = delay::ListedSpeeds{.seconds = std::move(seconds)}};
  auto timing = delay::build_timing(workers, {});
  TAILRACE_CHECK(timing.has_value());
  return std::move(*timing);
}

/// A clock that asks a function.
class AskTiming final : public delay::Timing {
 public:
  using Answer = std::function<delay::JobSpan(const delay::JobTiming&)>;
  explicit AskTiming(Answer answer) : answer_(std::move(answer)) {}
  delay::JobSpan schedule(const delay::JobTiming& job) override { return answer_(job); }

 private:
  Answer answer_;
};

/// An empty folder that vanishes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tailrace-XXXXXX").string();
    TAILRACE_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Momentum, a buffer, queues: every part that keeps state.
inline policy::Method stateful_method() {
  return {.local = {.steps = 2, .step_size = policy::ConstantStep{.value = 0.5}},
          .combine = policy::Buffer{.size = 3},
          .then = {policy::Momentum{.beta = 0.9}},
          .next = {.who = policy::Shuffled{}, .in_flight = 7},
          .step_size = policy::InverseSqrtStep{.value = 0.3, .period = 20}};
}

/// What of the samples is exact and can be compared.
inline std::vector<std::tuple<Version, std::int64_t, double>> rows(
    const std::vector<Sample>& samples) {
  std::vector<std::tuple<Version, std::int64_t, double>> rows;
  for (const Sample& s : samples) rows.emplace_back(s.step, s.time.ns, s.evaluation.loss);
  return rows;
}

/// Asks for the end after so many steps.
class InterruptAt final : public Observer {
 public:
  explicit InterruptAt(Version version) : version_(version) {}
  void stepped(Version version, std::span<const Real> /*model*/, Time /*now*/) override {
    if (version == version_) flag = true;
  }
  void restored(const std::vector<Sample>& samples) override { restored_samples = samples.size(); }
  std::atomic<bool> flag = false;
  std::size_t restored_samples = 0;

 private:
  Version version_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace tailrace::engine::testing
