#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/engine/run.hpp"

namespace tailrace::report {

/// Writes metrics.csv and metrics.jsonl of one run while it runs: a line for every evaluation,
/// flushed, so that others can follow it. A resumed run begins with the samples of its checkpoint,
/// so every sample is there once.
///
/// An engine cannot be told that a disk is full; the first error is kept for status().
class MetricsWriter final : public engine::Observer {
 public:
  static Result<std::unique_ptr<MetricsWriter>> open(const std::string& folder);

  void evaluated(const engine::Sample& sample) override;
  void restored(const std::vector<engine::Sample>& samples) override;

  [[nodiscard]] Status status() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  explicit MetricsWriter(const std::string& folder);
  void begin();
  void write(const engine::Sample& sample);
  void put(const File& file, std::string line);
  void flush();

  std::string csv_path_;
  std::string json_path_;
  File csv_;
  File json_;
  int error_ = 0;  ///< of the first write that failed
};

}  // namespace tailrace::report
