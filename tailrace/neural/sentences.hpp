#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/neural/sentence_samples.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// Classification of sentences, or of pairs of them, by a network: the tasks of GLUE. STS-B has a
/// score in place of a class, and the squared error in place of the cross entropy.
///
///     f_i(x)  =  mean over the sentences of worker i of the cross entropy of network(x, tokens)
///
///   data   a task or a folder; see open_sentences()
///   model  bert, or torchscript
///
/// Evaluation: test_score is what GLUE judges the task by first (Matthews' correlation, F1,
/// Pearson's correlation, or accuracy).
/// Errors  those of open_sentences(), make_course() and build().
struct Sentences {
  static constexpr std::string_view name = "sentences";
  static constexpr std::string_view summary =
      "Classification of sentences by a network: the tasks of GLUE (LibTorch).";
  static constexpr std::string_view formula =
      "f_i(x) = mean over the sentences of worker i of cross_entropy(network(x, tokens), class)";
  static constexpr std::string_view source = "Wang et al.: GLUE, ICLR 2019";

  std::string data = {};
  Model model = Bert{};
  SentenceOptions sentences = {};
  Learning learning = {};

  static void fields(auto& self, auto&& field) {
    field("data", self.data,
          Field{.required = true,
                .doc = "sst-2, rte, cola, mrpc, qqp, qnli, mnli, sts-b, synthetic-sentiment, or a "
                       "folder of such a name"});
    field("model", self.model, Field{.doc = "the network"});
    SentenceOptions::fields(self.sentences, field);
    Learning::fields(self.learning, field);
  }

  [[nodiscard]] problem::ProblemSize size(std::size_t workers) const;
  [[nodiscard]] problem::BuiltProblem build(const problem::ProblemSetup& setup) const;
};

}  // namespace tailrace::neural
