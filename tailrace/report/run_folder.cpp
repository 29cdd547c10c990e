#include "tailrace/report/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "tailrace/core/file.hpp"

namespace tailrace::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* machine_file = "machine.json";
/// What a comparison, a diagnosis or a tuning and each of its runs write besides; nothing else is
/// ever removed.
constexpr std::array summary_files = {
    "summary.csv",   "summary.json",   "comparison.svg", "comparison_gradients.svg",
    "diagnosis.csv", "diagnosis.json", "samples.csv",    "qq.svg",
    "tail.svg",      "quantiles.csv",  "tuning.txt",     "tuning.jsonl",
    "tuning.svg",    "tuned.toml"};
constexpr std::array run_files = {"metrics.csv", "metrics.jsonl", "run.log",
                                  "checkpoint",  "result.json",   "workers.csv"};
constexpr std::string_view seed_prefix = "seed-";
constexpr std::string_view format = "tailrace run 1";

tl::unexpected<Errors> cannot_write(const std::string& path, const std::string& reason) {
  return fail(
      {.code = "report/cannot-write",
       .what = fmt::format("\"{}\" cannot be written: {}", path, reason),
       .where = path,
       .fix = "free some space or check the permissions, or name another folder with --out"});
}

Status make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return cannot_write(path, error.message());
  return {};
}

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A folder is a run's because we marked it, not because of how its files are called.
bool holds_run(const std::string& path) {
  constexpr bool throws = false;
  const auto json = nlohmann::json::parse(text_of(fs::path(path) / machine_file), nullptr, throws);
  return json.is_object() && json.value("format", nlohmann::json()) == format;
}

/// A lock alone is what a process leaves that ended just as it began.
bool holds_anything(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  if (!fs::is_directory(path, error)) return true;
  return std::any_of(fs::directory_iterator(path, error), fs::directory_iterator(),
                     [](const auto& entry) { return entry.path().filename() != FolderLock::file; });
}

/// Both without links and dots.
bool is_inside(const fs::path& inner, const fs::path& outer) {
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

/// People do not expect what they work in or read from to change under them.
Status protect(const std::string& path, const std::string& input) {
  std::error_code error;
  const fs::path folder = fs::canonical(path, error);
  if (error) return cannot_write(path, error.message());
  const auto refuse = [&](std::string_view what) {
    return fail({.code = "report/protected",
                 .what = fmt::format("\"{}\" is not overwritten: {} is inside", path, what),
                 .where = path,
                 .fix = "name another folder with --out"});
  };
  const fs::path current = fs::current_path(error);
  if (!error && is_inside(current, folder)) return refuse("the current folder");
  if (input.empty()) return {};
  const fs::path file = fs::canonical(input, error);
  if (!error && is_inside(file, folder)) return refuse(fmt::format("\"{}\"", input));
  return {};
}

/// Whether a new run may be put there.
Status may_begin(const std::string& path, const NewRun& run) {
  if (!holds_anything(path)) return {};
  if (!holds_run(path)) {
    return fail({.code = "report/not-a-run",
                 .what = fmt::format("\"{}\" holds something that is not a run", path),
                 .where = path,
                 .fix = "name another folder with --out"});
  }
  if (!run.overwrite) {
    return fail({.code = "report/exists",
                 .what = fmt::format("\"{}\" already holds a run", path),
                 .where = path,
                 .fix = "go on with it: --resume; begin anew: --overwrite; keep it: --out DIR"});
  }
  return protect(path, run.input);
}

std::vector<fs::path> folders_in(const fs::path& path, std::error_code& error) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.symlink_status(error).type() == fs::file_type::directory) {
      folders.push_back(entry.path());
    }
  }
  return folders;
}

bool is_run_name(std::string_view name) {
  constexpr std::string_view digits = "0123456789";
  if (!name.starts_with(seed_prefix) || name.size() == seed_prefix.size()) return false;
  return name.find_first_not_of(digits, seed_prefix.size()) == std::string_view::npos;
}

/// Removes files of ours, and what a crash left half-written of them.
void remove_files(const fs::path& folder, std::span<const char* const> names,
                  std::error_code& error) {
  for (const char* name : names) {
    for (const std::string& file : {std::string(name), std::string(name) + ".partial"}) {
      const fs::path path = folder / file;
      std::error_code unknown;
      if (error || !fs::is_regular_file(fs::symlink_status(path, unknown))) continue;
      fs::remove(path, error);
    }
  }
}

/// Removes a folder if nothing is left in it.
void remove_empty(const fs::path& folder, std::error_code& error) {
  if (!error && fs::is_empty(folder, error) && !error) fs::remove(folder, error);
}

/// Removes what an old run wrote, but for the files that are about to be replaced: should this
/// end half-way, the folder is still known as a run's.
Status remove_results(const std::string& path) {
  std::error_code error;
  remove_files(path, summary_files, error);
  for (const fs::path& method : folders_in(path, error)) {
    bool ours = false;
    for (const fs::path& run : folders_in(method, error)) {
      if (!is_run_name(run.filename().string())) continue;
      ours = true;
      remove_files(run, run_files, error);
      remove_empty(run, error);
    }
    if (ours) remove_empty(method, error);
  }
  if (error) return cannot_write(path, error.message());
  return {};
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(':') + 2, line.size()));
  }
  return "unknown";
}

}  // namespace

Result<RunFolder> RunFolder::make(const std::string& path, const NewRun& run) {
  // Asked twice: before anything of ours is put there, and when nobody else can put anything there.
  if (Status may = may_begin(path, run); !may) return fail(may.error());
  if (Status made = make_folder(path); !made) return fail(made.error());
  Result<FolderLock> lock = FolderLock::take(path);
  if (!lock) return fail(lock.error());
  if (Status may = may_begin(path, run); !may) return fail(may.error());
  if (Status removed = remove_results(path); !removed) return fail(removed.error());
  RunFolder folder(path, std::move(*lock));
  Status written = write_text(folder.file(machine_file), machine_json(run.version));
  if (written) written = write_text(folder.experiment(), run.experiment);
  if (!written) return fail(written.error());
  return folder;
}

Result<RunFolder> RunFolder::resume(const std::string& path) {
  if (!holds_run(path)) {
    return fail({.code = "report/nothing-to-resume",
                 .what = fmt::format("\"{}\" holds no run", path),
                 .where = path,
                 .fix = "start without --resume, or name the folder: --resume DIR"});
  }
  Result<FolderLock> lock = FolderLock::take(path);
  if (!lock) return fail(lock.error());
  return RunFolder(path, std::move(*lock));
}

std::string RunFolder::file(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

std::string RunFolder::run(std::string_view method, std::uint64_t seed) const {
  return (fs::path(path_) / method / fmt::format("{}{}", seed_prefix, seed)).string();
}

Result<std::string> RunFolder::make_run(std::string_view method, std::uint64_t seed) const {
  std::string path = run(method, seed);
  if (Status made = make_folder(path); !made) return fail(made.error());
  return path;
}

std::string default_folder(std::string_view title) {
  constexpr std::size_t size_max = 60;
  std::string slug;
  for (const char c : title) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper || plain) {
      slug += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() >= size_max) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return (fs::path("runs") / (slug.empty() ? "untitled" : slug)).string();
}

Status write_text(const std::string& path, std::string_view text) {
  return write_whole(path, std::as_bytes(std::span(text)));
}

std::string machine_json(std::string_view version) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const nlohmann::ordered_json json = {
      {"format", format},
      {"tailrace", version},
      {"compiler", __VERSION__},
      {"processor", processor()},
      {"cores", std::thread::hardware_concurrency()},
      {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now))},
  };
  return json.dump(2) + '\n';
}

}  // namespace tailrace::report
