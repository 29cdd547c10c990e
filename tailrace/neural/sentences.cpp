#include "tailrace/neural/sentences.hpp"

#include <utility>

#include "tailrace/neural/blame.hpp"
#include "tailrace/neural/blueprint.hpp"

namespace tailrace::neural {

problem::ProblemSize Sentences::size(std::size_t /*workers*/) const { return {}; }

problem::BuiltProblem Sentences::build(const problem::ProblemSetup& setup) const {
  Result<SentenceData> opened = open_sentences(data, sentences, setup.seed);
  if (!opened) return fail_in_data("data", std::move(opened.error()));
  const Score score = opened->scores.empty() ? Score::none : opened->scores.front();
  return build_on(model, make_course(learning, std::move(opened->train), std::move(opened->test),
                                     score, setup.workers, setup.seed));
}

}  // namespace tailrace::neural
