#pragma once

#include <string_view>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"

/// Speed models: the base time s_i, in seconds, that one gradient takes on worker i = 0, ..., n-1.
/// A delay model then draws the actual times around it.
///
/// Each gives  values(n, seed) -> s (n), all from 1e-9 to 1e9 s. With `shuffled` the same values go
/// to workers in an order drawn from the stream (seed, speed), so that a worker's number says
/// nothing about its speed.
namespace tailrace::delay {

/// s_i = seconds.
struct EqualSpeeds {
  static constexpr std::string_view name = "equal";
  static constexpr std::string_view summary = "All workers are equally fast.";
  static constexpr std::string_view formula = "s_i = seconds";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";
  static constexpr bool from_number = true;

  double seconds = 1;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s", .min = 1e-9, .max = 1e9, .doc = "time of one gradient"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds[i]; as many as there are workers, or it is an error.
struct ListedSpeeds {
  static constexpr std::string_view name = "list";
  static constexpr std::string_view summary = "The time of each worker is given.";
  static constexpr std::string_view formula = "s_i = seconds[i]";
  static constexpr std::string_view source = "ours";

  std::vector<double> seconds = {};
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s",
                .min = 1e-9,
                .max = 1e9,
                .required = true,
                .doc = "time of one gradient on each worker"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds * (i + 1).
///
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024, PMLR 238: s_i = i for i = 1, ..., n.
struct LinearSpeeds {
  static constexpr std::string_view name = "linear";
  static constexpr std::string_view summary = "Worker i takes i + 1 times as long as worker 0.";
  static constexpr std::string_view formula = "s_i = seconds (i + 1)";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  double seconds = 1;
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s",
                .min = 1e-9,
                .max = 1e9,
                .doc = "time of one gradient on the fastest worker"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds * (1 + sqrt(i)).
///
/// Source  Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168, experiments.
struct SquareRootSpeeds {
  static constexpr std::string_view name = "square_root";
  static constexpr std::string_view summary =
      "Worker i takes 1 + sqrt(i) times as long as worker 0.";
  static constexpr std::string_view formula = "s_i = seconds (1 + sqrt(i))";
  static constexpr std::string_view source =
      "Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168";

  double seconds = 1;
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s",
                .min = 1e-9,
                .max = 1e9,
                .doc = "time of one gradient on the fastest worker"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds * (i + 1)^exponent.
struct PowerSpeeds {
  static constexpr std::string_view name = "power";
  static constexpr std::string_view summary =
      "Worker i takes (i + 1)^exponent as long as worker 0.";
  static constexpr std::string_view formula = "s_i = seconds (i + 1)^exponent";
  static constexpr std::string_view source = "ours";

  double seconds = 1;
  double exponent = 1;
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s", .min = 1e-9, .max = 1e9, .doc = "time of one gradient on worker 0"});
    field(
        "exponent", self.exponent,
        Field{
            .min = -20, .max = 20, .doc = "0 is equal, 1 is linear, below 0 the first is slowest"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds for the first (1 - slow_share) n workers, seconds * slowdown for the others.
///
/// Source  Erickson, Johansson: clipped asynchronous SGD, ICML 2026, PMLR 306: half and half,
///         slowdown 4 or 8.
struct TwoSpeeds {
  static constexpr std::string_view name = "two_speeds";
  static constexpr std::string_view summary =
      "Some workers are slower than the others by one factor.";
  static constexpr std::string_view formula =
      "s_i = seconds for the first (1 - slow_share) n workers, seconds slowdown for the others";
  static constexpr std::string_view source =
      "Erickson, Johansson: clipped asynchronous SGD, ICML 2026";

  double slow_share = 0.5;
  double slowdown = 4;
  double seconds = 1;
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("slow_share", self.slow_share,
          Field{.min = 0, .max = 1, .doc = "share of slow workers, to the nearest whole worker"});
    field("slowdown", self.slowdown,
          Field{.min = 1, .max = 1e9, .doc = "how many times as long a slow worker takes"});
    field(
        "seconds", self.seconds,
        Field{
            .unit = "s", .min = 1e-9, .max = 1e9, .doc = "time of one gradient on a fast worker"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

/// s_i = seconds[g] for the workers of class g; class sizes follow the shares (see shares.hpp).
struct SpeedClasses {
  static constexpr std::string_view name = "classes";
  static constexpr std::string_view summary = "Classes of workers, each with its time and share.";
  static constexpr std::string_view formula = "s_i = seconds[g] for the workers of class g";
  static constexpr std::string_view source = "ours";

  std::vector<double> seconds = {1, 2, 4};
  std::vector<double> shares = {1, 1, 1};
  bool shuffled = false;

  static void fields(auto& self, auto&& field) {
    field("seconds", self.seconds,
          Field{.unit = "s", .min = 1e-9, .max = 1e9, .doc = "time of one gradient in each class"});
    field("shares", self.shares,
          Field{.min = 0, .max = 1e9, .doc = "size of each class; only ratios matter"});
    field("shuffled", self.shuffled, Field{.doc = "hand the times out in random order"});
  }
  Result<std::vector<double>> values(WorkerId workers, std::uint64_t seed) const;
};

}  // namespace tailrace::delay
