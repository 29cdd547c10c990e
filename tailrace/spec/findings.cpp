#include "tailrace/spec/findings.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tailrace::spec {
namespace {

/// "run" is around "run.stop" and "method[0]", but not around "runs".
bool around(std::string_view outer, std::string_view inner) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || outer.empty() ||
                                      inner[outer.size()] == '.' || inner[outer.size()] == '[');
}

std::string_view source_of(const Place& place) {
  return place.source ? std::string_view(*place.source) : std::string_view();
}

}  // namespace

void Findings::add(const Place& place, Finding finding) {
  std::string code = std::move(finding.code);
  if (code.find('/') == std::string::npos) code = "spec/" + code;
  Error error{.code = std::move(code),
              .what = std::move(finding.what),
              .where = where(place, finding.path),
              .fix = std::move(finding.fix)};
  found_.push_back({place, std::move(finding.path), std::move(error)});
}

bool Findings::touch(std::string_view path) const {
  return std::any_of(found_.begin(), found_.end(), [path](const Found& found) {
    return around(found.path, path) || around(path, found.path);
  });
}

Errors Findings::errors() const {
  std::vector<const Found*> sorted;
  for (const Found& found : found_) sorted.push_back(&found);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Found* a, const Found* b) {
    return std::tuple(source_of(a->place), a->place.line, a->place.column) <
           std::tuple(source_of(b->place), b->place.line, b->place.column);
  });
  Errors errors;
  for (const Found* found : sorted) errors.push_back(found->error);
  return errors;
}

}  // namespace tailrace::spec
