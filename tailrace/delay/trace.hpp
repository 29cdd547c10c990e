#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/delay/model.hpp"

namespace tailrace::delay {

/// Durations from a recorded file.
///
///     T = s_i * unit * table[(begin_i + m) mod rows][i mod columns]
///
/// for the m-th step of worker i, m = job * steps + step. The file is CSV: one line a row, one
/// column a worker, numbers >= 0; blank lines and lines that begin with # are skipped. A worker
/// that reaches the end begins again. With more workers than columns, the workers that share a
/// column begin evenly spread over its rows:
///
///     begin_i = rows * (i div columns) div ceil(workers / columns)
///
/// Files in other units than seconds (server steps, milliseconds, relative times) are brought to
/// seconds by `unit` or by the speed model.
///
///   file  string       path, relative to where the program runs
///   unit  double  [s]  1e-9 to 1e9; what a 1 in the file stands for at a worker with s_i = 1
///
/// State   none; the table is shared.
/// Cost    O(1), no random number.
/// Errors  a file that cannot be read, is empty, ragged or holds anything but numbers >= 0, and a
///         column of zeros alone (its worker would work infinitely fast) are refused with
///         file:line:column.
struct Trace {
  static constexpr std::string_view name = "trace";
  static constexpr std::string_view summary = "Durations from a recorded CSV file.";
  static constexpr std::string_view formula =
      "T = s_i unit table[(begin_i + m) mod rows][i mod columns]";
  static constexpr std::string_view source = "ours";

  std::string file = {};
  double unit = 1;

  static void fields(auto& self, auto&& field) {
    field("file", self.file,
          Field{.required = true, .doc = "CSV, one line a row, one column a worker"});
    field("unit", self.unit,
          Field{.unit = "s",
                .min = 1e-9,
                .max = 1e9,
                .doc = "what a 1 in the file stands for at a worker with s_i = 1"});
  }

  /// Numbers of a CSV file, row by row.
  struct Table {
    std::size_t columns = 0;
    std::vector<double> values;  ///< (rows, columns)

    [[nodiscard]] std::size_t rows() const { return values.size() / columns; }
  };
  static Result<Table> read(const std::string& file);

  struct Replay {
    Table table;
    double unit;
    std::size_t workers_per_column;

    double draw(double mean, const StepName& step, Stream&) const {
      const std::size_t rows = table.rows();
      const std::size_t begin = rows * (step.worker / table.columns) / workers_per_column;
      const std::size_t row = (begin + step.number) % rows;
      return mean * unit * table.values[row * table.columns + step.worker % table.columns];
    }
  };
  Result<Replay> prepare(const ModelSetup& setup) const;
};
static_assert(DelayModel<Trace>);

}  // namespace tailrace::delay
