#include "tailrace/neural/characters.hpp"

#include <utility>

#include "tailrace/neural/blame.hpp"
#include "tailrace/neural/blueprint.hpp"

namespace tailrace::neural {

problem::ProblemSize Characters::size(std::size_t /*workers*/) const { return {}; }

problem::BuiltProblem Characters::build(const problem::ProblemSetup& setup) const {
  Result<CharacterData> opened = open_characters(data, characters, setup.seed);
  if (!opened) return fail_in_data("data", std::move(opened.error()));
  return build_on(model, make_course(learning, std::move(opened->train), std::move(opened->test),
                                     Score::none, setup.workers, setup.seed));
}

}  // namespace tailrace::neural
