#include "tailrace/fetch/mrpc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tailrace/fetch/out_file.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;

constexpr const char* header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool next_line(std::istream& stream, std::string& line) {
  if (!std::getline(stream, line)) return false;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

/// The two numbers of a row's pair, "id 1<tab>id 2"; nothing if it has not five columns.
std::optional<std::string_view> pair_of(std::string_view row) {
  if (std::count(row.begin(), row.end(), '\t') != 4) return std::nullopt;
  const std::size_t begin = row.find('\t') + 1;
  const std::size_t end = row.find('\t', row.find('\t', begin) + 1);
  return row.substr(begin, end - begin);
}

Status write(const fs::path& path, const std::string& text) {
  const fs::path part = path.string() + ".part";
  Result<OutFile> out = OutFile::open(part);
  if (!out) return fail(out.error());
  if (Status written = out->write(text.data(), text.size()); !written) return written;
  if (Status flushed = out->flush(); !flushed) return flushed;
  return move_file(part, path);
}

}  // namespace

Status split_mrpc(const fs::path& folder) {
  const fs::path rows_file = folder / "msr_paraphrase_train.txt";
  const fs::path ids_file = folder / "mrpc_dev_ids.tsv";
  std::ifstream rows(rows_file, std::ios::binary);
  if (!rows) return fail(disk_error(errno, rows_file));
  std::ifstream ids(ids_file, std::ios::binary);
  if (!ids) return fail(disk_error(errno, ids_file));

  std::set<std::string, std::less<>> dev_pairs;
  std::string line;
  while (next_line(ids, line)) dev_pairs.insert(line);
  std::string train = std::string(header) + '\n';
  std::string dev = train;
  for (int number = 1; next_line(rows, line); ++number) {
    std::string_view row = line;
    if (number == 1 && row.starts_with(byte_order_mark)) row.remove_prefix(byte_order_mark.size());
    if (row.empty()) continue;
    const std::optional<std::string_view> pair = pair_of(row);
    const bool as_expected = number == 1 ? row == header : pair.has_value();
    if (!as_expected) {
      return fail({.code = "fetch/archive",
                   .what = number == 1 ? "MRPC's header is not the one that is known"
                                       : "a row of MRPC has not five columns",
                   .where = fmt::format("{}:{}", rows_file.string(), number),
                   .fix = "remove the file and run this again"});
    }
    if (number == 1) continue;
    (dev_pairs.contains(*pair) ? dev : train).append(row).append(1, '\n');
  }
  if (Status written = write(folder / "train.tsv", train); !written) return written;
  return write(folder / "dev.tsv", dev);
}

}  // namespace tailrace::fetch
