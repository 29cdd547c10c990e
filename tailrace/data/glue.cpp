#include "tailrace/data/glue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "tailrace/data/locate.hpp"
#include "tailrace/data/text.hpp"
#include "tailrace/data/unicode.hpp"

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;

constexpr float score_max = 5;
/// One row in so many may be malformed.
constexpr std::size_t rows_per_malformed = 100;

/// Where a task's files have what.
struct Layout {
  std::string_view title;
  std::vector<std::string_view> columns;  ///< of a file without header; empty: the header says
  std::string_view first;
  std::string_view second;  ///< empty: single texts
  std::string_view label;
  std::vector<std::string_view> classes;  ///< as written; empty: scores
};

const Layout& layout_of(GlueTask task) {
  using Names = std::vector<std::string_view>;
  static const Names binary = {"0", "1"};
  static const Names follows = {"entailment", "not_entailment"};
  static const std::array<Layout, 8> layouts = {{
      {"CoLA", {"source", "label", "mark", "sentence"}, "sentence", "", "label", binary},
      {"SST-2", {}, "sentence", "", "label", binary},
      {"MRPC", {}, "#1 String", "#2 String", "Quality", binary},
      {"QQP", {}, "question1", "question2", "is_duplicate", binary},
      {"STS-B", {}, "sentence1", "sentence2", "score", {}},
      {"MNLI",
       {},
       "sentence1",
       "sentence2",
       "gold_label",
       {"entailment", "neutral", "contradiction"}},
      {"QNLI", {}, "question", "sentence", "label", follows},
      {"RTE", {}, "sentence1", "sentence2", "label", follows},
  }};
  return layouts[static_cast<std::size_t>(task)];
}

std::vector<std::string_view> columns_in(std::string_view line) {
  std::vector<std::string_view> columns;
  for (;;) {
    const std::size_t tab = line.find('\t');
    columns.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return columns;
    line.remove_prefix(tab + 1);
  }
}

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == std::string::npos; }

/// One pass over a file. Methods that return bool say false after setting error_.
class GlueReader {
 public:
  GlueReader(std::string_view bytes, std::string_view name, const Layout& layout)
      : bytes_(bytes), lines_(bytes), name_(name), layout_(layout) {}

  Result<SentenceSet> read() {
    set_.name = layout_.title;
    set_.classes = layout_.classes.size();
    if (const auto offset = first_not_utf8(bytes_)) return fail(not_utf8_at(*offset));
    if (!find_columns()) return fail(std::move(*error_));
    while (lines_.next()) {
      if (lines_.line().empty()) continue;  // behind the last row, as editors leave it
      ++rows_;
      if (!read_row()) return fail(std::move(*error_));
    }
    if (rows_ == 0) {
      return fail({"data/empty", "there is no row in this file", std::string(name_),
                   fmt::format("give {}'s train.tsv or dev.tsv", layout_.title), true});
    }
    if (set_.skipped * rows_per_malformed > rows_) return fail(std::move(*malformed_));
    return std::move(set_);
  }

 private:
  bool find_columns() {
    std::vector<std::string_view> names = layout_.columns;
    if (names.empty() && lines_.next()) names = columns_in(lines_.line());
    if (names.empty()) return true;  // an empty file, which read() refuses
    columns_ = names.size();
    return find_column(names, layout_.first, first_) &&
           (layout_.second.empty() || find_column(names, layout_.second, second_)) &&
           find_column(names, layout_.label, label_);
  }

  bool find_column(std::span<const std::string_view> names, std::string_view wanted,
                   std::size_t& column) {
    const auto found = std::find(names.begin(), names.end(), wanted);
    column = static_cast<std::size_t>(found - names.begin());
    if (found != names.end()) return true;
    return refuse(
        "data/malformed", fmt::format("the header has no column \"{}\"", wanted),
        fmt::format("give {}'s files as GLUE lays them out, tabs between columns", layout_.title));
  }

  bool read_row() {
    const std::vector<std::string_view> columns = columns_in(lines_.line());
    if (columns.size() != columns_) {
      return skip(fmt::format("expected {} columns, found {}", columns_, columns.size()));
    }
    for (const std::size_t column : {first_, layout_.second.empty() ? first_ : second_}) {
      if (is_blank(columns[column])) return skip(fmt::format("column {} is empty", column + 1));
    }
    if (!(layout_.classes.empty() ? read_score(columns[label_]) : read_class(columns[label_]))) {
      return false;
    }
    set_.first.emplace_back(columns[first_]);
    if (!layout_.second.empty()) set_.second.emplace_back(columns[second_]);
    return true;
  }

  bool read_class(std::string_view text) {
    const auto found = std::find(layout_.classes.begin(), layout_.classes.end(), text);
    if (found == layout_.classes.end()) {
      return refuse(
          "data/labels",
          fmt::format("label \"{}\" in column {} is none of: {}", text, label_ + 1,
                      fmt::join(layout_.classes, ", ")),
          fmt::format("give a labeled file of {}; GLUE's test.tsv has no labels", layout_.title));
    }
    set_.labels.push_back(static_cast<std::int32_t>(found - layout_.classes.begin()));
    return true;
  }

  bool read_score(std::string_view text) {
    float score = -1;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), score);
    const bool whole = wrong == std::errc() && end == text.data() + text.size();
    if (!whole || !(score >= 0 && score <= score_max)) {
      return refuse(
          "data/labels",
          fmt::format("score \"{}\" in column {} is no number of 0 to {}", text, label_ + 1,
                      score_max),
          fmt::format("give a labeled file of {}; GLUE's test.tsv has no scores", layout_.title));
    }
    set_.scores.push_back(score);
    return true;
  }

  /// Counts this row; the first one is kept in case there are too many.
  bool skip(std::string what) {
    ++set_.skipped;
    if (!malformed_) {
      malformed_ = {"data/malformed", std::move(what), where(),
                    "rows hold the header's columns, tabs between them, no column empty that is "
                    "read; 1 row in 100 may be malformed and is then skipped",
                    true};
    }
    return true;
  }

  [[nodiscard]] std::string where() const { return fmt::format("{}:{}", name_, lines_.number()); }

  bool refuse(std::string code, std::string what, std::string fix) {
    error_ = {std::move(code), std::move(what), where(), std::move(fix), true};
    return false;
  }

  [[nodiscard]] Error not_utf8_at(std::size_t offset) const {
    const TextPlace place = place_in(bytes_, offset);
    return {"data/not-utf8",
            fmt::format("byte {} of this line (0x{:02x}) is not UTF-8", place.column,
                        static_cast<unsigned char>(bytes_[offset])),
            fmt::format("{}:{}", name_, place.line), "convert the file to UTF-8", true};
  }

  std::string_view bytes_;
  LineReader lines_;
  std::string_view name_;
  const Layout& layout_;
  std::size_t columns_ = 0;
  std::size_t first_ = 0;
  std::size_t second_ = 0;
  std::size_t label_ = 0;
  std::size_t rows_ = 0;
  SentenceSet set_;
  std::optional<Error> malformed_;
  std::optional<Error> error_;
};

std::string file_of(GlueTask task, GluePart part) {
  if (part == GluePart::train) return "train.tsv";
  if (task != GlueTask::mnli) return "dev.tsv";
  return part == GluePart::test ? "dev_matched.tsv" : "dev_mismatched.tsv";
}

}  // namespace

std::optional<GlueTask> find_glue_task(std::string_view name) {
  const KnownSet* set = find_known_set(name);
  if (set == nullptr) return std::nullopt;
  for (const auto& [known, task] : EnumNames<GlueTask>::values) {
    if (set->name == known) return task;
  }
  return std::nullopt;
}

Result<SentenceSet> read_glue(const fs::path& folder, GlueTask task, GluePart part) {
  const std::string file = file_of(task, part);
  const std::optional<fs::path> path = file_in(folder, file);
  if (!path) {
    return fail({"data/not-found", fmt::format("there is no {} here", file), folder.string(),
                 fmt::format("give the folder of {} as GLUE lays it out", layout_of(task).title)});
  }
  return read_text(*path).and_then(
      [&](const std::string& text) { return parse_glue(text, path->string(), task); });
}

Result<SentenceSet> parse_glue(std::string_view bytes, std::string_view name, GlueTask task) {
  return GlueReader(bytes, name, layout_of(task)).read();
}

}  // namespace tailrace::data
