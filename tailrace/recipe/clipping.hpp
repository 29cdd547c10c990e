#pragma once

#include <variant>

#include "tailrace/policy/schedule.hpp"
#include "tailrace/policy/transform.hpp"
#include "tailrace/policy/transform/clip_coordinates.hpp"
#include "tailrace/policy/transform/clip_form.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/compensate_delay.hpp"
#include "tailrace/policy/transform/scale_by_staleness.hpp"

/// What sgdclip and clip2 share.
namespace tailrace::recipe {

/// Steps of clipped updates, on a worker or on the server.
struct ClippedSteps {
  policy::Schedule step_size = policy::ConstantStep{};
  double clip = 1;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, Field{.doc = "multiplies what is left after clipping"});
    field("clip", self.clip,
          Field{.unit = "size of u", .min = 0, .above_min = true, .doc = "inf never clips"});
  }
};

/// Steps without clipping.
struct PlainSteps {
  policy::Schedule step_size = policy::ConstantStep{};

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, Field{.doc = "multiplies the update"});
  }
};

inline constexpr Field clip_form_field{.doc = "clip the whole norm, or each coordinate"};
inline constexpr Field downplaying_field{.doc = "s: how weights fall with staleness"};
inline constexpr Field compensation_field{.min = 0,
                                          .doc = "lambda of the delay compensation; 0 is off"};

[[nodiscard]] inline policy::AnyTransform clip(policy::ClipForm form, double threshold) {
  if (form == policy::ClipForm::coordinates) return policy::ClipCoordinates{threshold};
  return policy::ClipNorm{threshold};
}

/// The `each` part: compensation first, since it estimates the update itself; parts that are off
/// are left out.
[[nodiscard]] inline policy::Chain remedies(double compensation,
                                            const policy::StalenessRule& staleness) {
  policy::Chain chain;
  if (compensation != 0) chain.add(policy::CompensateDelay{.lambda = compensation});
  if (!std::holds_alternative<policy::ConstantWeight>(staleness)) {
    chain.add(policy::ScaleByStaleness{staleness});
  }
  return chain;
}

}  // namespace tailrace::recipe
