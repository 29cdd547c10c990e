#include "tailrace/problem/noise.hpp"

#include <cmath>
#include <type_traits>

#include "tailrace/core/distributions.hpp"

namespace tailrace::problem {
namespace {

double draw(const Gaussian&, Stream& stream) { return standard_normal(stream); }
double draw(const StudentT& law, Stream& stream) { return student_t(stream, law.degrees); }
double draw(const Pareto& law, Stream& stream) {
  return random_sign(stream, standard_pareto(stream, law.tail_index));
}
double draw(const Stable& law, Stream& stream) { return symmetric_stable(stream, law.alpha); }
double draw(const SubWeibull& law, Stream& stream) {
  return random_sign(stream, standard_weibull(stream, 1 / law.theta));
}

void add(Real& to, double summand) { to = static_cast<Real>(static_cast<double>(to) + summand); }

/// The whole of `scratch` becomes `count` independent standard normals.
void draw_normals(Stream& stream, std::size_t count, std::vector<double>& scratch) {
  scratch.resize(count);
  fill_standard_normal(stream, scratch);
}

template <class Law>
void add_coordinates(const Law& law, Stream& stream, std::span<Real> gradient,
                     std::vector<double>& scratch) {
  if constexpr (std::is_same_v<Law, Gaussian>) {  // two normals for the price of one
    draw_normals(stream, gradient.size(), scratch);
    for (std::size_t j = 0; j < gradient.size(); ++j) add(gradient[j], law.scale * scratch[j]);
  } else {
    for (Real& coordinate : gradient) add(coordinate, law.scale * draw(law, stream));
  }
}

template <class Law>
void add_direction(const Law& law, Stream& stream, std::span<Real> gradient,
                   std::vector<double>& scratch) {
  const double norm = std::fabs(law.scale * draw(law, stream));
  draw_normals(stream, gradient.size(), scratch);
  double squares = 0;
  for (const double x : scratch) squares += x * x;
  const double factor = norm / std::sqrt(squares);
  for (std::size_t j = 0; j < gradient.size(); ++j) add(gradient[j], factor * scratch[j]);
}

template <class Law>
void add_law(const Law& law, Stream& stream, std::span<Real> gradient,
             std::vector<double>& scratch) {
  if (law.scale == 0) return;
  switch (law.shape) {
    case NoiseShape::coordinates:
      return add_coordinates(law, stream, gradient, scratch);
    case NoiseShape::direction:
      return add_direction(law, stream, gradient, scratch);
    case NoiseShape::scalar: {
      const double shift = law.scale * draw(law, stream);
      for (Real& coordinate : gradient) add(coordinate, shift);
      return;
    }
  }
}

}  // namespace

void add_noise(const Noise& noise, Stream& stream, std::span<Real> gradient,
               std::vector<double>& scratch) {
  std::visit(
      [&]<class Law>(const Law& law) {
        if constexpr (!std::is_same_v<Law, NoNoise>) add_law(law, stream, gradient, scratch);
      },
      noise);
}

}  // namespace tailrace::problem
