// Feeds arbitrary bytes to the readers of images. Whatever they accept must have its pixels and
// classes in range, and whatever they refuse must be refused with one complete error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tailrace/core/check.hpp"
#include "tailrace/data/cifar.hpp"
#include "tailrace/data/idx.hpp"

namespace {

using namespace tailrace;
using data::CifarLabels;

void check_error(const Errors& errors) {
  TAILRACE_CHECK(errors.size() == 1);
  const Error& error = errors.front();
  TAILRACE_CHECK(!error.code.empty() && !error.what.empty());
  TAILRACE_CHECK(error.where.starts_with("input") && !error.fix.empty());
}

void check(const Result<data::Images>& images) {
  if (!images) return check_error(images.error());
  TAILRACE_CHECK(images->count() > 0);
  TAILRACE_CHECK(images->pixels.size() == images->count() * images->pixels_each());
  for (const std::int32_t label : images->labels) {
    TAILRACE_CHECK(label >= 0 && static_cast<std::size_t>(label) < images->classes);
  }
}

void check(const Result<data::IdxArray>& array, std::size_t dimensions) {
  if (!array) return check_error(array.error());
  TAILRACE_CHECK(array->sizes.size() == dimensions);
  std::size_t count = 1;
  for (const std::size_t size : array->sizes) count *= size;
  TAILRACE_CHECK(array->bytes.size() == count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* begin, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(begin), size);
  check(data::parse_idx(bytes, "input", 1), 1);
  check(data::parse_idx(bytes, "input", 3), 3);
  check(data::parse_cifar10(bytes, "input"));
  check(data::parse_cifar100(bytes, "input"));
  check(data::parse_cifar100(bytes, "input", CifarLabels::coarse));
  return 0;
}
