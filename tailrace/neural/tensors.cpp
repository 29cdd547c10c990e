#include "tailrace/neural/tensors.hpp"

#include <utility>

#include "tailrace/neural/blame.hpp"
#include "tailrace/neural/blueprint.hpp"

namespace tailrace::neural {

problem::ProblemSize Tensors::size(std::size_t /*workers*/) const { return {}; }

problem::BuiltProblem Tensors::build(const problem::ProblemSetup& setup) const {
  Result<TensorData> opened = open_tensors(data, test, tensors);
  if (!opened) return fail_in_data("data", std::move(opened.error()));
  return build_on(model, make_course(learning, std::move(opened->train), std::move(opened->test),
                                     score, setup.workers, setup.seed));
}

}  // namespace tailrace::neural
