#pragma once

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/mix_in.hpp"
#include "tailrace/policy/transform/scale_by_staleness.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

/// Asynchronous federated optimization: the server mixes every arriving model into its own, the
/// less the staler it is.
///
/// Source  Xie, Koyejo, Gupta: Asynchronous Federated Optimization, arXiv:1903.03934, without the
///         proximal term of the local objective; the worker that finished works next.
struct FedAsync {
  static constexpr std::string_view name = "fedasync";
  static constexpr std::string_view title = "FedAsync";
  static constexpr std::string_view summary =
      "Mixes every arriving model into the server's, the less the staler it is.";
  static constexpr std::string_view source = "Xie, Koyejo, Gupta, arXiv:1903.03934";
  static constexpr std::string_view box = R"(give every worker a job from x
worker i:  y <- x
           local_steps times:  y <- y - local_step_size_t * gradient of f_i at y
whenever a model y arrives that is tau steps old
  a <- mixing_t * s(tau)
  x <- (1 - a) * x + a * y
  its worker gets a job from the new x)";

  std::uint32_t local_steps = 1;
  policy::Schedule local_step_size = policy::ConstantStep{};
  policy::Schedule mixing = policy::ConstantStep{.value = 0.6};
  policy::StalenessRule staleness = policy::PolynomialWeight{};

  static void fields(auto& self, auto&& field) {
    field("local_steps", self.local_steps, local_steps_field);
    field("local_step_size", self.local_step_size, local_step_size_field);
    field("mixing", self.mixing, Field{.doc = "share of a fresh model in the mixture, at most 1"});
    field("staleness", self.staleness, Field{.doc = "s: how mixing falls with staleness"});
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .local = {.steps = local_steps, .step_size = local_step_size},
        .each = {policy::MixIn{}, policy::ScaleByStaleness{staleness}},
        .combine = policy::AtOnce{},
        .next = {.who = policy::Sender{}},
        .step_size = mixing,
    };
  }
};

}  // namespace tailrace::recipe
