#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// The tasks of GLUE whose files we read.
///
///     task   classes, in the order of their numbers          texts
///     cola   unacceptable, acceptable                        1
///     sst_2  negative, positive                              1
///     mrpc   different, equivalent                           2
///     qqp    different, duplicate                            2
///     sts_b  none: a score of 0 to 5                         2
///     mnli   entailment, neutral, contradiction              2
///     qnli   entailment, not_entailment                      2
///     rte    entailment, not_entailment                      2
enum class GlueTask { cola, sst_2, mrpc, qqp, sts_b, mnli, qnli, rte };

/// Which of a task's files. MNLI has two to test on: from the sources it trains on (matched), and
/// from others; the other tasks have one, which both names mean.
enum class GluePart { train, test, test_mismatched };

/// Sentences, or pairs of them, with a class or a score each.
struct SentenceSet {
  std::string name;                  ///< for people: "SST-2"
  std::vector<std::string> first;    ///< (count)
  std::vector<std::string> second;   ///< (count), or empty where samples are single texts
  std::vector<std::int32_t> labels;  ///< (count) class numbers, or empty where there are scores
  std::vector<float> scores;         ///< (count), or empty where there are classes
  std::size_t classes = 0;           ///< 0 where there are scores
  std::size_t skipped = 0;           ///< rows that were malformed

  [[nodiscard]] std::size_t count() const { return first.size(); }
  [[nodiscard]] bool has_pairs() const { return !second.empty(); }
};

/// The task that a name such as "SST-2", "sst_2" or "sts-b" stands for.
[[nodiscard]] std::optional<GlueTask> find_glue_task(std::string_view name);

/// Reads a part of a task from its folder: train.tsv, dev.tsv (for MNLI dev_matched.tsv and
/// dev_mismatched.tsv); each also as .gz. GLUE's own test.tsv has no labels, hence dev is what one
/// tests on.
///
/// Rows are lines, columns end at tabs, quotes are plain characters. Columns are found by the names
/// in the header (CoLA has none: its columns are source, label, mark, sentence).
///
/// A few rows of the public files are broken (QQP: cut rows and empty questions). So a row with
/// other than the header's number of columns, or with an empty text, is skipped and counted as long
/// as at most 1 row in 100 is like that; with more, the first one is an error. A label that the
/// task does not have, a score outside 0 to 5, and bytes that are not UTF-8 are always errors.
///
/// Memory: the texts, and the file while it is read.
/// Errors  data/not-found, data/unreadable, data/corrupt, data/not-utf8, data/malformed,
///         data/labels, data/empty, with file:line and the number of the column or byte.
/// Source  Wang, Singh, Michael, Hill, Levy, Bowman: GLUE, ICLR 2019 (layouts: its files; order of
///         classes: the usual one of published checkpoints and loaders).
[[nodiscard]] Result<SentenceSet> read_glue(const std::filesystem::path& folder, GlueTask task,
                                            GluePart part);

/// The same from memory; `name` stands for the file in errors.
[[nodiscard]] Result<SentenceSet> parse_glue(std::string_view bytes, std::string_view name,
                                             GlueTask task);

}  // namespace tailrace::data

template <>
struct tailrace::EnumNames<tailrace::data::GlueTask> {
  using enum data::GlueTask;
  static constexpr std::array values = {std::pair{"cola", cola},   std::pair{"sst-2", sst_2},
                                        std::pair{"mrpc", mrpc},   std::pair{"qqp", qqp},
                                        std::pair{"sts-b", sts_b}, std::pair{"mnli", mnli},
                                        std::pair{"qnli", qnli},   std::pair{"rte", rte}};
};
