#pragma once

#include <string>
#include <string_view>

#include "tailrace/core/field.hpp"
#include "tailrace/neural/course.hpp"
#include "tailrace/neural/image_samples.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// Classification of images by a network.
///
///     f_i(x)  =  mean over the images of worker i of the cross entropy of network(x, image)
///
///   data     a name or folder; see open_images()
///   model    cnn, mlp, resnet18, vit, or torchscript
///
/// Errors  those of open_images(), make_course() and build().
struct Images {
  static constexpr std::string_view name = "images";
  static constexpr std::string_view summary = "Classification of images by a network (LibTorch).";
  static constexpr std::string_view formula =
      "f_i(x) = mean over the images of worker i of cross_entropy(network(x, image), class)";
  static constexpr std::string_view source = "networks: see tailrace list models";

  std::string data = {};
  Model model = Cnn{};
  ImageOptions images = {};
  Learning learning = {};

  static void fields(auto& self, auto&& field) {
    field("data", self.data,
          Field{.required = true,
                .doc = "cifar-10, mnist, fashion-mnist, synthetic-digits, synthetic-shapes, or a "
                       "folder with such files"});
    field("model", self.model, Field{.doc = "the network"});
    ImageOptions::fields(self.images, field);
    Learning::fields(self.learning, field);
  }

  [[nodiscard]] problem::ProblemSize size(std::size_t workers) const;
  [[nodiscard]] problem::BuiltProblem build(const problem::ProblemSetup& setup) const;
};

}  // namespace tailrace::neural
