#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/spec/node.hpp"

namespace tailrace::spec {

/// Something wrong with an experiment, before it knows its file and line.
struct Finding {
  std::string code;  ///< after "spec/", or with a folder of its own
  std::string what;
  std::string path;  ///< of the option to blame
  std::string fix;
};

/// Everything wrong with an experiment, found in one go.
class Findings {
 public:
  void add(const Place& place, Finding finding);

  /// Whether something at, inside or around this path was refused, so that checks which build on
  /// its value would only echo the first error.
  [[nodiscard]] bool touch(std::string_view path) const;

  [[nodiscard]] bool empty() const { return found_.empty(); }
  [[nodiscard]] std::size_t size() const { return found_.size(); }

  /// In the order of files, lines and columns.
  [[nodiscard]] Errors errors() const;

 private:
  struct Found {
    Place place;
    std::string path;
    Error error;
  };
  std::vector<Found> found_;
};

}  // namespace tailrace::spec
