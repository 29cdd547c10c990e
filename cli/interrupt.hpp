#pragma once

#include <atomic>

namespace tailrace::cli {

/// Set by Ctrl-C or a request to end (SIGINT, SIGTERM). Engines look at it after every event. A
/// second signal ends the program at once.
[[nodiscard]] const std::atomic<bool>& interrupt_flag();

/// From now on signals set the flag.
void catch_interrupts();

}  // namespace tailrace::cli
