#include "tailrace/neural/tensor_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "tailrace/core/commas.hpp"

namespace tailrace::neural {
namespace {

constexpr std::int64_t counts_nowhere = -100;

/// Numbers of samples in plain memory, as TensorSamples holds them.
struct Columns {
  std::string name;
  TaskShape shape;
  std::size_t count = 0;
  std::size_t each = 1;  ///< numbers of one input
  std::size_t targets_each = 1;
  std::vector<float> values;  ///< or tokens
  std::vector<std::int64_t> tokens;
  std::vector<std::int64_t> classes;  ///< or targets
  std::vector<float> targets;
  std::vector<std::int32_t> labels;
  std::vector<std::uint32_t> groups;
};

class TensorSamples : public Samples {
 public:
  explicit TensorSamples(Columns columns) : columns_(std::move(columns)) {}

  [[nodiscard]] const TaskShape& shape() const override { return columns_.shape; }
  [[nodiscard]] std::size_t count() const override { return columns_.count; }
  [[nodiscard]] std::span<const std::int32_t> labels() const override { return columns_.labels; }
  [[nodiscard]] std::span<const std::uint32_t> groups() const override { return columns_.groups; }

  void fill(std::span<const std::uint32_t> numbers, Stream*, Batch& out) const override {
    out.count = numbers.size();
    out.length = columns_.shape.input == Input::tokens ? columns_.each : 0;
    out.segments.clear();
    out.lengths.clear();
    gather(columns_.values, columns_.each, numbers, out.values);
    gather(columns_.tokens, columns_.each, numbers, out.tokens);
    gather(columns_.classes, columns_.targets_each, numbers, out.classes);
    gather(columns_.targets, columns_.targets_each, numbers, out.targets);
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("{}, {} samples of {} {}, {} outputs", columns_.name,
                       with_commas(columns_.count), fmt::join(columns_.shape.sample, " x "),
                       columns_.shape.input == Input::tokens ? "tokens" : "values",
                       columns_.shape.outputs);
  }

 private:
  template <class Number>
  static void gather(const std::vector<Number>& from, std::size_t each,
                     std::span<const std::uint32_t> numbers, std::vector<Number>& out) {
    out.clear();
    if (from.empty()) return;
    for (const std::uint32_t s : numbers) {
      const auto begin = from.begin() + static_cast<std::ptrdiff_t>(s * each);
      out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(each));
    }
  }

  Columns columns_;
};

/// Reads the columns of one file.
class Reader {
 public:
  Reader(const data::Safetensors& file, const TensorOptions& options)
      : file_(file), options_(options) {}

  Result<Columns> read() {
    for (const auto step : {&Reader::read_inputs, &Reader::read_targets, &Reader::read_groups}) {
      if (Status status = (this->*step)(); !status) return fail(std::move(status.error()));
    }
    columns_.name = std::filesystem::path(file_.name()).filename().string();
    columns_.shape.loss = options_.loss;
    return std::move(columns_);
  }

 private:
  [[nodiscard]] tl::unexpected<Errors> refuse(std::string code, std::string_view tensor,
                                              std::string what, std::string fix) const {
    return fail({.code = std::move(code),
                 .what = std::move(what),
                 .where = fmt::format("{}, tensor \"{}\"", file_.name(), tensor),
                 .fix = std::move(fix),
                 .in_data = true});
  }

  Result<const data::Tensor*> need(std::string_view name) const {
    if (const data::Tensor* tensor = file_.find(name)) return tensor;
    return refuse("data/no-tensor", name, "the file has no such tensor",
                  "write `inputs` (n, ...) and `targets` (n) or (n, k) with safetensors");
  }

  /// The tensor's floats, all finite.
  Result<std::vector<float>> floats_of(const data::Tensor& tensor) const {
    std::vector<float> numbers = to_floats(tensor);
    const auto bad = std::ranges::find_if(numbers, [](float x) { return !std::isfinite(x); });
    if (bad == numbers.end()) return numbers;
    return refuse(
        "data/not-finite", tensor.name,
        fmt::format("number {} is {}, or was too large for a float", bad - numbers.begin(), *bad),
        "remove or replace it");
  }

  /// The tensor's whole numbers, all from 0 on and below `limit`, or `exception`.
  Result<std::vector<std::int64_t>> integers_of(const data::Tensor& tensor, std::int64_t limit,
                                                std::int64_t exception = 0) const {
    if (is_real(tensor.format)) {
      return refuse("data/dtype", tensor.name, "the tensor has real numbers, not whole ones",
                    "write it as I64");
    }
    std::vector<std::int64_t> numbers = to_integers(tensor);
    const auto bad = std::ranges::find_if(numbers, [&](std::int64_t number) {
      return (number < 0 || number >= limit) && number != exception;
    });
    if (bad == numbers.end()) return numbers;
    return refuse(
        "data/labels", tensor.name,
        fmt::format("number {} is {}, outside 0 to {}", bad - numbers.begin(), *bad, limit - 1),
        "number classes and tokens from 0, or correct the option");
  }

  /// The number above all: the option, or one more than the largest.
  static std::size_t one_more(const std::vector<std::int64_t>& numbers, std::uint32_t option) {
    if (option > 0) return option;
    // Targets may all be -100.
    return static_cast<std::size_t>(std::max<std::int64_t>(std::ranges::max(numbers), 0)) + 1;
  }

  static std::int64_t limit_of(std::uint32_t option) {
    return option > 0 ? std::int64_t{option} : std::numeric_limits<std::int32_t>::max();
  }

  Status read_inputs() {
    const auto found = need("inputs");
    if (!found) return fail(found.error());
    const data::Tensor& inputs = **found;
    if (inputs.shape.empty() || inputs.count() == 0) {
      return refuse("data/empty", inputs.name, "there is no sample", "write (n, ...) numbers");
    }
    columns_.count = inputs.shape[0];
    if (columns_.count > std::numeric_limits<std::uint32_t>::max()) {
      return refuse("data/shape", inputs.name, "there are 2^32 samples or more", "split the file");
    }
    columns_.each = inputs.count() / columns_.count;
    columns_.shape.sample.assign(inputs.shape.begin() + 1, inputs.shape.end());
    if (columns_.shape.sample.empty()) columns_.shape.sample = {1};
    const bool tokens =
        inputs.format == data::NumberFormat::i64 || inputs.format == data::NumberFormat::i32;
    return tokens ? read_tokens(inputs) : read_values(inputs);
  }

  Status read_values(const data::Tensor& inputs) {
    auto values = floats_of(inputs);
    if (!values) return fail(std::move(values.error()));
    columns_.values = std::move(*values);
    return {};
  }

  Status read_tokens(const data::Tensor& inputs) {
    if (inputs.shape.size() != 2) {
      return refuse("data/shape", inputs.name, "whole numbers are tokens, but are not (n, length)",
                    "write values as F32, and tokens as (n, length)");
    }
    auto tokens = integers_of(inputs, limit_of(options_.vocabulary));
    if (!tokens) return fail(std::move(tokens.error()));
    columns_.shape.input = Input::tokens;
    columns_.shape.vocabulary = one_more(*tokens, options_.vocabulary);
    columns_.tokens = std::move(*tokens);
    return {};
  }

  Status read_targets() {
    const auto found = need("targets");
    if (!found) return fail(found.error());
    const data::Tensor& targets = **found;
    if (targets.shape.empty() || targets.shape[0] != columns_.count) {
      return refuse("data/shape", targets.name,
                    fmt::format("shape ({}) does not go with {} inputs",
                                fmt::join(targets.shape, ", "), columns_.count),
                    "write one target an input");
    }
    columns_.targets_each = targets.count() / columns_.count;
    switch (options_.loss) {
      case Loss::classes:
        return read_classes(targets);
      case Loss::next_token:
        return read_next_tokens(targets);
      case Loss::squared_error:
      case Loss::logistic:
        return read_numbers(targets);
    }
    return {};
  }

  Status read_classes(const data::Tensor& targets) {
    if (targets.shape.size() != 1) {
      return refuse("data/shape", targets.name, "classes are (n), one a sample",
                    "write class numbers, or choose another loss");
    }
    auto classes = integers_of(targets, limit_of(options_.classes));
    if (!classes) return fail(std::move(classes.error()));
    columns_.shape.outputs = one_more(*classes, options_.classes);
    columns_.labels.assign(classes->begin(), classes->end());
    columns_.classes = std::move(*classes);
    return {};
  }

  Status read_next_tokens(const data::Tensor& targets) {
    if (columns_.shape.input != Input::tokens || columns_.targets_each != columns_.each) {
      return refuse("data/shape", targets.name,
                    "next_token takes a token for each of the input's (n, length) tokens",
                    "write inputs and targets as I64 of the same shape");
    }
    auto tokens = integers_of(targets, limit_of(options_.classes), counts_nowhere);
    if (!tokens) return fail(std::move(tokens.error()));
    columns_.shape.outputs = options_.classes > 0
                                 ? options_.classes
                                 : std::max(columns_.shape.vocabulary, one_more(*tokens, 0));
    columns_.classes = std::move(*tokens);
    return {};
  }

  Status read_numbers(const data::Tensor& targets) {
    if (targets.shape.size() > 2 || targets.count() == 0) {
      return refuse("data/shape", targets.name, "targets are (n) or (n, k)",
                    "write k numbers a sample");
    }
    if (options_.loss == Loss::squared_error && !is_real(targets.format)) {
      return refuse("data/dtype", targets.name, "the squared error takes real targets",
                    "write them as F32, or choose the loss classes");
    }
    auto numbers = floats_of(targets);
    if (!numbers) return fail(std::move(numbers.error()));
    const auto bad = std::ranges::find_if(*numbers, [](float x) { return x != 0 && x != 1; });
    if (options_.loss == Loss::logistic && bad != numbers->end()) {
      return refuse("data/labels", targets.name,
                    fmt::format("number {} is {}, neither 0 nor 1", bad - numbers->begin(), *bad),
                    "write 0 or 1, or choose another loss");
    }
    columns_.shape.outputs = columns_.targets_each;
    columns_.targets = std::move(*numbers);
    return {};
  }

  Status read_groups() {
    const data::Tensor* groups = file_.find("groups");
    if (groups == nullptr) return {};
    if (groups->shape != std::vector<std::size_t>{columns_.count}) {
      return refuse(
          "data/shape", groups->name,
          fmt::format("shape ({}) is not ({})", fmt::join(groups->shape, ", "), columns_.count),
          "write one group an input, or none at all");
    }
    auto numbers = integers_of(*groups, std::int64_t{1} << 32);
    if (!numbers) return fail(std::move(numbers.error()));
    columns_.groups.assign(numbers->begin(), numbers->end());
    return {};
  }

  const data::Safetensors& file_;
  const TensorOptions& options_;
  Columns columns_;
};

Result<SharedSamples> open(const std::filesystem::path& path, const TensorOptions& options) {
  const Result<data::Safetensors> file = data::read_safetensors(path);
  if (!file) return fail(file.error());
  return make_tensor_samples(*file, options);
}

}  // namespace

Result<SharedSamples> make_tensor_samples(const data::Safetensors& file,
                                          const TensorOptions& options) {
  Result<Columns> columns = Reader(file, options).read();
  if (!columns) return fail(std::move(columns.error()));
  return std::make_shared<TensorSamples>(std::move(*columns));
}

Result<TensorData> open_tensors(const std::filesystem::path& train,
                                const std::filesystem::path& test, const TensorOptions& options) {
  Result<SharedSamples> first = open(train, options);
  if (!first) return fail(std::move(first.error()));
  TensorData result{.train = std::move(*first), .test = nullptr};
  if (test.empty()) return result;
  const TaskShape& shape = result.train->shape();
  TensorOptions known = options;
  const bool has_classes = options.loss == Loss::classes || options.loss == Loss::next_token;
  known.classes = has_classes ? static_cast<std::uint32_t>(shape.outputs) : 0;
  known.vocabulary = static_cast<std::uint32_t>(shape.vocabulary);
  Result<SharedSamples> second = open(test, known);
  if (!second) return fail(std::move(second.error()));
  const TaskShape& other = (*second)->shape();
  if (other.input != shape.input || other.sample != shape.sample ||
      other.outputs != shape.outputs) {
    return fail({.code = "data/shape",
                 .what = fmt::format("samples are {} with {} outputs, those to train on {} with {}",
                                     fmt::join(other.sample, " x "), other.outputs,
                                     fmt::join(shape.sample, " x "), shape.outputs),
                 .where = test.string(),
                 .fix = "write both files alike",
                 .in_data = true});
  }
  result.test = std::move(*second);
  return result;
}

}  // namespace tailrace::neural
