#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tailrace::data {

/// What a sample of a data set is.
enum class SetKind {
  images,     ///< pictures with a class
  sentences,  ///< one or two sentences with a class or a score
  text,       ///< running text
  rows,       ///< sparse features with a label of -1 or +1
};

/// "images", "sentences", "text", "rows".
[[nodiscard]] std::string_view to_string(SetKind kind);

/// A public data set that experiments call by name, and how it lies on disk.
struct KnownSet {
  std::string name;   ///< in lower case, such as "sst-2"
  std::string title;  ///< for people
  SetKind kind = SetKind::rows;
  /// Below a folder of data, by preference: the first is where a download goes, the others are
  /// where other programs leave it.
  std::vector<std::string> folders;
  /// What a whole set holds, plain or gzipped (NAME.gz); the first is the one to train on.
  std::vector<std::string> files;

  /// Whether one file is all that training needs, so that locate() knows the name too.
  [[nodiscard]] bool is_one_file() const { return kind == SetKind::rows || kind == SetKind::text; }
};

/// All of them, in the order in which people read them.
[[nodiscard]] const std::vector<KnownSet>& known_sets();

/// The set of this name; case, `-` and `_` do not matter. None: nullptr.
[[nodiscard]] const KnownSet* find_known_set(std::string_view name);

}  // namespace tailrace::data
