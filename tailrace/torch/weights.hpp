#pragma once

#include <filesystem>

#include "tailrace/core/result.hpp"
#include "tailrace/data/safetensors.hpp"
#include "tailrace/neural/weights.hpp"
#include "tailrace/torch/network.hpp"

namespace tailrace::torch {

/// Writes a network's parameters and buffers, under their names and as 32-bit floats, in the
/// safetensors format.
///
/// Errors  those of data::write_safetensors().
[[nodiscard]] Status save_weights(const Network& network, const std::filesystem::path& path);

/// Reads them by name, also from BERT checkpoints of Hugging Face; neural::load_weights() says how.
/// What the file does not have stays as it was.
///
/// Errors  those of data::read_safetensors() and neural::check_loaded(); the network may have
///         changed by then.
[[nodiscard]] Result<neural::LoadedWeights> load_weights(Network& network,
                                                         const std::filesystem::path& path);

/// The same from a file in memory. Errors: those of neural::check_loaded().
[[nodiscard]] Result<neural::LoadedWeights> load_weights(Network& network,
                                                         const data::Safetensors& file);

}  // namespace tailrace::torch
