#include "tailrace/neural/character_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "tailrace/core/commas.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/data/synthetic_text.hpp"

namespace tailrace::neural {
namespace {

constexpr std::string_view synthetic = "synthetic-text";
constexpr std::size_t synthetic_characters = 1'000'000;
constexpr std::int64_t does_not_count = -100;

class CharacterSamples : public Samples {
 public:
  /// `parts` says of each character to which part of the text it belongs.
  CharacterSamples(std::string name, std::u32string_view text, std::span<const std::uint32_t> parts,
                   const data::CharacterSet& set, const CharacterOptions& options)
      : name_(std::move(name)),
        stride_(options.stride > 0 ? options.stride : options.length),
        different_(set.size() - 1) {
    shape_ = {.input = Input::tokens,
              .sample = {options.length},
              .vocabulary = set.size(),
              .outputs = set.size(),
              .loss = Loss::next_token};
    tokens_.reserve(text.size());
    for (const char32_t point : text) tokens_.push_back(set.number_of(point));
    unknown_ = static_cast<std::size_t>(
        std::count(tokens_.begin(), tokens_.end(), data::CharacterSet::unknown));
    for (std::size_t begin = 0; begin + options.length < text.size(); begin += stride_) {
      groups_.push_back(parts[begin + options.length / 2]);
    }
  }

  [[nodiscard]] const TaskShape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t count() const override { return groups_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> groups() const override { return groups_; }

  void fill(std::span<const std::uint32_t> numbers, Stream*, Batch& out) const override {
    out.count = numbers.size();
    out.length = shape_.sample.front();
    out.values.clear();
    out.segments.clear();
    out.lengths.clear();
    out.targets.clear();
    out.tokens.clear();
    out.classes.clear();
    for (const std::uint32_t s : numbers) {
      const auto window = std::span(tokens_).subspan(s * stride_, out.length + 1);
      out.tokens.insert(out.tokens.end(), window.begin(), window.end() - 1);
      for (const std::uint32_t target : window.subspan(1)) {
        out.classes.push_back(target == data::CharacterSet::unknown ? does_not_count : target);
      }
    }
  }

  [[nodiscard]] std::string describe() const override {
    std::string text = fmt::format("{}, {} windows of {} characters, {} different ones", name_,
                                   with_commas(count()), shape_.sample.front(), different_);
    if (unknown_ > 0) {
      text += fmt::format("; not counted, since the training part lacks them: {}",
                          with_commas(unknown_));
    }
    return text;
  }

 private:
  TaskShape shape_;
  std::string name_;
  std::size_t stride_;
  std::size_t different_;
  std::size_t unknown_ = 0;
  std::vector<std::uint32_t> tokens_;  ///< (characters)
  std::vector<std::uint32_t> groups_;  ///< (count)
};

Result<data::CharacterText> open_text(const std::string& name, const CharacterOptions& options,
                                      std::uint64_t seed) {
  if (name == synthetic) {
    const std::size_t characters =
        options.characters > 0 ? options.characters : synthetic_characters;
    Result<data::CharacterText> text = data::parse_characters(
        data::make_synthetic_text(characters, Stream(seed, Purpose::data)).text, name);
    return text;
  }
  return data::locate(name).and_then([&](const std::filesystem::path& path) {
    return data::read_characters(path).map([&](data::CharacterText text) {
      text.name = name;
      return text;
    });
  });
}

}  // namespace

Result<CharacterData> open_characters(const std::string& name, const CharacterOptions& options,
                                      std::uint64_t seed) {
  Result<data::CharacterText> text = open_text(name, options, seed);
  if (!text) return fail(text.error());
  return cut_characters(std::move(*text), options);
}

Result<CharacterData> cut_characters(data::CharacterText text, const CharacterOptions& options) {
  if (options.characters > 0 && options.characters < text.characters.size()) {
    text.characters.resize(options.characters);
  }
  const std::u32string_view all = text.characters;
  const auto test_size =
      static_cast<std::size_t>(std::floor(static_cast<double>(all.size()) * options.test_share));
  const std::u32string_view train = all.substr(0, all.size() - test_size);
  const std::u32string_view test = all.substr(train.size());
  const bool has_test = options.test_share > 0;
  if (train.size() <= options.length || (has_test && test.size() <= options.length)) {
    return fail({"data/too-short",
                 fmt::format("{} characters to train on and {} to test on hold no sample of {} and "
                             "its next one",
                             train.size(), test.size(), options.length),
                 text.name, "give a longer text, a smaller length, or another test_share", true});
  }
  const Result<std::vector<std::uint32_t>> parts = data::parts_of(text, options.groups);
  if (!parts) return fail(parts.error());
  const data::CharacterSet set(train);
  const std::span<const std::uint32_t> of_all(*parts);
  CharacterData made;
  made.vocabulary = set.size();
  made.train = std::make_shared<const CharacterSamples>(text.name, train, of_all, set, options);
  if (has_test) {
    made.test = std::make_shared<const CharacterSamples>(
        text.name, test, of_all.subspan(train.size()), set, options);
  }
  return made;
}

}  // namespace tailrace::neural
