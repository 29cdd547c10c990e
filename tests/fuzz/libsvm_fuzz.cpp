// Feeds arbitrary bytes to the LIBSVM reader. Whatever it accepts must be well formed, and whatever
// it refuses must be refused with one complete error.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tailrace/core/check.hpp"
#include "tailrace/data/libsvm.hpp"

namespace {

using tailrace::data::SparseRows;

void check_rows(const SparseRows& rows) {
  TAILRACE_CHECK(rows.size() > 0);
  TAILRACE_CHECK(rows.begins.size() == rows.size() + 1);
  TAILRACE_CHECK(rows.begins.back() == rows.indices.size());
  TAILRACE_CHECK(rows.values.size() == rows.indices.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const SparseRows::Row row = rows.row(r);
    TAILRACE_CHECK(row.label == -1 || row.label == 1);
    for (std::size_t k = 0; k < row.indices.size(); ++k) {
      TAILRACE_CHECK(row.indices[k] < rows.dimension);
      TAILRACE_CHECK(k == 0 || row.indices[k - 1] < row.indices[k]);
      TAILRACE_CHECK(std::isfinite(row.values[k]));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = tailrace::data::parse_libsvm(bytes, "input");
  if (file) {
    check_rows(file->rows);
  } else {
    TAILRACE_CHECK(file.error().size() == 1);
    const tailrace::Error& error = file.error().front();
    TAILRACE_CHECK(!error.code.empty() && !error.what.empty());
    TAILRACE_CHECK(error.where.starts_with("input") && !error.fix.empty());
  }
  return 0;
}
