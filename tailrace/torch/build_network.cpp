#include "tailrace/torch/build_network.hpp"

#include <utility>
#include <variant>

#include "tailrace/torch/models/make.hpp"
#include "tailrace/torch/torchscript.hpp"

namespace tailrace::torch {

Result<NetworkFactory> network_factory(const neural::Model& model, const neural::TaskShape& task) {
  Status fits = neural::check_model(model, task);
  if (!fits) return fail(std::move(fits.error()));
  return std::visit(
      [&](const auto& chosen) -> Result<NetworkFactory> {
        if constexpr (requires { make(chosen, task); }) {
          return [chosen, task] { return make(chosen, task); };
        } else {
          return read_torchscript(chosen.file, task);
        }
      },
      model);
}

Result<std::unique_ptr<Network>> build_network(const neural::Model& model,
                                               const neural::TaskShape& task) {
  const Result<NetworkFactory> factory = network_factory(model, task);
  if (!factory) return fail(factory.error());
  return (*factory)();
}

}  // namespace tailrace::torch
