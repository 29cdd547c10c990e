#include "tailrace/spec/exact_problem.hpp"

#include <type_traits>
#include <variant>

namespace tailrace::spec {
namespace {

template <class T>
concept HasNoise = requires(T& options) {
  options.noise = problem::NoNoise{};
};
template <class T>
concept HasBatch = requires(T& options) {
  options.batch = 0;
};
/// A network's: the options that all of them share lie one level deeper.
template <class T>
concept Learns = requires(T& options) {
  options.learning.batch = 0;
};

/// What a network's gradients draw besides their batch.
template <class T>
void draw_nothing(T& options) {
  if constexpr (requires { options.images.flip; }) {
    options.images.padding = 0;
    options.images.flip = false;
  }
  std::visit(
      [](auto& model) {
        if constexpr (requires { model.dropout; }) model.dropout = 0;
      },
      options.model);
}

/// Where a problem's options have `batch` and `noise`.
template <class T>
auto& common(T& options) {
  if constexpr (Learns<T>) {
    return options.learning;
  } else {
    return options;
  }
}

}  // namespace

problem::BuiltProblem exact_problem(const Problems::Choice& problem,
                                    const problem::ProblemSetup& setup, const Exactly& how) {
  return std::visit(
      [&]<class Options>(Options options) {
        if constexpr (Learns<Options>) draw_nothing(options);
        auto& options_of_all = common(options);
        using Common = std::remove_reference_t<decltype(options_of_all)>;
        if constexpr (HasNoise<Common>) options_of_all.noise = problem::NoNoise{};
        if constexpr (HasBatch<Common>) {
          if (!how.batches) options_of_all.batch = 0;
        }
        return options.build(setup);
      },
      problem);
}

bool has_batches(const Problems::Choice& problem) {
  return std::visit(
      []<class Options>(const Options& options) {
        if constexpr (Learns<Options>) return options.learning.batch > 0;
        if constexpr (HasBatch<Options>) return options.batch > 0;
        return false;
      },
      problem);
}

problem::Noise noise_of(const Problems::Choice& problem) {
  return std::visit(
      []<class Options>(const Options& options) -> problem::Noise {
        if constexpr (Learns<Options>) return options.learning.noise;
        if constexpr (HasNoise<Options>) return options.noise;
        return problem::NoNoise{};
      },
      problem);
}

}  // namespace tailrace::spec
