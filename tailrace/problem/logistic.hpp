#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/data/libsvm.hpp"
#include "tailrace/data/shards.hpp"
#include "tailrace/problem/noise.hpp"
#include "tailrace/problem/regularizer.hpp"
#include "tailrace/problem/setup.hpp"
#include "tailrace/problem/start.hpp"

namespace tailrace::problem {

/// The options of every logistic problem, whatever its data; lists them for fields().
inline void logistic_training_fields(auto& self, auto&& field) {
  field("regularizer", self.regularizer, Field{.doc = "r(x), part of every f_i"});
  field("batch", self.batch,
        Field{.unit = "samples", .doc = "samples a gradient averages over; 0 is the whole shard"});
  field("with_replacement", self.with_replacement,
        Field{.doc = "false: the samples of one batch are distinct"});
  field("start", self.start, Field{.doc = "the starting point"});
  field("noise", self.noise, Field{.doc = "injected into every gradient"});
}

/// Binary classification of sparse rows a_s with labels b_s = -1 or +1.
///
///     f(x)    =  (1/n) sum_i f_i(x)
///     f_i(x)  =  (1/m_i) sum_{s in shard i} log(1 + exp(-b_s <a_s, x>))  +  r(x)
///
/// Every worker counts the same whatever the size m_i of its shard, as in federated papers; with
/// shards of equal size f is the mean over all samples. Under Shuffled, Contiguous and
/// SortedByLabel sizes differ by one at most.
///
/// Evaluation: loss is f with r; test loss is the mean over test samples without r. A sample is
/// classified +1 where <a_s, x> > 0 and -1 elsewhere; accuracies are shares of all samples.
///
///   data, test   a path, or a name such as "a9a" (data::locate). The test file has the training
///                file's labels and no feature beyond its dimension.
///   dimension    >= the largest feature index of `data`; for test files with features that
///                training never shows. Their coordinates move by r and noise alone.
///   duplicates   what a feature that is in one line twice means, in both files
///   batch        with replacement: any; without: at most the smallest shard
///
/// Errors  those of data::locate, data::read_libsvm and data::split; problem/no-features;
///         problem/batch-too-large.
/// Source  Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024.
struct Logistic {
  static constexpr std::string_view name = "logistic";
  static constexpr std::string_view summary = "Logistic regression on sparse rows (LIBSVM files).";
  static constexpr std::string_view formula =
      "f_i(x) = (1/m_i) sum_{s in shard i} log(1 + exp(-b_s <a_s, x>)) + r(x)";
  static constexpr std::string_view source = "Islamov, Safaryan, Alistarh: AsGrad, AISTATS 2024";

  std::string data = {};
  std::string test = {};
  std::uint32_t dimension = 0;
  data::Duplicates duplicates = data::Duplicates::refuse;
  data::Shards shards = data::Shuffled{};
  Regularizer regularizer = NoRegularizer{};
  std::uint32_t batch = 0;
  bool with_replacement = true;
  Start start = Zeros{};
  Noise noise = NoNoise{};

  static void fields(auto& self, auto&& field) {
    field("data", self.data,
          Field{.required = true, .doc = "training file: a path, or a name such as a9a"});
    field("test", self.test, Field{.doc = "test file, likewise; empty is none"});
    field("dimension", self.dimension,
          Field{.unit = "features", .doc = "of the model; 0 is the training file's"});
    field(
        "duplicates", self.duplicates,
        Field{.doc = "a feature twice in one line: refuse it, or take the sum or the last value"});
    field("shards", self.shards, Field{.doc = "how samples are split among workers"});
    logistic_training_fields(self, field);
  }

  [[nodiscard]] ProblemSize size(std::size_t workers) const;
  [[nodiscard]] BuiltProblem build(const ProblemSetup& setup) const;
};

}  // namespace tailrace::problem
