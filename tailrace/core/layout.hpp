#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tailrace {

/// Names and shapes of the tensors that make up one flat vector, in order and without gaps.
///
/// Methods that look at layers (clipping per layer, matrix methods) read it; all others see one
/// vector.
struct Layout {
  struct Tensor {
    std::string name;
    std::vector<std::size_t> shape;  ///< row-major; {} is a scalar
    std::size_t begin = 0;           ///< first element in the flat vector
    std::size_t size = 0;            ///< product of the shape
    bool operator==(const Tensor&) const = default;
  };

  std::vector<Tensor> tensors;
  std::size_t dimension = 0;  ///< total number of parameters

  void add(std::string name, std::vector<std::size_t> shape) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    tensors.push_back({std::move(name), std::move(shape), dimension, size});
    dimension += size;
  }
  bool operator==(const Layout&) const = default;
};

}  // namespace tailrace
