#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// Three classes of workers: fast, medium and slow.
///
///     T = s_i * U(1, 2)    fast
///         s_i * U(3, 5)    medium
///         s_i * U(5, 8)    slow, delays = "mild"     or   s_i * U(50, 80), delays = "large"
///
/// Which worker is in which class is drawn once a run from the stream (seed, speed); the sizes of
/// the classes follow the shares exactly, up to whole workers. s_i is 1 s in the paper.
///
///   delays  enum             how slow the slow class is
///   shares  3 doubles  [1]   >= 0; sizes of fast, medium, slow; only ratios matter
///
/// State   none; one byte a worker.
/// Cost    O(1).
/// Errors  other than three shares, negative or all-zero ones are refused when the run is set up.
/// Source  Wang, Wang, Lu, Chen: FADAS, ICML 2024, arXiv:2407.18365, and its code; there the sizes
///         are drawn with expectation 3 : 2 : 1, here they are exact.
struct Fadas {
  static constexpr std::string_view name = "fadas";
  static constexpr std::string_view summary = "Three classes of workers: fast, medium and slow.";
  static constexpr std::string_view formula =
      "T = s_i U(1, 2) fast, s_i U(3, 5) medium, s_i U(5, 8) or s_i U(50, 80) slow";
  static constexpr std::string_view source =
      "Wang, Wang, Lu, Chen: FADAS, ICML 2024, arXiv:2407.18365";

  enum class Delays { mild, large };

  Delays delays = Delays::mild;
  std::vector<double> shares = {3, 2, 1};

  static void fields(auto& self, auto&& field) {
    field("delays", self.delays,
          Field{.doc = "slow workers take 5 to 8 (mild) or 50 to 80 (large) times s_i"});
    field("shares", self.shares,
          Field{.min = 0, .max = 1e9, .doc = "sizes of fast, medium and slow; only ratios matter"});
  }

  struct Classes {
    struct Range {
      double low;
      double high;
    };
    std::array<Range, 3> ranges;
    std::vector<std::uint8_t> class_of;  ///< (workers)

    double draw(double mean, const StepName& step, Stream& stream) const {
      const Range range = ranges[class_of[step.worker]];
      return mean * (range.low + (range.high - range.low) * stream.uniform());
    }
  };
  Result<Classes> prepare(const ModelSetup& setup) const;
};

}  // namespace tailrace::delay

template <>
struct tailrace::EnumNames<tailrace::delay::Fadas::Delays> {
  using enum delay::Fadas::Delays;
  static constexpr std::array values = {std::pair{"mild", mild}, std::pair{"large", large}};
};

static_assert(tailrace::delay::DelayModel<tailrace::delay::Fadas>);
