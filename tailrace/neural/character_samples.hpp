#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/text.hpp"
#include "tailrace/neural/samples.hpp"

namespace tailrace::neural {

/// How a text becomes samples of its characters.
///
///     sample k  =  characters k stride .. k stride + length - 1 of its part of the text
///     target    =  the same, one character on
///
///   test_share  the last share of the text is the test part, the rest the training part
///   groups      each sample belongs to the line, paragraph or speaker of its middle character
struct CharacterOptions {
  std::uint32_t length = 80;
  std::uint32_t stride = 0;
  double test_share = 0.1;
  data::TextPart groups = data::TextPart::line;
  std::uint32_t characters = 0;

  static void fields(auto& self, auto&& field) {
    field("length", self.length,
          Field{.unit = "characters", .min = 1, .max = 65536, .doc = "of a sample"});
    field("stride", self.stride,
          Field{.unit = "characters",
                .doc = "from one sample's beginning to the next one's; 0: the length, so that "
                       "samples do not overlap"});
    field("test_share", self.test_share,
          Field{.min = 0, .max = 1, .below_max = true, .doc = "of the text, at its end; 0: none"});
    field("groups", self.groups,
          Field{.doc = "what shards = \"grouped\" keeps together: line, paragraph or speaker"});
    field("characters", self.characters,
          Field{.unit = "characters", .doc = "to take from the front of the text; 0: all"});
  }
};

/// A text, ready to train a model that tells the next character.
struct CharacterData {
  SharedSamples train;
  SharedSamples test;  ///< null: none
  std::size_t vocabulary = 0;
};

/// Opens a text by name: a file, "shakespeare", or "synthetic-text" (a million characters, or as
/// many as the options say).
///
/// Characters are numbered as data::CharacterSet of the training part numbers them. One that occurs
/// in the test part alone is token 0 as an input and does not count as a target: no model could
/// have learned it. describe() says how many there are.
///
///   seed  of the synthetic text
///
/// Memory  12 bytes a character.
/// Errors  data/too-short when a part has no sample; those of data::locate(),
///         data::read_characters() and data::parts_of().
[[nodiscard]] Result<CharacterData> open_characters(const std::string& name,
                                                    const CharacterOptions& options,
                                                    std::uint64_t seed);

/// The same of a text at hand.
[[nodiscard]] Result<CharacterData> cut_characters(data::CharacterText text,
                                                   const CharacterOptions& options);

}  // namespace tailrace::neural
