#include "tailrace/data/synthetic_images.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/random.hpp"

namespace tailrace::data {
namespace {

constexpr std::size_t classes = 10;
constexpr std::size_t digit_side = 28;
constexpr std::size_t shape_side = 32;

struct Point {
  double x = 0;  ///< to the right
  double y = 0;  ///< downwards
};

/// Lines from point to point.
using Stroke = std::vector<Point>;

/// Points on an ellipse from one angle to another, in quarter turns clockwise from the right.
Stroke arc(Point center, double width, double height, double from, double to) {
  constexpr int pieces = 10;
  Stroke points;
  for (int k = 0; k <= pieces; ++k) {
    const double angle = (from + (to - from) * k / pieces) * std::numbers::pi / 2;
    points.push_back({center.x + width * std::cos(angle), center.y + height * std::sin(angle)});
  }
  return points;
}

Stroke joined(std::initializer_list<Stroke> parts) {
  Stroke whole;
  for (const Stroke& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

/// The ten digits in a box from -1 to 1, half as wide as high.
std::array<std::vector<Stroke>, classes> make_digits() {
  const Stroke top = arc({0, -0.5}, 0.45, 0.48, -2, 1);
  return {{
      {arc({0, 0}, 0.55, 1, 0, 4)},
      {{{-0.3, -0.7}, {0.05, -1}, {0.05, 1}}},
      {joined({arc({0, -0.5}, 0.5, 0.5, -2, 0.4), {{-0.5, 1}, {0.55, 1}}})},
      {joined({top, {{-0.1, 0}}}), arc({0, 0.48}, 0.5, 0.5, -1, 2)},
      {{{0.3, 1}, {0.3, -1}, {-0.55, 0.35}, {0.6, 0.35}}},
      {joined({{{0.45, -1}, {-0.4, -1}, {-0.45, -0.1}}, arc({0, 0.4}, 0.5, 0.58, -1.3, 1.7)})},
      {joined({{{0.35, -1}, {-0.2, -0.5}}, arc({0, 0.45}, 0.5, 0.52, 2, 6.4)})},
      {{{-0.5, -1}, {0.5, -1}, {-0.15, 1}}},
      {arc({0, -0.5}, 0.42, 0.46, 1, 5), arc({0, 0.48}, 0.5, 0.5, -1, 3)},
      {joined({arc({0, -0.45}, 0.48, 0.5, 0.4, 4.3), {{0.3, 1}}})},
  }};
}

/// Uniform on (from, to).
double between(Stream& stream, double from, double to) {
  return from + (to - from) * stream.uniform();
}

/// The place of a picture's drawing.
struct Placing {
  double along_x = 1;   ///< x of the picture gained by a step in the drawing's x
  double across_x = 0;  ///< by a step in its y
  double along_y = 0;
  double across_y = 1;
  Point center;

  [[nodiscard]] Point operator()(Point p) const {
    return {center.x + along_x * p.x + across_x * p.y, center.y + along_y * p.x + across_y * p.y};
  }
};

/// Draws a rotation, a slant, a size and a shift.
Placing draw_placing(Stream& stream, double angle_max, double slant_max, double size_min,
                     double size_max, double shift_max, double side) {
  const double angle = between(stream, -angle_max, angle_max);
  const double slant = between(stream, -slant_max, slant_max);
  const double size = between(stream, size_min, size_max);
  const double cosine = size * std::cos(angle);
  const double sine = size * std::sin(angle);
  Placing placing{cosine, -sine - slant * cosine, sine, cosine - slant * sine, {}};
  placing.center.x = (side - 1) / 2 + between(stream, -shift_max, shift_max);
  placing.center.y = (side - 1) / 2 + between(stream, -shift_max, shift_max);
  return placing;
}

double distance_to_segment(Point p, Point a, Point b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double along = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
  const double t = std::clamp(along, 0.0, 1.0);
  const double x = p.x - (a.x + t * dx);
  const double y = p.y - (a.y + t * dy);
  return std::sqrt(x * x + y * y);
}

/// Raises `ink` (0 to 1 a pixel) to a line's: 1 within half its width, 0 one pixel farther.
void draw_line(std::span<float> ink, Point a, Point b, double width) {
  const double reach = width / 2 + 0.5;
  const auto first = [reach](double low) {
    return static_cast<std::size_t>(std::clamp(std::ceil(low - reach), 0.0, digit_side - 1.0));
  };
  const auto last = [reach](double high) {
    return static_cast<std::size_t>(std::clamp(std::floor(high + reach), 0.0, digit_side - 1.0));
  };
  const std::size_t left = first(std::min(a.x, b.x));
  const std::size_t right = last(std::max(a.x, b.x));
  const std::size_t bottom = last(std::max(a.y, b.y));
  for (std::size_t y = first(std::min(a.y, b.y)); y <= bottom; ++y) {
    for (std::size_t x = left; x <= right; ++x) {
      const Point pixel{static_cast<double>(x), static_cast<double>(y)};
      const double shade = std::clamp(reach - distance_to_segment(pixel, a, b), 0.0, 1.0);
      float& there = ink[y * digit_side + x];
      there = std::max(there, static_cast<float>(shade));
    }
  }
}

/// Adds noise of deviation `deviation` (a sum of four uniforms) and rounds into a byte.
void add_noise(Stream& stream, std::span<const float> shades, double deviation,
               std::span<std::uint8_t> pixels) {
  // The sum of four uniform bytes has mean 510 and variance 4 (256^2 - 1) / 12.
  const auto scale = static_cast<float>(deviation / 147.8);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::uint32_t bits = stream.bits32();
    const std::uint32_t sum =
        (bits & 255U) + (bits >> 8 & 255U) + (bits >> 16 & 255U) + (bits >> 24);
    const float noisy = shades[i] + scale * (static_cast<float>(sum) - 510);
    pixels[i] = static_cast<std::uint8_t>(std::clamp(noisy, 0.0F, 255.0F) + 0.5F);
  }
}

void draw_digit(Stream& stream, const std::vector<Stroke>& strokes,
                std::span<std::uint8_t> pixels) {
  constexpr double wobble = 1;  // pixels
  std::array<float, digit_side * digit_side> shades{};
  const Placing placing = draw_placing(stream, 0.25, 0.25, 0.8 * 9.5, 1.1 * 9.5, 3, digit_side);
  const double width = between(stream, 1.5, 3.5);
  for (const Stroke& stroke : strokes) {
    Stroke placed;
    for (const Point& p : stroke) {
      Point q = placing(p);
      q.x += between(stream, -wobble, wobble);
      q.y += between(stream, -wobble, wobble);
      placed.push_back(q);
    }
    for (std::size_t k = 0; k + 1 < placed.size(); ++k) {
      draw_line(shades, placed[k], placed[k + 1], width);
    }
  }
  const auto brightness = static_cast<float>(between(stream, 150, 255));
  for (float& shade : shades) shade *= brightness;
  add_noise(stream, shades, 24, pixels);
}

enum class Outline { disk, square, triangle, ring, cross };

/// Whether a point lies in an outline that reaches about from -1 to 1.
bool inside(Outline outline, Point p) {
  const double x = std::abs(p.x);
  const double y = std::abs(p.y);
  const double squared = p.x * p.x + p.y * p.y;
  switch (outline) {
    case Outline::disk:
      return squared < 1;
    case Outline::square:
      return std::max(x, y) < 0.88;
    case Outline::triangle:
      return p.y < 0.8 && p.y > 1.8 * x - 1;
    case Outline::ring:
      return squared < 1 && squared > 0.35;
    case Outline::cross:
      return std::min(x, y) < 0.33 && std::max(x, y) < 1;
  }
  return false;
}

using Color = std::array<float, 3>;

Color draw_color(Stream& stream) {
  Color color{};
  for (float& channel : color) channel = static_cast<float>(between(stream, 20, 235));
  return color;
}

/// A color that differs from another by 80 or more in a channel at least.
Color draw_other_color(Stream& stream, const Color& other) {
  for (;;) {
    const Color color = draw_color(stream);
    for (std::size_t c = 0; c < color.size(); ++c) {
      if (std::abs(color[c] - other[c]) >= 80) return color;
    }
  }
}

void draw_shape(Stream& stream, std::size_t label, std::span<std::uint8_t> pixels) {
  const auto outline = static_cast<Outline>(label / 2);
  const bool striped = label % 2 == 1;
  const Placing placing = draw_placing(stream, 0.25, 0, 7, 12, 4, shape_side);
  const double determinant =
      placing.along_x * placing.across_y - placing.across_x * placing.along_y;
  const Color left = draw_color(stream);
  const Color right = draw_color(stream);
  const Color fill = draw_other_color(stream, left);
  const double phase = between(stream, 0, 2);
  std::array<float, 3 * shape_side * shape_side> shades{};
  for (std::size_t y = 0; y < shape_side; ++y) {
    for (std::size_t x = 0; x < shape_side; ++x) {
      const double dx = static_cast<double>(x) - placing.center.x;
      const double dy = static_cast<double>(y) - placing.center.y;
      const Point p{(placing.across_y * dx - placing.across_x * dy) / determinant,
                    (placing.along_x * dy - placing.along_y * dx) / determinant};
      const bool gap = striped && std::fmod(p.y * 2.5 + 10 + phase, 2) < 1;
      const bool filled = inside(outline, p) && !gap;
      const auto share = static_cast<float>(x + y) / (2 * shape_side - 2);
      for (std::size_t c = 0; c < 3; ++c) {
        shades[(c * shape_side + y) * shape_side + x] =
            filled ? fill[c] : left[c] + share * (right[c] - left[c]);
      }
    }
  }
  add_noise(stream, shades, 16, pixels);
}

/// Draws every image from a stream of its own.
Images draw(const SyntheticImages& options, Images images, const auto& draw_one) {
  images.classes = classes;
  images.pixels.resize(options.count * images.pixels_each());
  images.labels.resize(options.count);
  const auto part = static_cast<std::uint32_t>(options.part);
  for (std::size_t i = 0; i < options.count; ++i) {
    Stream stream(options.seed, Purpose::data, part, i);
    const std::size_t label = stream.below(classes);
    images.labels[i] = static_cast<std::int32_t>(label);
    draw_one(stream, label,
             std::span(images.pixels).subspan(i * images.pixels_each(), images.pixels_each()));
  }
  return images;
}

}  // namespace

Images synthetic_digits(const SyntheticImages& options) {
  const auto digits = make_digits();
  const Images form{.name = "synthetic digits",
                    .channels = 1,
                    .height = digit_side,
                    .width = digit_side,
                    .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  return draw(options, form, [&digits](Stream& stream, std::size_t label, auto pixels) {
    draw_digit(stream, digits[label], pixels);
  });
}

Images synthetic_shapes(const SyntheticImages& options) {
  const Images form{
      .name = "synthetic shapes",
      .channels = 3,
      .height = shape_side,
      .width = shape_side,
      .class_names = {"disk", "striped disk", "square", "striped square", "triangle",
                      "striped triangle", "ring", "striped ring", "cross", "striped cross"}};
  return draw(options, form, draw_shape);
}

}  // namespace tailrace::data
