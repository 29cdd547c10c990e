#include "tailrace/engine/run.hpp"

#include <fmt/format.h>

namespace tailrace::engine {

std::optional<double> value_of(Metric metric, const problem::Evaluation& evaluation) {
  switch (metric) {
    case Metric::loss:
      return evaluation.loss;
    case Metric::gradient_norm:
      return evaluation.gradient_norm;
    case Metric::accuracy:
      return evaluation.accuracy;
    case Metric::test_loss:
      return evaluation.test_loss;
    case Metric::test_accuracy:
      return evaluation.test_accuracy;
    case Metric::test_score:
      return evaluation.test_score;
  }
  return std::nullopt;
}

bool Target::reached(const problem::Evaluation& evaluation) const {
  const std::optional<double> value = value_of(metric, evaluation);
  return value && ((below && *value <= *below) || (above && *value >= *above));
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::target:
      return "target reached";
    case Ending::steps:
      return "step limit";
    case Ending::time:
      return "time limit";
    case Ending::gradients:
      return "gradient limit";
    case Ending::diverged:
      return "diverged";
    case Ending::idle:
      return "no work left";
    case Ending::fruitless:
      return "no update of use";
    case Ending::interrupted:
      return "interrupted";
  }
  return "?";
}

std::optional<Ending> ending_from(std::string_view text) {
  using enum Ending;
  for (const Ending ending :
       {target, steps, time, gradients, diverged, idle, fruitless, interrupted}) {
    if (to_string(ending) == text) return ending;
  }
  return std::nullopt;
}

std::string RunResult::summary() const {
  std::string text = fmt::format("{} after {} steps, {} gradients and {:.6g} s\n",
                                 to_string(ending), steps, gradients, time.seconds());
  if (!samples.empty()) {
    const problem::Evaluation& last = samples.back().evaluation;
    text += fmt::format("loss {:.6g}, gradient norm {:.4g}", last.loss, last.gradient_norm);
    if (last.accuracy) text += fmt::format(", accuracy {:.4g}", *last.accuracy);
    if (last.test_accuracy) text += fmt::format(", test accuracy {:.4g}", *last.test_accuracy);
    if (last.test_score) text += fmt::format(", test score {:.4g}", *last.test_score);
    text += '\n';
  }
  text += fmt::format("staleness {:.3g} on average, {} at most; {} updates discarded\n",
                      counts.staleness_mean(), counts.staleness_max, counts.discarded);
  for (const std::string& remark : remarks) text += remark + '\n';
  text += fmt::format("model {:016x}", model_hash);
  return text;
}

}  // namespace tailrace::engine
