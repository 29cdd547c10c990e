#include "tailrace/problem/logistic.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "tailrace/core/random.hpp"
#include "tailrace/data/libsvm.hpp"
#include "tailrace/data/locate.hpp"
#include "tailrace/problem/logistic_problem.hpp"

namespace tailrace::problem {
namespace {

/// Names the option to blame in errors that know no better place.
Errors blame(std::string_view key, Errors errors) {
  for (Error& error : errors) {
    if (error.where.empty()) error.where = key;
  }
  return errors;
}

Result<data::LibsvmFile> read(std::string_view key, const std::string& name,
                              const data::LibsvmOptions& options) {
  const Result<std::filesystem::path> path = data::locate(name);
  if (!path) return fail(blame(key, path.error()));
  return data::read_libsvm(*path, options);
}

}  // namespace

ProblemSize Logistic::size(std::size_t /*workers*/) const {
  return {.bytes = 0, .dimension = static_cast<double>(dimension)};
}

BuiltProblem Logistic::build(const ProblemSetup& setup) const {
  Result<data::LibsvmFile> train =
      read("data", data, {.dimension = dimension, .duplicates = duplicates});
  if (!train) return fail(std::move(train.error()));
  if (train->rows.dimension == 0) {
    return fail({"problem/no-features", fmt::format("no row of \"{}\" has a feature", data), "data",
                 "give a file whose rows have features, or set dimension"});
  }

  std::optional<data::SparseRows> test_rows;
  if (!test.empty()) {
    Result<data::LibsvmFile> file = read(
        "test", test,
        {.dimension = train->rows.dimension, .labels = train->labels, .duplicates = duplicates});
    if (!file) return fail(std::move(file.error()));
    test_rows = std::move(file->rows);
  }

  const std::vector<std::int32_t> labels(train->rows.labels.begin(), train->rows.labels.end());
  Result<data::Partition> partition =
      data::split(shards, {.count = labels.size(), .labels = labels}, setup.workers,
                  Stream(setup.seed, Purpose::shards));
  if (!partition) return fail(blame("shards", std::move(partition.error())));
  return make_logistic({
      .title = fmt::format("logistic on {}", std::filesystem::path(data).filename().string()),
      .train = train->rows.in_order(partition->order),
      .begins = std::move(partition->begins),
      .test = std::move(test_rows),
      .regularizer = regularizer,
      .batch = batch,
      .with_replacement = with_replacement,
      .start = start,
      .noise = noise,
  });
}

}  // namespace tailrace::problem
