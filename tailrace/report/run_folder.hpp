#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tailrace/core/result.hpp"
#include "tailrace/report/folder_lock.hpp"

namespace tailrace::report {

/// What a new run folder begins with.
struct NewRun {
  std::string experiment;  ///< the text of experiment.toml
  std::string version;     ///< of the program, for machine.json
  std::string input;       ///< the file the experiment came from, which must outlive it; or empty
  bool overwrite = false;  ///< an old run in that folder goes
};

/// The folder of an experiment's results:
///
///     experiment.toml     every option spelled out; reading it repeats the experiment
///     machine.json        version, compiler, processor, date; its `format` marks a run folder
///     summary.csv         a line for every run
///     summary.json        medians and spreads for every method
///     quantiles.csv       quantiles over seeds, of methods with 20 or more
///     comparison.svg      the metric over time; comparison_gradients.svg has it over gradients
///     METHOD/seed-N/      metrics.csv, metrics.jsonl, run.log, checkpoint, result.json,
///                         workers.csv
///     lock                held while a process writes here
///
/// Whole files are written beside, synced and renamed, so that a crash or a full disk leaves the
/// old or the new one.
class RunFolder {
 public:
  /// Makes the folder. Of an old run that is overwritten only the files above go; what else lies
  /// there stays.
  ///
  /// Errors  report/exists; report/not-a-run for a folder with other things in it;
  ///         report/protected where the current folder or the input lies inside; report/in-use;
  ///         report/cannot-write.
  static Result<RunFolder> make(const std::string& path, const NewRun& run);

  /// Opens a folder that holds a run, to go on with it; what is there stays as it is.
  ///
  /// Errors  report/nothing-to-resume, report/in-use, report/cannot-write.
  static Result<RunFolder> resume(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const;
  [[nodiscard]] std::string experiment() const { return file("experiment.toml"); }
  /// The folder of one run.
  [[nodiscard]] std::string run(std::string_view method, std::uint64_t seed) const;
  /// Makes it and returns its path.
  [[nodiscard]] Result<std::string> make_run(std::string_view method, std::uint64_t seed) const;

 private:
  RunFolder(std::string path, FolderLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  FolderLock lock_;
};

/// "runs/half-of-the-workers-slow": the default folder for a title.
[[nodiscard]] std::string default_folder(std::string_view title);

/// Writes a text in place of a file, all of it or nothing.
[[nodiscard]] Status write_text(const std::string& path, std::string_view text);

/// What a result was made with and on, as JSON; its `format` says that the folder is a run's.
[[nodiscard]] std::string machine_json(std::string_view version);

}  // namespace tailrace::report
