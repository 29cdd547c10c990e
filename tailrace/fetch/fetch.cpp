#include "tailrace/fetch/fetch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "tailrace/core/file_lock.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/fetch/checksum.hpp"
#include "tailrace/fetch/mrpc.hpp"
#include "tailrace/fetch/out_file.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

void clear_away(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

fs::path with_ending(const fs::path& path, const char* ending) { return path.string() + ending; }

Result<FileLock> take_lock(const fs::path& folder, const std::string& name) {
  const fs::path path = folder / ("." + name + ".lock");
  tl::expected<FileLock, int> lock = FileLock::take(path.string());
  if (lock) return std::move(*lock);
  if (lock.error() != EWOULDBLOCK) return fail(disk_error(lock.error(), path));
  return fail({.code = "fetch/in-use",
               .what = fmt::format("another tailrace is fetching \"{}\"", name),
               .where = folder.string(),
               .fix = "wait until that one has ended"});
}

/// Fetches one set.
class Job {
 public:
  Job(const data::KnownSet& set, const Source& source, const FetchOptions& options)
      : set_(set),
        source_(source),
        options_(options),
        place_(options.folder / set.folders.front()) {}

  Status run() {
    for (const SourceFile& file : source_.files) {
      if (Status done = bring(file); !done) return done;
    }
    if (source_.finish == Finish::split_mrpc) return split_mrpc(place_);
    return {};
  }

  [[nodiscard]] const fs::path& place() const { return place_; }

 private:
  [[nodiscard]] std::string url_of(const SourceFile& file) const {
    if (options_.from.empty()) return file.url;
    return options_.from + (options_.from.ends_with('/') ? "" : "/") + file.file();
  }

  /// What a download becomes, if it becomes one file.
  static std::string unpacked_name(const SourceFile& file) {
    const std::string name = file.file();
    return file.packing == Packing::compressed ? name.substr(0, name.rfind('.')) : name;
  }

  /// Downloads, checks, unpacks and places one file, unless its result is here.
  Status bring(const SourceFile& file) {
    const bool is_archive = file.packing == Packing::archive;
    if (!is_archive && is_file(place_ / unpacked_name(file))) return {};
    // An archive lies beside the folder that it becomes.
    const fs::path folder = is_archive ? place_.parent_path() : place_;
    if (Status made = make_folder(folder); !made) return made;
    const fs::path whole = folder / file.file();
    const fs::path part = with_ending(whole, ".part");
    if (is_file(whole)) {
      options_.download.note(fmt::format("taking \"{}\", which is here", whole.string()));
      if (Status right = check(file, whole, whole); !right) return right;
    } else {
      if (Status got = get(file, part); !got) return got;
      if (Status right = check(file, part, whole); !right) return right;
      if (Status moved = move_file(part, whole); !moved) return moved;
    }
    if (is_archive) return place_archive(whole);
    if (file.packing == Packing::plain) return {};
    if (Status unpacked = unpack_file(whole, part, options_.limits, options_.download.stop);
        !unpacked) {
      clear_away(part);
      return unpacked;
    }
    if (Status moved = move_file(part, place_ / unpacked_name(file)); !moved) return moved;
    clear_away(whole);
    return {};
  }

  Status get(const SourceFile& file, const fs::path& part) const {
    Status got = download({.url = url_of(file), .part = part, .is_checked = !file.sha256.empty()},
                          options_.download);
    if (got) return got;
    Errors errors = std::move(got.error());
    for (Error& error : errors) {
      if (error.code != "fetch/offline") continue;
      error.fix = fmt::format(
          "check the network and run this again; or download {} by hand, put it into \"{}\" and "
          "run this again; or name with --data the folder that holds \"{}\"",
          file.url, part.parent_path().string(), set_.folders.front());
    }
    return fail(std::move(errors));
  }

  /// Compares what came with what it must be; wrong bytes that we downloaded go.
  Status check(const SourceFile& file, const fs::path& came, const fs::path& whole) const {
    const Result<std::string> sum = sha256_of(came, options_.download.stop);
    if (!sum) return fail(sum.error());
    const fs::path note = with_ending(whole, ".sha256");
    std::string wanted = file.sha256;
    if (wanted.empty()) std::ifstream(note) >> wanted;
    if (wanted.empty()) {
      options_.download.note(
          fmt::format("no checksum of \"{}\" is known; {} is noted and required from now on",
                      file.file(), *sum));
      std::ofstream(note) << *sum << "  " << file.file() << '\n';
      return {};
    }
    if (*sum == wanted) return {};
    if (came != whole) clear_away(came);
    return fail(
        {.code = "fetch/checksum",
         .what = fmt::format("\"{}\" is not the file it should be: its SHA-256 is {} instead of {}",
                             file.file(), *sum, wanted),
         .where = came == whole ? whole.string() : url_of(file),
         .fix = came == whole ? "remove that file and run this again"
                              : "the download was removed; run this again, or name another source "
                                "with --from"});
  }

  /// Unpacks beside the place and moves file by file, so that none is ever there in part.
  Status place_archive(const fs::path& archive) const {
    const fs::path staging = place_.parent_path() / ("." + set_.name + ".unpacking");
    clear_away(staging);
    Status placed = unpack_and_move(archive, staging);
    clear_away(staging);
    if (placed) clear_away(archive);
    return placed;
  }

  Status unpack_and_move(const fs::path& archive, const fs::path& staging) const {
    const Result<std::vector<fs::path>> files = unpack_archive(
        archive, place_.filename().string(), staging, options_.limits, options_.download.stop);
    if (!files) return fail(files.error());
    for (const fs::path& file : *files) {
      if (Status made = make_folder((place_ / file).parent_path()); !made) return made;
      if (Status moved = move_file(staging / file, place_ / file); !moved) return moved;
    }
    return {};
  }

  const data::KnownSet& set_;
  const Source& source_;
  const FetchOptions& options_;
  fs::path place_;
};

}  // namespace

Result<Fetched> fetch_set(const data::KnownSet& set, const FetchOptions& options) {
  return fetch_set(set, source_of(set.name), options);
}

Result<Fetched> fetch_set(const data::KnownSet& set, const Source& source,
                          const FetchOptions& options) {
  if (Status made = make_folder(options.folder); !made) return fail(made.error());
  const Result<FileLock> lock = take_lock(options.folder, set.name);
  if (!lock) return fail(lock.error());
  Job job(set, source, options);
  if (data::is_whole(job.place(), set)) return Fetched{job.place(), true};
  if (Status done = job.run(); !done) return fail(done.error());
  if (!data::is_whole(job.place(), set)) {
    return fail({.code = "fetch/archive",
                 .what = fmt::format("what came is not all of \"{}\"", set.name),
                 .where = job.place().string(),
                 .fix = "try another source with --from"});
  }
  return Fetched{job.place(), false};
}

}  // namespace tailrace::fetch
