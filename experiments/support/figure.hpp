#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/report/chart.hpp"
#include "tailrace/report/run_folder.hpp"

namespace tailrace::experiments {

/// Draws what was measured, or says why it was not; returns how the program ends.
template <class Measured>
[[nodiscard]] int draw(const Result<Measured>& measured, const std::string& figure,
                       auto&& chart_of) {
  const Status done = !measured ? Status(fail(measured.error()))
                                : report::write_text(figure, report::to_svg(chart_of(*measured)));
  if (done) return 0;
  fmt::print(stderr, "{}\n", to_string(done.error()));
  return 1;
}

}  // namespace tailrace::experiments
