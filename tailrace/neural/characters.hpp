#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/neural/character_samples.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// A language model on characters.
///
///     f_i(x)  =  mean over worker i's characters of -log Pr[next character | those before; x]
///
///   data   a text file or a name; see open_characters()
///   model  lstm, gpt, or torchscript
///
/// Evaluation: losses are in nats a character; the perplexity is exp(test_loss).
/// Errors  those of open_characters(), make_course() and build().
struct Characters {
  static constexpr std::string_view name = "characters";
  static constexpr std::string_view summary = "A language model on characters (LibTorch).";
  static constexpr std::string_view formula =
      "f_i(x) = mean over worker i's characters of -log Pr[next | those before; x]";
  static constexpr std::string_view source =
      "Shakespeare by speakers: Caldas et al.: LEAF, arXiv:1812.01097";

  std::string data = {};
  Model model = Lstm{};
  CharacterOptions characters = {};
  Learning learning = {};

  static void fields(auto& self, auto&& field) {
    field("data", self.data,
          Field{.required = true, .doc = "shakespeare, synthetic-text, or a text file"});
    field("model", self.model, Field{.doc = "the network"});
    CharacterOptions::fields(self.characters, field);
    Learning::fields(self.learning, field);
  }

  [[nodiscard]] problem::ProblemSize size(std::size_t workers) const;
  [[nodiscard]] problem::BuiltProblem build(const problem::ProblemSetup& setup) const;
};

}  // namespace tailrace::neural
