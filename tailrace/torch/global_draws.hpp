#pragma once

#include <ATen/Context.h>

#include <cstdint>
#include <mutex>

namespace tailrace::torch {

/// LibTorch's one generator of the process, seeded, for one thread alone while this object lives.
class GlobalDraws {
 public:
  explicit GlobalDraws(std::uint64_t seed) : lock_(mutex()) { at::manual_seed(seed); }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_;
};

}  // namespace tailrace::torch
