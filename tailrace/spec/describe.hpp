#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tailrace/spec/kinds.hpp"

namespace tailrace::spec {

/// One option as people read about it.
struct OptionInfo {
  std::string key;            ///< "threshold"; options of a table inside: "worker.step_size"
  std::string default_value;  ///< as TOML; "required" or "none" where there is none
  std::string range;          ///< "(0, inf]", the names to choose from, or the kind of component
  std::string unit;           ///< empty where a unit makes no sense
  std::string doc;
};

/// A component, recipe or table of an experiment file.
struct ComponentInfo {
  KindInfo kind;
  std::string_view name;
  std::string_view title;  ///< what papers call it; or empty
  std::string_view summary;
  std::string_view formula;  ///< or empty
  std::string_view box;      ///< the algorithm of a recipe, line by line; or empty
  std::string_view source;   ///< or empty
  bool from_number = false;  ///< a bare number stands for the first option
  std::vector<OptionInfo> options;
};

/// Everything an experiment file can name, by kind, in the order of the catalog; tables last.
[[nodiscard]] const std::vector<ComponentInfo>& components();

}  // namespace tailrace::spec
