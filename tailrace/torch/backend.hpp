#pragma once

#include <c10/core/Device.h>

#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/neural/course.hpp"

namespace tailrace::torch {

/// Makes LibTorch fit for many jobs at once, each on one core: one computing thread per operation
/// (also in OpenBLAS, which does not listen to LibTorch), and memory that is kept instead of being
/// given back to the system after every gradient. Done once; every problem of this folder does it.
void settle();

/// Every thread that computes calls this before: LibTorch counts threads for each of them.
void settle_thread();

/// One sentence if matrix products come from the slow reference BLAS, which is some thirty times
/// slower than OpenBLAS; else empty.
[[nodiscard]] std::string slow_blas_warning();

/// Errors  model/no-cuda when this LibTorch or this machine has none.
[[nodiscard]] Result<c10::Device> find_device(neural::Device device);

}  // namespace tailrace::torch
