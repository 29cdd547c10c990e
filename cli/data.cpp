#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/fetch_progress.hpp"
#include "cli/interrupt.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/fetch/fetch.hpp"
#include "tailrace/spec/suggest.hpp"
#include "tailrace/spec/text.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;

/// Where a set is on this machine, for people.
std::string place_text(const data::KnownSet& set) {
  const Result<fs::path> folder = data::locate_folder(set.name);
  if (!folder) return "not here";
  return (data::is_whole(*folder, set) ? "" : "a part of it: ") + folder->string();
}

/// The sets that were named, or an error for each name that is not known.
Result<std::vector<const data::KnownSet*>> find_sets(const std::vector<std::string>& names) {
  std::vector<std::string_view> known;
  for (const data::KnownSet& set : data::known_sets()) known.push_back(set.name);
  std::vector<const data::KnownSet*> sets;
  Errors errors;
  for (const std::string& name : names) {
    if (const data::KnownSet* set = data::find_known_set(name)) {
      sets.push_back(set);
      continue;
    }
    const std::string hint = spec::did_you_mean(name, known);
    errors.push_back({.code = "data/unknown-set",
                      .what = fmt::format("no data set is called \"{}\"", name),
                      .where = "",
                      .fix = hint.empty() ? "there are " + spec::joined(known, ", ") : hint});
  }
  if (!errors.empty()) return fail(std::move(errors));
  return sets;
}

/// The folder to download a set from: --from, or $TAILRACE_DATA_MIRROR/NAME; empty: as published.
std::string mirror_of(const data::KnownSet& set, const FetchArguments& arguments) {
  if (!arguments.from.empty()) return arguments.from;
  const char* mirror = std::getenv("TAILRACE_DATA_MIRROR");  // NOLINT(*-mt-unsafe): one thread
  if (mirror == nullptr || *mirror == '\0') return {};
  return fmt::format("{}/{}", mirror, set.name);
}

/// Whether a run finds the folder without being told.
bool is_searched(const fs::path& folder) {
  const std::vector<fs::path> roots = data::data_roots();
  return std::any_of(roots.begin(), roots.end(), [&](const fs::path& root) {
    std::error_code missing;
    return fs::equivalent(root, folder, missing);
  });
}

Status fetch_one(const data::KnownSet& set, const FetchArguments& arguments,
                 FetchProgress& progress) {
  if (const Result<fs::path> here = data::locate_folder(set.name);
      arguments.to.empty() && here && data::is_whole(*here, set)) {
    fmt::print("{} is here already: {}\n", set.name, here->string());
    return {};
  }
  fetch::FetchOptions options;
  options.folder = arguments.to.empty() ? data::download_folder() : fs::path(arguments.to);
  options.from = mirror_of(set, arguments);
  options.download.insecure_http = arguments.insecure_http;
  options.download.stop = &interrupt_flag();
  options.download.progress = [&](const fetch::Progress& now) { progress.show(now); };
  options.download.note = [&](const std::string& line) { progress.note(line); };
  const Result<fetch::Fetched> fetched = fetch::fetch_set(set, options);
  progress.clear();
  if (!fetched) return fail(fetched.error());
  fmt::print("{} is {}here: {}\n", set.name, fetched->was_here ? "already " : "",
             fetched->folder.string());
  if (!is_searched(options.folder)) {
    fmt::print("  experiments find it with --data {}\n", shell_word(options.folder.string()));
  }
  return {};
}

}  // namespace

int list_data() {
  std::size_t width = 0;
  for (const data::KnownSet& set : data::known_sets()) width = std::max(width, set.name.size());
  for (const data::KnownSet& set : data::known_sets()) {
    const std::string size = size_text(fetch::source_of(set.name).size());
    fmt::print("{:<{}}  {:>7}  {}\n", set.name, width, size.empty() ? "?" : size, set.title);
    fmt::print("{:<{}}  {:>7}  {}\n", "", width, "", place_text(set));
  }
  fmt::print("\ntailrace data fetch NAME brings one into {}\n", data::download_folder().string());
  return Exit::fine;
}

int fetch_data(const FetchArguments& arguments) {
  const Result<std::vector<const data::KnownSet*>> sets = find_sets(arguments.names);
  if (!sets) return print_errors(sets.error());
  if (!arguments.from.empty() && sets->size() > 1) {
    return print_errors({{.code = "cli/usage",
                          .what = "--from names the folder of one set, and there are several",
                          .where = "--from " + arguments.from,
                          .fix = "fetch one at a time; or set TAILRACE_DATA_MIRROR to a folder "
                                 "that has one for each set"}});
  }
  catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is an error of its connection, not ours
  FetchProgress progress(arguments.quiet);
  for (const data::KnownSet* set : *sets) {
    const Status done = fetch_one(*set, arguments, progress);
    if (done) continue;
    progress.clear();
    const Exit exit = print_errors(done.error());
    return interrupt_flag().load() ? Exit::interrupted : exit;
  }
  return Exit::fine;
}

int with_data(const std::string& folder, const std::function<int()>& command) {
  if (folder.empty()) return command();
  const Status found = data::look_first_in(folder);
  return found ? command() : print_errors(found.error());
}

}  // namespace tailrace::cli
