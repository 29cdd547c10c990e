#pragma once

#include <cstdint>

#include "tailrace/core/result.hpp"
#include "tailrace/spec/experiment.hpp"

namespace tailrace::cli {

/// Fingerprint of everything that decides the bits of one run; run logs and checkpoints carry it.
[[nodiscard]] std::uint64_t fingerprint_of(const spec::Experiment& experiment,
                                           const spec::MethodSpec& method, std::uint64_t seed);

/// The same with when the run ends and which engine computes it; results carry it.
[[nodiscard]] std::uint64_t result_fingerprint_of(const spec::Experiment& experiment,
                                                  const spec::MethodSpec& method,
                                                  std::uint64_t seed);

/// Whether a result's fingerprint is that of this run, by whichever engine it was computed: one may
/// have gone on with the run of another.
[[nodiscard]] bool may_be_result_of(std::uint64_t fingerprint, const spec::Experiment& experiment,
                                    const spec::MethodSpec& method, std::uint64_t seed);

/// Whether the runs that are wanted now are among those of the experiment that a folder was begun
/// with. The engine, the number of threads and the time between checkpoints may differ.
///
///   where  the stored experiment's file, for the error
///
/// Errors  cli/other-experiment, one for every difference.
[[nodiscard]] Status check_same(const spec::Experiment& wanted, const spec::Experiment& stored,
                                const std::string& where);

}  // namespace tailrace::cli
