#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "tailrace/catalog.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/data/shards.hpp"
#include "tailrace/delay/models.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/policy/schedule.hpp"
#include "tailrace/policy/transform/staleness_rule.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/quadratic.hpp"
#include "tailrace/problem/regularizer.hpp"
#include "tailrace/problem/start.hpp"

namespace tailrace::spec {

/// What people call the components of one list of the catalog.
struct KindInfo {
  std::string_view name;     ///< "transform"
  std::string_view plural;   ///< "transforms": what `tailrace list` takes; empty: not listed
  std::string_view purpose;  ///< what they are for, in a few words
};

/// The kind of a choice, specialized for every list that `tailrace list` shows.
template <class Choice>
struct Kind;

template <>
struct Kind<Problems::Choice> {
  static constexpr KindInfo info{"problem", "problems", "what is trained"};
};
template <>
struct Kind<neural::Model> {
  static constexpr KindInfo info{"model", "models", "networks, for images, sentences, characters"};
};
template <>
struct Kind<Recipes::Choice> {
  static constexpr KindInfo info{"recipe", "recipes", "methods with a name, each from a paper"};
};
template <>
struct Kind<Transforms::Choice> {
  static constexpr KindInfo info{"transform", "transforms",
                                 "parts of send, each, then and local.each"};
};
template <>
struct Kind<Combiners::Choice> {
  static constexpr KindInfo info{"combiner", "combiners", "when updates become one step, and how"};
};
template <>
struct Kind<Assigners::Choice> {
  static constexpr KindInfo info{"assigner", "assigners", "who works next"};
};
template <>
struct Kind<policy::Schedule> {
  static constexpr KindInfo info{"schedule", "schedules", "step sizes over time"};
};
template <>
struct Kind<policy::StalenessRule> {
  static constexpr KindInfo info{"staleness", "staleness", "how weights fall with staleness"};
};
template <>
struct Kind<delay::DelayModels::Choice> {
  static constexpr KindInfo info{"delay", "delays", "how a gradient's time varies"};
};
template <>
struct Kind<delay::SpeedModels::Choice> {
  static constexpr KindInfo info{"speed", "speeds", "how fast each worker is"};
};
template <>
struct Kind<problem::Noise> {
  static constexpr KindInfo info{"noise", "noises", "injected into gradients"};
};
template <>
struct Kind<problem::Regularizer> {
  static constexpr KindInfo info{"regularizer", "regularizers", "added to the objective"};
};
template <>
struct Kind<problem::Spectrum> {
  static constexpr KindInfo info{"spectrum", "spectra", "eigenvalues of a quadratic"};
};
template <>
struct Kind<problem::Start> {
  static constexpr KindInfo info{"start", "starts", "where training begins"};
};
template <>
struct Kind<data::Shards> {
  static constexpr KindInfo info{"shards", "shards", "how samples are split among workers"};
};

/// Every kind, in the order in which an experiment is written.
using Kinds =
    TypeList<Problems::Choice, neural::Model, data::Shards, problem::Regularizer, problem::Spectrum,
             problem::Start, problem::Noise, delay::SpeedModels::Choice, delay::DelayModels::Choice,
             Recipes::Choice, Transforms::Choice, Combiners::Choice, Assigners::Choice,
             policy::Schedule, policy::StalenessRule>;

template <class Choice>
concept Listed = requires {
  Kind<Choice>::info;
};

/// The kind of a choice; small choices that belong to one option are called by its key.
template <class Choice>
KindInfo kind_of(std::string_view key) {
  if constexpr (Listed<Choice>) {
    return Kind<Choice>::info;
  } else {
    return {.name = key, .plural = {}, .purpose = {}};
  }
}

}  // namespace tailrace::spec
