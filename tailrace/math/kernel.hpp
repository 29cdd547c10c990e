#pragma once

/// Compiles a loop once per instruction set and picks at start-up, so that one binary is fast on
/// every x86-64 machine. The bits are the same in all of them: contraction is off (build flag) and
/// reductions spell out their lanes.
#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_THREAD__) &&          \
    !defined(__SANITIZE_ADDRESS__) && !defined(TAILRACE_NO_CLONES) && defined(__GNUC__) && \
    !defined(__clang__)
#define TAILRACE_KERNEL \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TAILRACE_KERNEL
#endif
