#include "tailrace/data/libsvm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/data/byte_window.hpp"

namespace tailrace::data {
namespace {

constexpr std::uint64_t max_index = 0x7fffffff;
constexpr std::size_t max_number_length = 256;
static_assert(ByteWindow::lookahead > 32 + max_number_length,
              "an index, a colon, a number, an end");

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool ends_token(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '#' || c == '\0';
}

/// The labels a file has shown so far, and the classes they stand for.
class Labels {
 public:
  explicit Labels(LabelPair expected) : expected_(expected) {}

  /// Nothing, or what is wrong with this label.
  std::optional<std::string> add(double label, std::uint64_t line) {
    if (!(label == -1 || label == 0 || label == 1 || label == 2)) {
      return fmt::format("label {} is none of -1, 0, 1, 2", label);
    }
    std::uint64_t& first_line = first_lines_[static_cast<std::size_t>(label + 1)];
    if (first_line != 0) return {};
    first_line = line;
    if (pair() != nullptr) return {};
    if (expected_ != LabelPair::unknown) {
      return fmt::format("label {} does not occur in the training file", label);
    }
    std::string others;
    for (int other = -1; other <= 2; ++other) {
      if (other == label || line_of(other) == 0) continue;
      others +=
          fmt::format("{}{} of line {}", others.empty() ? "" : " and ", other, line_of(other));
    }
    return fmt::format("label {} does not go with the label {}", label, others);
  }

  struct Pair {
    LabelPair id;
    int smaller;
    int larger;
  };

  /// The pair that holds all labels seen; the first such pair if there is one class only; null if
  /// none.
  [[nodiscard]] const Pair* pair() const {
    static constexpr std::array<Pair, 3> pairs = {{{LabelPair::minus_one_plus_one, -1, 1},
                                                   {LabelPair::zero_one, 0, 1},
                                                   {LabelPair::one_two, 1, 2}}};
    for (const Pair& candidate : pairs) {
      if (expected_ != LabelPair::unknown && expected_ != candidate.id) continue;
      bool holds_all = true;
      for (int label = -1; label <= 2; ++label) {
        const bool inside = label == candidate.smaller || label == candidate.larger;
        holds_all = holds_all && (inside || line_of(label) == 0);
      }
      if (holds_all) return &candidate;
    }
    return nullptr;
  }

 private:
  [[nodiscard]] std::uint64_t line_of(int label) const {
    const int slot = label + 1;
    return first_lines_[static_cast<std::size_t>(slot)];
  }

  LabelPair expected_;
  std::array<std::uint64_t, 4> first_lines_{};  ///< where -1, 0, 1, 2 came first; 0: nowhere yet
};

/// One pass over a file. Methods that return bool say false after setting error_.
class LibsvmReader {
 public:
  LibsvmReader(ByteSource& source, std::string_view name, const LibsvmOptions& options)
      : source_(source), window_(source), name_(name), options_(options), labels_(options.labels) {}

  Result<LibsvmFile> read() {
    while (!window_.at_end()) {
      if (!read_line()) return fail(std::move(*error_));
    }
    if (source_.failure()) return fail(failure_here());
    if (rows_.size() == 0) {
      return fail({"data/empty", "there is no sample in this file", std::string(name_),
                   "give a LIBSVM file: lines such as \"-1 3:1 11:0.5\"", true});
    }
    return finish();
  }

 private:
  [[nodiscard]] bool at_line_end() const {
    const char c = window_.peek();
    return c == '\n' || c == '#' || window_.at_end();
  }

  bool read_line() {
    skip_blanks();
    if (!at_line_end()) {
      if (!read_label()) return false;
      for (skip_blanks(); !at_line_end(); skip_blanks()) {
        if (!read_feature()) return false;
      }
      if (!add_row()) return false;
    }
    pass_line_end();
    return true;
  }

  /// Spaces, tabs, and a carriage return that ends a line or the file.
  void skip_blanks() {
    for (;;) {
      const char* next = window_.next();
      const bool return_at_end = *next == '\r' && (next[1] == '\n' || next + 1 == window_.end());
      if (*next != ' ' && *next != '\t' && !return_at_end) return;
      window_.skip();
    }
  }

  /// Passes a comment, if there is one, and the newline.
  void pass_line_end() {
    while (!window_.at_end()) {
      const auto length = static_cast<std::size_t>(window_.end() - window_.next());
      const void* newline = std::memchr(window_.next(), '\n', length);
      if (newline != nullptr) {
        window_.advance_to(static_cast<const char*>(newline) + 1);
        ++line_;
        line_begin_ = window_.position();
        return;
      }
      window_.advance_to(window_.end());
    }
  }

  bool read_label() {
    const char* const begin = window_.next();
    double label = 0;
    const char* end = read_number(begin, "a label: -1 or 1, 0 or 1, 1 or 2", label);
    if (end == nullptr) return false;
    if (const auto wrong = labels_.add(label, line_)) {
      return refuse({"data/labels", *wrong, where(begin),
                     "binary labels are {-1, 1}, {0, 1} or {1, 2}; keep or rename two classes"});
    }
    label_ = static_cast<std::int8_t>(label);
    window_.advance_to(end);
    return true;
  }

  bool read_feature() {
    const char* const begin = window_.next();
    const char* next = begin;
    std::uint64_t index = 0;
    // Eleven digits do not overflow, and are more than any index has.
    for (; is_digit(*next) && next - begin < 11; ++next) {
      index = index * 10 + static_cast<std::uint64_t>(*next - '0');
    }
    if (next == begin || index == 0) {
      return malformed(begin, "a feature index, a whole number from 1 on");
    }
    if (index > max_index) return malformed(begin, "a feature index up to 2147483647");
    if (*next != ':') return malformed(next, "\":\" and a value after the feature index");
    ++next;
    double value = 0;
    if (is_digit(next[0]) && ends_token(next[1])) {  // most data sets are made of ones
      value = *next++ - '0';
    } else {
      const char* const end = read_number(next, "the value of the feature, a number", value);
      if (end == nullptr) return false;
      if (!std::isfinite(static_cast<Real>(value))) {
        return malformed(next, "a value that fits a 32-bit float, at most 3.4e38");
      }
      next = end;
    }
    if (options_.dimension != 0 && index > options_.dimension) {
      return refuse(
          {"data/dimension",
           fmt::format("feature index {} is beyond the dimension {}", index, options_.dimension),
           where(begin), fmt::format("set dimension to {} or more", index)});
    }
    ascending_ = ascending_ && (indices_.empty() || index - 1 > indices_.back());
    indices_.push_back(static_cast<std::uint32_t>(index - 1));
    values_.push_back(static_cast<Real>(value));
    columns_.push_back(column(begin));
    window_.advance_to(next);
    return true;
  }

  /// The end of the number at `begin`, which must be finite and end its token; null after an error.
  const char* read_number(const char* begin, std::string_view expected, double& value) {
    const char* const digits = begin + (begin[0] == '+' && begin[1] != '-' ? 1 : 0);
    const auto limit = std::min<std::ptrdiff_t>(window_.end() - digits, max_number_length);
    const auto [end, status] = std::from_chars(digits, digits + limit, value);
    if (status == std::errc::invalid_argument || (end == digits + limit && !ends_token(*end))) {
      malformed(begin, expected);
      return nullptr;
    }
    if (!ends_token(*end)) {
      malformed(end, "a blank after the number");
      return nullptr;
    }
    if (status == std::errc::result_out_of_range) {
      // The digits alone, max_number_length at most, stay in the range of a double: the exponent
      // left it.
      const bool tiny =
          std::string_view(digits, end).find_first_of('-', 1) != std::string_view::npos;
      value = tiny ? 0 : HUGE_VAL;
    }
    if (!std::isfinite(value)) {
      malformed(begin, "a finite number");
      return nullptr;
    }
    return end;
  }

  bool add_row() {
    if (!ascending_ && !sort_features()) return false;
    rows_.add(indices_, values_, label_);
    if (!indices_.empty())
      rows_.dimension = std::max<std::size_t>(rows_.dimension, indices_.back() + 1);
    indices_.clear();
    values_.clear();
    columns_.clear();
    ascending_ = true;
    return true;
  }

  bool sort_features() {
    std::vector<std::size_t> order(indices_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return indices_[a] < indices_[b]; });
    std::vector<std::uint32_t> sorted_indices;
    std::vector<Real> sorted_values;
    for (std::size_t k = 0; k < order.size(); ++k) {
      const std::uint32_t index = indices_[order[k]];
      if (k > 0 && index == sorted_indices.back()) {
        if (!repeat(index, columns_[order[k]], values_[order[k]], sorted_values.back())) {
          return false;
        }
        continue;
      }
      sorted_indices.push_back(index);
      sorted_values.push_back(values_[order[k]]);
    }
    indices_ = std::move(sorted_indices);
    values_ = std::move(sorted_values);
    return true;
  }

  /// A feature that the line had before: what becomes of its value, in the order of the line.
  bool repeat(std::uint32_t index, std::uint64_t column, Real value, Real& kept) {
    const auto refuse_here = [&](std::string what, std::string fix) {
      return refuse({"data/malformed", std::move(what),
                     fmt::format("{}:{}:{}", name_, line_, column), std::move(fix)});
    };
    switch (options_.duplicates) {
      case Duplicates::refuse:
        return refuse_here(fmt::format("feature {} occurs twice in this line", index + 1),
                           "expected every feature at most once in a line; remove one, or set "
                           "duplicates = \"sum\" or \"last\"");
      case Duplicates::sum:
        kept += value;
        if (std::isfinite(kept)) return true;
        return refuse_here(fmt::format("the values of feature {} sum to infinity", index + 1),
                           "expected a sum that fits a 32-bit float, at most 3.4e38");
      case Duplicates::last:
        kept = value;
        return true;
    }
    TAILRACE_CHECK(false);
    return false;
  }

  Result<LibsvmFile> finish() {
    const Labels::Pair* pair = labels_.pair();
    for (std::int8_t& label : rows_.labels) label = label == pair->larger ? 1 : -1;
    rows_.dimension = std::max(rows_.dimension, options_.dimension);
    return LibsvmFile{std::move(rows_), pair->id};
  }

  [[nodiscard]] std::uint64_t column(const char* at) const {
    return window_.position() + static_cast<std::uint64_t>(at - window_.next()) - line_begin_ + 1;
  }
  [[nodiscard]] std::string where(const char* at) const {
    return fmt::format("{}:{}:{}", name_, line_, column(at));
  }

  [[nodiscard]] std::string found(const char* at) const {
    if (at == window_.end()) return "the end of the file";
    if (*at == '\n' || (*at == '\r' && at[1] == '\n')) return "the end of the line";
    std::string text;
    const char* c = at;
    do {
      if (text.size() >= 24) return "\"" + text + "...\"";
      const bool printable = *c >= ' ' && *c <= '~';
      text +=
          printable ? std::string(1, *c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(*c));
      ++c;
    } while (c < window_.end() && !ends_token(*at) && !ends_token(*c));
    return "\"" + text + "\"";
  }

  bool malformed(const char* at, std::string_view expected) {
    return refuse({"data/malformed", fmt::format("expected {}, found {}", expected, found(at)),
                   where(at), "a line reads: label index:value index:value ...  # comment"});
  }

  /// A source that failed explains whatever looks wrong in its last, cut token.
  bool refuse(Error error) {
    const std::string_view rest(window_.next(), window_.end());
    const bool cut = source_.failure() && rest.find_first_of(" \t\r\n") == std::string_view::npos;
    error_ = cut ? failure_here() : std::move(error);
    error_->in_data = true;
    return false;
  }

  [[nodiscard]] Error failure_here() const {
    const ByteSource::Failure& failure = *source_.failure();
    const bool nothing_read = window_.position() == 0 && window_.at_end();
    return {failure.code, failure.what, nothing_read ? std::string(name_) : where(window_.next()),
            failure.fix, true};
  }

  ByteSource& source_;
  ByteWindow window_;
  std::string_view name_;
  LibsvmOptions options_;
  Labels labels_;
  SparseRows rows_;
  std::uint64_t line_ = 1;
  std::uint64_t line_begin_ = 0;  ///< position of the line's first byte
  std::int8_t label_ = 0;         ///< of the line being read, as written; and its features:
  std::vector<std::uint32_t> indices_;
  std::vector<Real> values_;
  std::vector<std::uint64_t> columns_;
  bool ascending_ = true;
  std::optional<Error> error_;
};

}  // namespace

Result<LibsvmFile> read_libsvm(const std::filesystem::path& path, const LibsvmOptions& options) {
  ByteSource source(path);
  return LibsvmReader(source, path.string(), options).read();
}

Result<LibsvmFile> parse_libsvm(std::string_view bytes, std::string_view name,
                                const LibsvmOptions& options) {
  ByteSource source(bytes);
  return LibsvmReader(source, name, options).read();
}

}  // namespace tailrace::data
