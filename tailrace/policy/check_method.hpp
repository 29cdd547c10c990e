#pragma once

#include <cstdint>

#include "tailrace/core/result.hpp"
#include "tailrace/policy/method.hpp"

namespace tailrace::policy {

/// Everything that would keep a method from running as meant with this many workers; empty if it is
/// fine. For methods from code and from experiment files alike, before anything runs.
///
///   method/no-workers                there is nobody to work
///   method/no-local-steps            local.steps = 0
///   method/no-local-step-size        local.steps or local.each without local.step_size
///   method/step-of-nothing           combine waits for 0 updates
///   method/waits-forever             next.when = after_step, and a step takes more updates than
///                                    jobs can be in flight
///   method/waits-too-long            next.when = at_once, and a step takes more than a million
///                                    updates of every job in flight
///   method/mixes-more-than-all       mix_in with a step size above 1
///   method/needs-start               mix_in or compensate_delay outside `send` and `each`
///   method/needs-job                 a part with a memory per worker outside `send` and `each`
///   method/restart-needs-sender      next.restart_after with another assigner than sender, or with
///                                    more jobs in flight than workers
///   spec/out-of-range                an option of a step size or transform
///
/// An error's `where` is the part to blame, such as "then[1]".
///
/// Not errors: more jobs in flight than workers (jobs queue at their workers, first in, first out);
/// fewer with `sender` (the other workers stay idle); a buffer larger than what is in flight with
/// when = at_once (workers contribute several times).
[[nodiscard]] Errors check(const Method& method, std::uint32_t workers);

/// Every part that keeps a method from running on several servers that hold a slice of the model
/// each (see Slices); empty if none does. `send` may be anything where workers run it.
///
///   cluster/not-sliceable  a part that looks at whole vectors
[[nodiscard]] Errors check_sliceable(const Method& method);

}  // namespace tailrace::policy
