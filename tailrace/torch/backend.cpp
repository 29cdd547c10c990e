#include "tailrace/torch/backend.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

#include <filesystem>
#include <mutex>
#include <string_view>

namespace tailrace::torch {
namespace {

/// Where the library that provides matrix products lies, with links followed.
std::string blas_library() {
  Dl_info info{};
  void* const product = dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || dladdr(product, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code error;
  const auto path = std::filesystem::canonical(info.dli_fname, error);
  return error ? std::string(info.dli_fname) : path.string();
}

void keep_memory() {
  // glibc gives blocks beyond 128 KiB back to the system, and every gradient asks for them again.
  constexpr int never_below = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, never_below);
  mallopt(M_TRIM_THRESHOLD, never_below);
}

void use_one_blas_thread() {
  using SetThreads = void (*)(int);
  if (auto* const set =
          reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set(1);
  }
}

}  // namespace

void settle() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_memory();
    use_one_blas_thread();
  });
  settle_thread();
}

void settle_thread() {
  thread_local bool settled = false;
  if (settled) return;
  at::set_num_threads(1);
  settled = true;
}

std::string slow_blas_warning() {
  const std::string library = blas_library();
  // Debian's reference BLAS is /usr/lib/<machine>/blas/libblas.so.3.
  if (library.find("/blas/libblas.so") == std::string::npos) return {};
  return "matrix products come from the reference BLAS (" + library +
         "), which is some thirty times slower than OpenBLAS: install libopenblas0-pthread";
}

Result<c10::Device> find_device(neural::Device device) {
  if (device == neural::Device::cpu) return c10::Device(c10::kCPU);
  if (at::Context::hasCUDA()) return c10::Device(c10::kCUDA);
  return fail({"model/no-cuda", "device = \"cuda\", but this LibTorch finds no CUDA device",
               "device",
               "choose \"cpu\", or build against a LibTorch with CUDA (CMAKE_PREFIX_PATH)"});
}

}  // namespace tailrace::torch
