#include "tailrace/report/outcome.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <utility>

namespace tailrace::report {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN and no infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double number(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

/// Hashes are texts, because numbers of 64 bits do not survive every reader of JSON.
Json hexadecimal(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

std::uint64_t hexadecimal(const Json& json) {
  return std::stoull(json.get<std::string>(), nullptr, 16);
}

Json to_json(const engine::Sample& sample) {
  const problem::Evaluation& evaluation = sample.evaluation;
  Json json = {{"step", sample.step},
               {"time_ns", sample.time.ns},
               {"gradients", sample.gradients},
               {"loss", number(evaluation.loss)},
               {"gradient_norm", number(evaluation.gradient_norm)}};
  const auto add = [&](const char* key, const std::optional<double>& value) {
    if (value) json[key] = number(*value);
  };
  add("accuracy", evaluation.accuracy);
  add("test_loss", evaluation.test_loss);
  add("test_accuracy", evaluation.test_accuracy);
  add("test_score", evaluation.test_score);
  json["staleness_mean"] = number(sample.staleness_mean);
  json["staleness_max"] = sample.staleness_max;
  json["discarded"] = sample.discarded;
  return json;
}

engine::Sample sample_from(const Json& json) {
  engine::Sample sample;
  sample.step = json.at("step").get<Version>();
  sample.time.ns = json.at("time_ns").get<std::int64_t>();
  sample.gradients = json.at("gradients").get<std::uint64_t>();
  sample.evaluation.loss = number(json.at("loss"));
  sample.evaluation.gradient_norm = number(json.at("gradient_norm"));
  const auto take = [&](const char* key, std::optional<double>& value) {
    if (json.contains(key)) value = number(json.at(key));
  };
  take("accuracy", sample.evaluation.accuracy);
  take("test_loss", sample.evaluation.test_loss);
  take("test_accuracy", sample.evaluation.test_accuracy);
  take("test_score", sample.evaluation.test_score);
  sample.staleness_mean = number(json.at("staleness_mean"));
  sample.staleness_max = json.at("staleness_max").get<std::uint64_t>();
  sample.discarded = json.at("discarded").get<std::uint64_t>();
  return sample;
}

Json to_json(const Measures& measures) {
  Json json = {{"sequence_correlation", number(measures.sequence_correlation)},
               {"delay_variance", number(measures.delay_variance)}};
  if (measures.virtual_distance_max) {
    json["virtual_distance_max"] = number(*measures.virtual_distance_max);
    json["virtual_distance_mean"] = number(measures.virtual_distance_mean.value_or(0));
  }
  return json;
}

Measures measures_from(const Json& json) {
  Measures measures{.sequence_correlation = number(json.at("sequence_correlation")),
                    .delay_variance = number(json.at("delay_variance"))};
  if (json.contains("virtual_distance_max")) {
    measures.virtual_distance_max = number(json.at("virtual_distance_max"));
    measures.virtual_distance_mean = number(json.at("virtual_distance_mean"));
  }
  return measures;
}

/// Throws what nlohmann::json throws; the caller is the border.
Outcome parse(const std::string& text, const std::string& samples) {
  const Json json = Json::parse(text);
  Outcome outcome;
  outcome.method = json.at("method").get<std::string>();
  outcome.seed = json.at("seed").get<std::uint64_t>();
  outcome.fingerprint = hexadecimal(json.at("fingerprint"));
  outcome.ending = engine::ending_from(json.at("ending").get<std::string>()).value();
  outcome.steps = json.at("steps").get<Version>();
  outcome.time.ns = json.at("time_ns").get<std::int64_t>();
  outcome.gradients = json.at("gradients").get<std::uint64_t>();
  outcome.arrivals = json.at("arrivals").get<std::uint64_t>();
  outcome.discarded = json.at("discarded").get<std::uint64_t>();
  outcome.canceled = json.at("canceled").get<std::uint64_t>();
  outcome.staleness_mean = number(json.at("staleness_mean"));
  outcome.staleness_max = json.at("staleness_max").get<std::uint64_t>();
  outcome.concurrency_mean = number(json.at("concurrency_mean"));
  outcome.concurrency_max = json.at("concurrency_max").get<std::uint64_t>();
  outcome.effective_workers = number(json.at("effective_workers"));
  outcome.utilization_mean = number(json.at("utilization_mean"));
  if (json.contains("measures")) outcome.measures = measures_from(json.at("measures"));
  outcome.wall_seconds = number(json.at("wall_seconds"));
  outcome.model_hash = hexadecimal(json.at("model"));
  if (json.contains("remarks")) json.at("remarks").get_to(outcome.remarks);
  if (!json.at("target").is_null()) outcome.target = sample_from(json.at("target"));
  std::istringstream lines(samples);
  for (std::string line; std::getline(lines, line);) {
    outcome.samples.push_back(sample_from(Json::parse(line)));
  }
  if (outcome.samples.empty()) throw std::invalid_argument("no samples");
  return outcome;
}

}  // namespace

Outcome outcome_of(std::string method, std::uint64_t seed, const engine::RunResult& result) {
  const std::vector<double>& utilization = result.utilization;
  const double busy = std::accumulate(utilization.begin(), utilization.end(), 0.0);
  return {
      .method = std::move(method),
      .seed = seed,
      .ending = result.ending,
      .steps = result.steps,
      .time = result.time,
      .gradients = result.gradients,
      .arrivals = result.counts.arrivals,
      .discarded = result.counts.discarded,
      .canceled = result.counts.canceled,
      .staleness_mean = result.counts.staleness_mean(),
      .staleness_max = result.counts.staleness_max,
      .concurrency_mean = result.concurrency_mean,
      .concurrency_max = result.concurrency_max,
      .utilization_mean = utilization.empty() ? 0 : busy / static_cast<double>(utilization.size()),
      .wall_seconds = result.wall_seconds,
      .model_hash = result.model_hash,
      .remarks = result.remarks,
      .target = result.target,
      .samples = result.samples};
}

std::string to_json(const Outcome& outcome) {
  Json json = {
      {"method", outcome.method},
      {"seed", outcome.seed},
      {"fingerprint", hexadecimal(outcome.fingerprint)},
      {"ending", engine::to_string(outcome.ending)},
      {"steps", outcome.steps},
      {"time_ns", outcome.time.ns},
      {"gradients", outcome.gradients},
      {"arrivals", outcome.arrivals},
      {"discarded", outcome.discarded},
      {"canceled", outcome.canceled},
      {"staleness_mean", number(outcome.staleness_mean)},
      {"staleness_max", outcome.staleness_max},
      {"concurrency_mean", number(outcome.concurrency_mean)},
      {"concurrency_max", outcome.concurrency_max},
      {"effective_workers", number(outcome.effective_workers)},
      {"utilization_mean", number(outcome.utilization_mean)},
      {"wall_seconds", number(outcome.wall_seconds)},
      {"model", hexadecimal(outcome.model_hash)},
      {"remarks", outcome.remarks},
      {"target", outcome.target ? to_json(*outcome.target) : Json(nullptr)},
      {"final", to_json(outcome.samples.back())},
  };
  if (outcome.measures) json["measures"] = to_json(*outcome.measures);
  return json.dump(2) + '\n';
}

Result<Outcome> outcome_from_json(const std::string& json, const std::string& samples,
                                  const std::string& where) {
  try {
    return parse(json, samples);
  } catch (const std::exception& error) {
    return fail({.code = "report/damaged",
                 .what = fmt::format("this is not a result that can be read: {}", error.what()),
                 .where = where,
                 .fix = "remove this folder, and the run is made again"});
  }
}

std::string csv_header() {
  return "step,time_s,gradients,loss,gradient_norm,accuracy,test_loss,test_accuracy,test_score,"
         "staleness_mean,staleness_max,discarded";
}

std::string csv_line(const engine::Sample& sample) {
  const problem::Evaluation& evaluation = sample.evaluation;
  const auto optional = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}", sample.step, seconds_of(sample.time),
                     sample.gradients, evaluation.loss, evaluation.gradient_norm,
                     optional(evaluation.accuracy), optional(evaluation.test_loss),
                     optional(evaluation.test_accuracy), optional(evaluation.test_score),
                     sample.staleness_mean, sample.staleness_max, sample.discarded);
}

std::string json_line(const engine::Sample& sample) { return to_json(sample).dump(); }

}  // namespace tailrace::report
