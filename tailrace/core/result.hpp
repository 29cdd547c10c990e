#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace tailrace {

/// What was wrong with an input or the environment, where, and what to do about it.
///
/// Printed as
///     error[spec/out-of-range]: momentum.beta = 1.5 is outside [0, 1)
///       at   fig4.toml:15  method[0].then[1].momentum.beta
///       fix  choose at least 0 and less than 1; 0 switches momentum off
struct Error {
  std::string code;      ///< folder/what-is-wrong, stable; callers may react to it
  std::string what;      ///< one lower-case sentence with the offending value
  std::string where;     ///< file:line:column, key or object; may be empty
  std::string fix;       ///< what to do; may be empty
  bool in_data = false;  ///< `where` is a place in a file of data, not an option

  [[nodiscard]] std::string to_string() const;
  bool operator==(const Error&) const = default;
};

/// Every problem found in one go; never empty when it is returned.
using Errors = std::vector<Error>;

[[nodiscard]] std::string to_string(const Errors& errors);

/// A value, or everything that stands in its way.
template <class T>
using Result = tl::expected<T, Errors>;

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Errors> fail(Error error) {
  Errors errors;
  errors.push_back(std::move(error));
  return tl::unexpected<Errors>(std::move(errors));
}

[[nodiscard]] inline tl::unexpected<Errors> fail(Errors errors) {
  return tl::unexpected<Errors>(std::move(errors));
}

}  // namespace tailrace
