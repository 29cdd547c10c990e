#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tailrace/core/result.hpp"

namespace tailrace::report {

/// What to do with a folder that already holds a run.
enum class Existing {
  refuse,     ///< an error that names the ways out
  overwrite,  ///< remove the old run
  resume,     ///< keep it and go on
};

/// The folder of an experiment's results:
///
///     experiment.toml     every option spelled out; reading it repeats the experiment
///     machine.json        version, compiler, processor, date
///     summary.csv         a line for every run
///     summary.json        medians and spreads for every method
///     comparison.svg      the metric over time
///     METHOD/seed-N/      metrics.csv, metrics.jsonl, run.log, checkpoint, result.json
///
/// Whole files are written beside, synced and renamed, so that a crash or a full disk leaves the
/// old or the new one.
class RunFolder {
 public:
  /// Makes the folder, or opens the one that is there.
  ///
  ///   experiment  the text of experiment.toml
  ///
  /// Errors  report/exists, report/not-a-run (for a folder with other things in it, which is
  /// never
  ///         removed), report/cannot-write, report/nothing-to-resume.
  static Result<RunFolder> open(const std::string& path, Existing existing,
                                const std::string& experiment);

  /// Opens a folder that holds a run, to read it.
  static Result<RunFolder> read(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const;
  /// The folder of one run.
  [[nodiscard]] std::string run(std::string_view method, std::uint64_t seed) const;
  /// Makes it and returns its path.
  [[nodiscard]] Result<std::string> make_run(std::string_view method, std::uint64_t seed) const;

 private:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// "runs/half-of-the-workers-slow": the default folder for a title.
[[nodiscard]] std::string default_folder(std::string_view title);

/// Writes a text in place of a file, all of it or nothing.
[[nodiscard]] Status write_text(const std::string& path, std::string_view text);

/// What a result was made with and on, as JSON.
[[nodiscard]] std::string machine_json(std::string_view version);

}  // namespace tailrace::report
