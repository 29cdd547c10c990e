/// A transform of one's own: what a method does to every update is a struct with a name, its
/// options and one function. Next: 03_threads_and_replay.cpp.

#include <fmt/core.h>

#include <cmath>
#include <tailrace/tailrace.hpp>

/// Replaces every coordinate by its sign times the update's mean absolute value.
struct MeanSign {
  static constexpr std::string_view name = "mean_sign";
  static constexpr std::string_view summary = "Signs of the coordinates, times their mean size.";
  static constexpr tailrace::Law laws = tailrace::Law::keeps_zero | tailrace::Law::odd;
  static void fields(auto& /*self*/, auto&& /*field*/) {}

  void apply(const tailrace::policy::Arrival& /*arrival*/, tailrace::policy::Update& update) {
    mean = 0;
    for (const float value : update.values()) {
      mean += std::fabs(value) / static_cast<float>(update.dimension());
    }
    update.then(tailrace::policy::Pass::of(*this));
  }

  /// Runs fused with the model update, block by block.
  void run(const tailrace::policy::Block& block) const {
    for (std::size_t i = 0; i < block.size; ++i) {
      const float value = block.scale * block.in[i];
      block.out[i] = value > 0 ? mean : value < 0 ? -mean : 0;
    }
  }

  float mean = 0;
};
static_assert(tailrace::policy::Transform<MeanSign>);

int main() {
  using namespace tailrace;
  const auto problem = problem::Tridiagonal{.dimension = 100}.build({.workers = 8, .seed = 1});
  const auto timing = delay::build_timing({.count = 8, .delay = delay::Exponential{}},
                                          {.seed = 1, .dimension = 100});

  // The five parts of a method, spelled out.
  policy::Method method;
  method.each = {MeanSign{}};
  method.combine = policy::Buffer{.size = 4};
  method.then = {policy::Momentum{.beta = 0.5}};
  method.next = {.who = policy::Uniform{}};
  method.step_size = policy::InverseSqrtStep{.value = 1, .period = 100};

  engine::RunOptions options;
  options.stop.steps = 20'000;
  const auto result = engine::simulate(**problem, method, **timing, options);
  fmt::print("{}\n", result->summary());
}
