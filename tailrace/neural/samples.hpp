#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/random.hpp"

namespace tailrace::neural {

/// What a model is fed with.
enum class Input {
  values,  ///< real numbers of a fixed shape: images, features
  tokens,  ///< sequences of token numbers, padded to the longest of their batch
};

/// What a model's outputs are compared with.
enum class Loss {
  classes,        ///< one class a sample: mean cross entropy of (count, outputs) logits
  next_token,     ///< one class a token: mean cross entropy of (count, length, outputs) logits
  squared_error,  ///< real targets (count, outputs): mean squared error over all numbers
  logistic,       ///< targets 0 or 1 (count, outputs): mean binary cross entropy of logits
};

/// The shape of a task: what goes into a model and what comes out.
struct TaskShape {
  Input input = Input::values;
  std::vector<std::size_t> sample;  ///< one sample: {channels, height, width}, {features}, or the
                                    ///< most tokens of a sequence {length}
  std::size_t vocabulary = 0;       ///< tokens: number of different tokens
  std::size_t outputs = 0;          ///< classes, vocabulary, or real numbers a sample
  Loss loss = Loss::classes;
};

/// A batch in plain memory, as samples fill it and LibTorch wraps it without a copy. What a task
/// has no use for stays empty. Filled again and again, it stops allocating.
struct Batch {
  std::size_t count = 0;               ///< samples
  std::size_t length = 0;              ///< tokens: of the longest sequence in this batch
  std::vector<float> values;           ///< (count, sample...)
  std::vector<std::int64_t> tokens;    ///< (count, length), padded with 0
  std::vector<std::int64_t> segments;  ///< (count, length), 0 first and 1 second sentence; or empty
  std::vector<std::int64_t> lengths;   ///< (count) tokens before the padding; empty: all `length`
  std::vector<std::int64_t> classes;   ///< (count), or (count, length) with -100 where none counts
  std::vector<float> targets;          ///< (count, outputs)
};

/// Numbered samples of one kind, in memory. Immutable once built and shared by all threads.
class Samples {
 public:
  virtual ~Samples() = default;

  [[nodiscard]] virtual const TaskShape& shape() const = 0;
  [[nodiscard]] virtual std::size_t count() const = 0;

  /// (count) The class of each sample, for label skew among workers; empty where there are none.
  [[nodiscard]] virtual std::span<const std::int32_t> labels() const { return {}; }

  /// (count) Who wrote each sample, or the line it comes from; empty where nobody knows.
  [[nodiscard]] virtual std::span<const std::uint32_t> groups() const { return {}; }

  /// Replaces `out` by the samples of these numbers, in this order.
  ///
  ///   augment  random changes that keep the class (crop, flip) are drawn from it; null: none. Used
  ///            for gradients, never for evaluations.
  virtual void fill(std::span<const std::uint32_t> numbers, Stream* augment, Batch& out) const = 0;

  /// Whether fill() with a stream differs from fill() without.
  [[nodiscard]] virtual bool augments() const { return false; }

  /// One line for people: "CIFAR-10, 10,000 images of 3 x 32 x 32 in 10 classes".
  [[nodiscard]] virtual std::string describe() const = 0;
};

using SharedSamples = std::shared_ptr<const Samples>;

}  // namespace tailrace::neural
