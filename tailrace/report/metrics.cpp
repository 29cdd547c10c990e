#include "tailrace/report/metrics.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "tailrace/report/outcome.hpp"

namespace tailrace::report {

MetricsWriter::MetricsWriter(const std::string& folder)
    : csv_path_((std::filesystem::path(folder) / "metrics.csv").string()),
      json_path_((std::filesystem::path(folder) / "metrics.jsonl").string()) {
  begin();
}

Result<std::unique_ptr<MetricsWriter>> MetricsWriter::open(const std::string& folder) {
  std::unique_ptr<MetricsWriter> writer(new MetricsWriter(folder));
  if (Status opened = writer->status(); !opened) return fail(opened.error());
  return writer;
}

void MetricsWriter::begin() {
  csv_.reset(std::fopen(csv_path_.c_str(), "wb"));
  if (!csv_ && error_ == 0) error_ = errno;
  json_.reset(std::fopen(json_path_.c_str(), "wb"));
  if (!json_ && error_ == 0) error_ = errno;
  put(csv_, csv_header());
  flush();
}

void MetricsWriter::evaluated(const engine::Sample& sample) {
  write(sample);
  flush();
}

void MetricsWriter::restored(const std::vector<engine::Sample>& samples) {
  begin();
  for (const engine::Sample& sample : samples) write(sample);
  flush();
}

void MetricsWriter::write(const engine::Sample& sample) {
  put(csv_, csv_line(sample));
  put(json_, json_line(sample));
}

void MetricsWriter::put(const File& file, std::string line) {
  if (error_ != 0) return;
  line += '\n';
  if (std::fwrite(line.data(), 1, line.size(), file.get()) != line.size()) error_ = errno;
}

void MetricsWriter::flush() {
  if (error_ != 0) return;
  if (std::fflush(csv_.get()) != 0 || std::fflush(json_.get()) != 0) error_ = errno;
}

Status MetricsWriter::status() const {
  if (error_ == 0) return {};
  return fail({.code = "report/cannot-write",
               .what = fmt::format("the metrics cannot be written: {}",
                                   std::generic_category().message(error_)),
               .where = csv_path_,
               .fix = "free some space or check the permissions, then go on with --resume"});
}

}  // namespace tailrace::report
