#include "tailrace/report/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "tailrace/engine/file.hpp"

namespace tailrace::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* experiment_file = "experiment.toml";

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

bool holds_run(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::path(path) / experiment_file, error);
}

bool holds_anything(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  return !fs::is_directory(path, error) || !fs::is_empty(path, error);
}

Status make_way(const std::string& path, Existing existing) {
  if (existing == Existing::resume) {
    if (holds_run(path)) return {};
    return fail({.code = "report/nothing-to-resume",
                 .what = fmt::format("\"{}\" holds no run", path),
                 .where = path,
                 .fix = "start without --resume, or name the folder: --resume DIR"});
  }
  if (!holds_anything(path)) return {};
  if (!holds_run(path)) {
    return fail({.code = "report/not-a-run",
                 .what = fmt::format("\"{}\" holds something that is not a run", path),
                 .where = path,
                 .fix = "name another folder with --out"});
  }
  if (existing == Existing::refuse) {
    return fail({.code = "report/exists",
                 .what = fmt::format("\"{}\" already holds a run", path),
                 .where = path,
                 .fix = "go on with it: --resume; begin anew: --overwrite; keep it: --out DIR"});
  }
  std::error_code error;
  fs::remove_all(path, error);
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

Result<RunFolder> RunFolder::open(const std::string& path, Existing existing,
                                  const std::string& experiment) {
  if (Status way = make_way(path, existing); !way) return fail(way.error());
  if (Status made = make_folder(path); !made) return fail(made.error());
  RunFolder folder(path);
  if (Status written = write_text(folder.file(experiment_file), experiment); !written) {
    return fail(written.error());
  }
  return folder;
}

Result<RunFolder> RunFolder::read(const std::string& path) {
  if (holds_run(path)) return RunFolder(path);
  return fail({.code = "report/no-run",
               .what = fmt::format("\"{}\" holds no run", path),
               .where = path,
               .fix = "name the folder that has experiment.toml in it"});
}

std::string RunFolder::file(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

std::string RunFolder::run(std::string_view method, std::uint64_t seed) const {
  return (fs::path(path_) / method / fmt::format("seed-{}", seed)).string();
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
  return engine::write_whole(path, std::as_bytes(std::span(text)));
}

std::string machine_json(std::string_view version) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const nlohmann::ordered_json json = {
      {"tailrace", version},
      {"compiler", __VERSION__},
      {"processor", processor()},
      {"cores", std::thread::hardware_concurrency()},
      {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now))},
  };
  return json.dump(2) + '\n';
}

}  // namespace tailrace::report
