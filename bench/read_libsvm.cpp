/// Reads a9a: the reader against only reading the file's bytes.

#include <fstream>
#include <sstream>

#include "bench/measure.hpp"
#include "tailrace/data/libsvm.hpp"
#include "tailrace/data/locate.hpp"

int main() {
  using namespace tailrace;
  const auto path = data::locate("a9a");
  if (!path) {
    fmt::print("{}\n", to_string(path.error()));
    return 1;
  }
  std::size_t rows = 0;
  const auto [ours, limit] = bench::best_of(
      9, [&] { return bench::seconds([&] { rows = data::read_libsvm(*path)->rows.size(); }); },
      [&] {
        return bench::seconds([&] {
          std::ostringstream text;
          text << std::ifstream(*path, std::ios::binary).rdbuf();
          rows += text.str().size() == 0 ? 1 : 0;
        });
      });
  bench::heading("reading a9a (seconds)");
  bench::report(fmt::format("{} rows against the bytes alone", rows), ours, limit, "s",
                ours / limit, "well under 0.1 s");
}
