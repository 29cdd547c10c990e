#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/result.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Reads TOML 1.0.
///
///   source  name of the file, or what else the text is, for places
///
/// Errors  spec/syntax with file:line:column; spec/syntax for a key of more than a hundred parts.
[[nodiscard]] Result<Node> parse_toml(std::string_view text, const std::string& source);

/// A number, text or list as TOML writes it on one line; reads back to the same value.
[[nodiscard]] std::string to_toml(const Node& node);

/// A whole table as a file: plain keys first, then [sections] and [[lists of tables]].
[[nodiscard]] std::string to_toml_file(const Node& root);

}  // namespace tailrace::spec
