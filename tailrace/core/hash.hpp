#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tailrace/core/ids.hpp"

namespace tailrace {

/// 64-bit FNV-1a. For fingerprints of models and files (golden tests, torn writes), not for
/// security.
[[nodiscard]] std::uint64_t hash_bytes(const void* data, std::size_t size,
                                       std::uint64_t hash = 0xcbf29ce484222325u);

/// Fingerprint of a model's bits.
[[nodiscard]] inline std::uint64_t hash_model(std::span<const Real> model) {
  return hash_bytes(model.data(), model.size_bytes());
}

}  // namespace tailrace
