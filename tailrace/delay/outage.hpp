#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::delay {

/// Workers that go away and come back: each alternates between up and down, on its own.
///
///     up_0, down_0, up_1, down_1, ...   each  mean * Exp(1)  or always the mean
///
/// A job in progress pauses while its worker is down and goes on afterwards; nothing is lost. A job
/// that would start while it is down starts when it is back.
///
///   up    Time  [s]  > 0; mean time until a worker goes away; at least a thousandth of the longest
///                    base time s_i, so that a job is not torn into more pieces than can be meant
///   down  Time  [s]  >= 0; mean time until it is back; 0 is no outage
///   law   enum       exponential, or fixed; fixed cycles are staggered: worker i of n begins i / n
///                    of a cycle in, so that not all are away at once
struct Outage {
  static constexpr std::string_view name = "outage";
  static constexpr std::string_view summary = "Workers that go away and come back.";
  static constexpr std::string_view formula =
      "up_0, down_0, up_1, down_1, ...  each its mean times Exp(1), or always its mean";
  static constexpr std::string_view source = "ours";

  enum class Law { exponential, fixed };

  Time up{100'000'000'000};
  Time down{10'000'000'000};
  Law law = Law::exponential;

  static void fields(auto& self, auto&& field) {
    field(
        "up", self.up,
        Field{
            .unit = "s", .min = 0, .above_min = true, .doc = "mean time until a worker goes away"});
    field("down", self.down,
          Field{.unit = "s", .min = 0, .doc = "mean time until it is back; 0: never away"});
    field("law", self.law, Field{.doc = "exponential times, or always the mean (staggered)"});
  }
};

/// The outages of all workers of one run, exact to the nanosecond.
///
/// Cycle c of worker i is drawn from the stream (seed, outage, i, c), so it does not depend on the
/// jobs.
///
/// State   per worker the cycle that holds the latest question: 24 bytes.
/// Cost    O(cycles between two questions + cycles during the job).
class Outages {
 public:
  Outages(const Outage& options, WorkerId workers, std::uint64_t seed);

  struct Span {
    Time start;
    Time end;
  };
  /// When work of length `work` that may begin at `begin` on a worker starts and ends.
  ///
  /// `now` must not decrease from question to question of a worker, and begin >= now. A job may be
  /// canceled: only `now` moves the state, not the answer. What lies more than a million cycles
  /// after `now` is Time::never().
  Span place(WorkerId worker, Time now, Time begin, Time work);

  void state(Archive& archive);

 private:
  /// Up on [.., up_end), down on [up_end, down_end).
  struct Cycle {
    std::uint64_t number = 0;
    Time up_end;
    Time down_end;
  };
  [[nodiscard]] Cycle cycle(WorkerId worker, std::uint64_t number, Time begin) const;
  [[nodiscard]] Cycle next(WorkerId worker, const Cycle& before) const;

  Outage options_;
  std::uint64_t key_;
  std::vector<Cycle> cycles_;
};

}  // namespace tailrace::delay

template <>
struct tailrace::EnumNames<tailrace::delay::Outage::Law> {
  using enum delay::Outage::Law;
  static constexpr std::array values = {std::pair{"exponential", exponential},
                                        std::pair{"fixed", fixed}};
};
