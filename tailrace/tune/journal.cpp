#include "tailrace/tune/journal.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "tailrace/report/run_folder.hpp"

namespace tailrace::tune {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view format = "tailrace tuning 1";

std::string hexadecimal(std::uint64_t number) { return fmt::format("{:016x}", number); }

std::string line_of(const JournalHead& head) {
  return Json{{"format", format},
              {"fingerprint", hexadecimal(head.fingerprint)},
              {"tuned", head.names},
              {"metric", head.metric}}
             .dump() +
         '\n';
}

std::string line_of(const Finding& finding, const std::vector<std::string>& names) {
  Json values = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) values[names[i]] = finding.values[i];
  const Json metric = std::isfinite(finding.metric) ? Json(finding.metric) : Json(nullptr);
  return Json{{"candidate", finding.trial.candidate},
              {"rung", finding.trial.rung},
              {"seed", finding.trial.seed},
              {"values", std::move(values)},
              {"ending", engine::to_string(finding.ending)},
              {"metric", metric},
              {"steps", finding.steps},
              {"time_ns", finding.time.ns},
              {"gradients", finding.gradients},
              {"model", hexadecimal(finding.model_hash)}}
             .dump() +
         '\n';
}

engine::Ending ending_of(const std::string& text) {
  const std::optional<engine::Ending> ending = engine::ending_from(text);
  if (!ending || *ending == engine::Ending::interrupted) {
    throw std::invalid_argument(fmt::format("\"{}\" is no ending", text));
  }
  return *ending;
}

/// Throws what nlohmann::json throws; the caller is the border.
Finding finding_from(std::string_view line, const std::vector<std::string>& names) {
  const Json json = Json::parse(line);
  Finding finding;
  finding.trial = {.candidate = json.at("candidate").get<std::size_t>(),
                   .rung = json.at("rung").get<std::size_t>(),
                   .seed = json.at("seed").get<std::size_t>()};
  for (const std::string& name : names) {
    finding.values.push_back(json.at("values").at(name).get<double>());
  }
  finding.ending = ending_of(json.at("ending").get<std::string>());
  const Json& metric = json.at("metric");
  finding.metric =
      metric.is_null() ? std::numeric_limits<double>::quiet_NaN() : metric.get<double>();
  finding.steps = json.at("steps").get<Version>();
  finding.time.ns = json.at("time_ns").get<std::int64_t>();
  finding.gradients = json.at("gradients").get<std::uint64_t>();
  finding.model_hash = std::stoull(json.at("model").get<std::string>(), nullptr, 16);
  return finding;
}

tl::unexpected<Errors> damaged(const std::string& path, std::size_t line, std::string_view why) {
  return fail({.code = "tune/damaged",
               .what = fmt::format("this is not a line of a tuning's journal: {}", why),
               .where = fmt::format("{}:{}", path, line),
               .fix = "begin anew: --overwrite"});
}

std::string slurp(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The whole lines of a text; what follows the last end of line was cut off by a crash.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

Result<Journal> Journal::open(const std::string& path, const JournalHead& head, bool resume) {
  Journal journal(path, head.names);
  const std::string text = resume ? slurp(path) : std::string();
  const std::vector<std::string_view> lines = lines_of(text);
  const std::string first = line_of(head);
  std::string kept = first;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 0) {
      if (fmt::format("{}\n", lines[i]) == first) continue;
      return fail({.code = "tune/other-tuning",
                   .what = "this journal belongs to another experiment, method, range or budget",
                   .where = path,
                   .fix = "resume with the options it was begun with, or begin anew: --overwrite"});
    }
    try {
      journal.findings_.push_back(finding_from(lines[i], head.names));
    } catch (const std::exception& error) {
      return damaged(path, i + 1, error.what());
    }
    kept += fmt::format("{}\n", lines[i]);
  }
  if (Status written = report::write_text(path, kept); !written) return fail(written.error());
  journal.file_.reset(std::fopen(path.c_str(), "ab"));
  if (!journal.file_) return fail(journal.put({}).error());
  return journal;
}

Status Journal::add(const Finding& finding) {
  findings_.push_back(finding);
  return put(line_of(finding, names_));
}

Status Journal::put(const std::string& line) {
  const bool written = file_ != nullptr &&
                       std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                       std::fflush(file_.get()) == 0;
  if (written) return {};
  return fail({.code = "report/cannot-write",
               .what = fmt::format("the journal cannot be written: {}", std::strerror(errno)),
               .where = path_,
               .fix = "free some space, then go on with --resume"});
}

}  // namespace tailrace::tune
