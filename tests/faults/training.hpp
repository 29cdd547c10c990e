#pragma once

#include "tailrace/engine/engine_test.hpp"
#include "tailrace/recipe/fedbuff.hpp"

/// What the processes that are killed train, and what their killer compares with.
namespace tailrace::faults {

inline constexpr std::uint64_t training_seed = 3;
inline constexpr std::uint64_t training_fingerprint = 77;

inline engine::testing::Toy training_problem() {
  return engine::testing::Toy({.workers = 12, .dimension = 20, .noise = 1});
}

inline policy::Method training_method() {
  return recipe::FedBuff{
      .local_steps = 2, .local_step_size = policy::ConstantStep{.value = 0.005}, .momentum = 0.9}
      .method();
}

}  // namespace tailrace::faults
