#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// A value given on the command line, which goes before anything in a file.
///
///   key    path of the value: workers.count, method[0].step_size or method.NAME.step_size
///   value  TOML; a single word needs no quotes
///   label  what the user typed, for error messages: "--set workers.count=64"
struct Override {
  std::string key;
  std::string value;
  std::string label;
};

/// Splits "key.path=value" as given to --set.
[[nodiscard]] Result<Override> parse_set(std::string_view text);

/// Gives the text of a file; an error says why there is none.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Reads a file from disk; more than a megabyte is refused, as experiments are short.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

/// An experiment file with its includes and overrides put together.
///
/// `include = ["base.toml"]` names files relative to the one that includes them. Later files
/// override earlier ones, the including file overrides them all, and overrides come last. Tables
/// of files merge key by key; everything else, lists too, is replaced whole, and so is a table
/// whose new `kind` or `recipe` differs: options of one component mean nothing to another. An
/// override replaces what it names, tables too: run.stop={steps=10} drops the target that a file
/// sets.
///
/// Errors  spec/syntax, spec/include, spec/include-cycle, spec/set, and those of `read_file`: all
///         of them in one go, with the line of the file they are in.
[[nodiscard]] Result<Node> load_document(const std::string& path,
                                         const std::vector<Override>& overrides = {},
                                         const ReadFile& read_file = read_text);

}  // namespace tailrace::spec
