// Feeds arbitrary bytes to the safetensors reader. Whatever it accepts must fill the file one array
// after another and be readable as numbers, and whatever it refuses must be refused with one
// complete error.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/data/safetensors.hpp"

namespace {

using tailrace::data::Safetensors;
using tailrace::data::Tensor;

void check_tensors(const Safetensors& file, std::size_t size) {
  std::set<std::string> names;
  std::size_t bytes = 0;
  const std::byte* next = nullptr;
  for (const Tensor& tensor : file.tensors()) {
    TAILRACE_CHECK(names.insert(tensor.name).second);
    TAILRACE_CHECK(file.find(tensor.name) == &tensor);
    TAILRACE_CHECK(next == nullptr || tensor.bytes.data() == next);
    next = tensor.bytes.data() + tensor.bytes.size();
    bytes += tensor.bytes.size();
    TAILRACE_CHECK(to_floats(tensor).size() == tensor.count());
    if (!is_real(tensor.format)) TAILRACE_CHECK(to_integers(tensor).size() == tensor.count());
  }
  TAILRACE_CHECK(bytes <= size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const auto file = tailrace::data::parse_safetensors({begin, begin + size}, "input");
  if (file) {
    check_tensors(*file, size);
  } else {
    TAILRACE_CHECK(file.error().size() == 1);
    const tailrace::Error& error = file.error().front();
    TAILRACE_CHECK(!error.code.empty() && !error.what.empty());
    TAILRACE_CHECK(error.where.starts_with("input") && !error.fix.empty());
  }
  return 0;
}
