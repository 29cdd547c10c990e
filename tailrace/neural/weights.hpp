#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/layout.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/data/safetensors.hpp"

namespace tailrace::neural {

/// A tensor of a model, whose numbers a file fills or is filled with.
struct Weight {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<Real> numbers;  ///< row-major
};

/// The tensors of a flat vector, which they look into.
[[nodiscard]] std::vector<Weight> weights_of(const Layout& layout, std::span<Real> model);

/// What became of a file's tensors, each list in order and by name.
struct LoadedWeights {
  std::vector<std::string> loaded;     ///< of the model, as it calls them
  std::vector<std::string> missing;    ///< of the model, not in the file: left as they were
  std::vector<std::string> left_over;  ///< of the file, nothing in the model has that name
  std::vector<std::string> unfit;  ///< "name: [2, 3] in the file, [4, 3] in the model"; also what
                                   ///< is no real number or not finite

  /// "199 tensors loaded; 2 missing: classifier.weight, classifier.bias; 7 left over: ..."
  [[nodiscard]] std::string describe() const;
};

/// Copies the tensors of a file into those of the same name; others stay as they are.
///
/// A tensor of the file may also be called as old BERT checkpoints do: `gamma` and `beta` for a
/// norm's `weight` and `bias`, and without the leading `bert.`. Counters that are no weights
/// (`position_ids`, `num_batches_tracked`) are passed over.
///
/// Source  names: Hugging Face transformers, BERT checkpoints in the PyTorch layout.
LoadedWeights load_weights(const data::Safetensors& file, std::span<const Weight> weights);

/// The same as a condition: at least one tensor came, and all that came fit.
///
/// Errors  model/wrong-weights with the first few tensors concerned.
[[nodiscard]] Status check_loaded(const LoadedWeights& loaded, const std::string& file);

/// Writes all of them as 32-bit floats. Errors: those of data::write_safetensors().
[[nodiscard]] Status save_weights(const std::filesystem::path& path,
                                  std::span<const Weight> weights);

}  // namespace tailrace::neural
