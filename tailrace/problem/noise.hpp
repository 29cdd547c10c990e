#pragma once

#include <array>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/random.hpp"

namespace tailrace::problem {

/// How draws of one real random variable xi, symmetric about 0, become a vector.
enum class NoiseShape {
  coordinates,  ///< an independent xi for every coordinate
  direction,    ///< |xi| times a uniformly random direction: |xi| is the vector's norm
  scalar,       ///< one xi added to every coordinate: norm sqrt(dimension) |xi|
};

/// Injected noise: a gradient g becomes g + scale * vector(xi). All choices are symmetric, and
/// their ranges are such that the mean exists and is 0. They differ in the law of xi:
///
///   gaussian     N(0, 1)
///   student_t    Student's t; moments of order below `degrees` are finite
///   pareto       random sign times Pr[|xi| > x] = x^(-tail_index), x >= 1
///   stable       symmetric alpha-stable, characteristic function exp(-|t|^alpha)
///   sub_weibull  random sign times Pr[|xi| > x] = exp(-x^(1/theta)), x >= 0
///
/// Source  sub_weibull: theta as in Erickson, Johansson: Clipped asynchronous SGD, ICML 2026
///         (1/2 sub-Gaussian, 1 exponential, larger is heavier); E exp((|xi|/s)^(1/theta)) = 2 at
///         s = 2^theta. scalar: the injected noise of the Ringmaster and Rennala experiments.
struct NoNoise {
  static constexpr std::string_view name = "none";
  static constexpr std::string_view summary = "No injected noise.";
  static constexpr std::string_view formula = "xi = 0";
  static constexpr std::string_view source = "ours";
  static void fields(auto&, auto&&) {}
};

/// The options every noise has; lists them for fields().
inline void noise_fields(auto& self, auto&& field) {
  field("scale", self.scale,
        Field{.min = 0, .max = 1e9, .doc = "multiplies the noise; 0 is no noise"});
  field("shape", self.shape,
        Field{.doc = "coordinates: independent in each; direction: random direction, heavy-tailed "
                     "norm; scalar: one draw added to all coordinates"});
}

struct Gaussian {
  static constexpr std::string_view name = "gaussian";
  static constexpr std::string_view summary = "Normal noise: light tails.";
  static constexpr std::string_view formula = "xi ~ N(0, 1)";
  static constexpr std::string_view source =
      "Maranjyan, Tyurin, Richtarik: Ringmaster ASGD, arXiv:2501.16168";

  double scale = 0.1;
  NoiseShape shape = NoiseShape::coordinates;

  static void fields(auto& self, auto&& field) { noise_fields(self, field); }
};

struct StudentT {
  static constexpr std::string_view name = "student_t";
  static constexpr std::string_view summary = "Student's t noise: moments below its degrees exist.";
  static constexpr std::string_view formula = "xi ~ t(degrees)";
  static constexpr std::string_view source =
      "Student: The probable error of a mean, Biometrika 6, 1908";

  double degrees = 3;
  double scale = 0.1;
  NoiseShape shape = NoiseShape::coordinates;

  static void fields(auto& self, auto&& field) {
    field("degrees", self.degrees,
          Field{.min = 1,
                .max = 1e9,
                .above_min = true,
                .doc = "smaller is heavier; the variance is infinite "
                       "up to 2"});
    noise_fields(self, field);
  }
};

struct Pareto {
  static constexpr std::string_view name = "pareto";
  static constexpr std::string_view summary = "Symmetric Pareto noise: power-law tails.";
  static constexpr std::string_view formula = "xi = +-X,  Pr[X > x] = x^(-tail_index) for x >= 1";
  static constexpr std::string_view source = "standard; the symmetric form is ours";

  double tail_index = 1.5;
  double scale = 0.1;
  NoiseShape shape = NoiseShape::coordinates;

  static void fields(auto& self, auto&& field) {
    field("tail_index", self.tail_index,
          Field{.min = 1,
                .max = 1e9,
                .above_min = true,
                .doc = "smaller is heavier; the variance is infinite "
                       "up to 2"});
    noise_fields(self, field);
  }
};

struct Stable {
  static constexpr std::string_view name = "stable";
  static constexpr std::string_view summary = "Symmetric alpha-stable noise; alpha = 2 is normal.";
  static constexpr std::string_view formula = "E exp(i t xi) = exp(-|t|^alpha)";
  static constexpr std::string_view source =
      "Chambers, Mallows, Stuck: J. Amer. Statist. Assoc. 71, 1976";

  double alpha = 1.5;
  double scale = 0.1;
  NoiseShape shape = NoiseShape::coordinates;

  static void fields(auto& self, auto&& field) {
    field("alpha", self.alpha,
          Field{.min = 1,
                .max = 2,
                .above_min = true,
                .doc = "smaller is heavier; the variance is infinite below 2"});
    noise_fields(self, field);
  }
};

struct SubWeibull {
  static constexpr std::string_view name = "sub_weibull";
  static constexpr std::string_view summary = "Stretched-exponential noise: all moments exist.";
  static constexpr std::string_view formula = "xi = +-X,  Pr[X > x] = exp(-x^(1/theta))";
  static constexpr std::string_view source =
      "Erickson, Johansson: clipped asynchronous SGD, ICML 2026";

  double theta = 1;
  double scale = 0.1;
  NoiseShape shape = NoiseShape::coordinates;

  static void fields(auto& self, auto&& field) {
    field("theta", self.theta,
          Field{.min = 0,
                .max = 20,
                .above_min = true,
                .doc = "larger is heavier: 0.5 sub-Gaussian, 1 exponential"});
    noise_fields(self, field);
  }
};

using Noise = std::variant<NoNoise, Gaussian, StudentT, Pareto, Stable, SubWeibull>;

/// Adds a draw of the noise to the gradient. `scratch` saves an allocation a call; its content does
/// not matter. Cost: one to three random numbers and a logarithm or power a coordinate.
void add_noise(const Noise& noise, Stream& stream, std::span<Real> gradient,
               std::vector<double>& scratch);

}  // namespace tailrace::problem

template <>
struct tailrace::EnumNames<tailrace::problem::NoiseShape> {
  static constexpr std::array values = {
      std::pair{"coordinates", tailrace::problem::NoiseShape::coordinates},
      std::pair{"direction", tailrace::problem::NoiseShape::direction},
      std::pair{"scalar", tailrace::problem::NoiseShape::scalar}};
};
