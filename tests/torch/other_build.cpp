#include "tailrace/neural/plugin.hpp"

/// What a shared object from an older or newer Tailrace looks like to the program.
extern "C" __attribute__((visibility("default")))
const tailrace::neural::Plugin tailrace_torch_plugin;
const tailrace::neural::Plugin tailrace_torch_plugin = {.build = "another",
                                                        .make_problem = nullptr};
