#include "cli/interrupt.hpp"

#include <csignal>

namespace tailrace::cli {
namespace {

// A signal handler reaches nothing but globals.
std::atomic<bool> flag = false;  // NOLINT(*-avoid-non-const-global-variables)
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers must not lock");

void handle(int signal) {
  flag.store(true);
  std::signal(signal, SIG_DFL);
}

}  // namespace

const std::atomic<bool>& interrupt_flag() { return flag; }

void catch_interrupts() {
  std::signal(SIGINT, handle);
  std::signal(SIGTERM, handle);
}

}  // namespace tailrace::cli
