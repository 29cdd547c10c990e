#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "experiments/support/runs.hpp"
#include "tailrace/neural/plugin.hpp"
#include "tailrace/report/summary.hpp"

/// What the claim tests of experiments with networks share.
namespace tailrace::experiments {

/// Skips where LibTorch's half of Tailrace was not built.
class NeuralClaim : public testing::Test {
 protected:
  void SetUp() override {
    const auto plugin = neural::load_plugin();
    if (!plugin) GTEST_SKIP() << to_string(plugin.error());
  }
};

/// Every method of a file, or the one that is named, by its name.
inline std::map<std::string, report::MethodSummary> summaries_of(const std::string& file,
                                                                 const Sets& sets,
                                                                 const std::string& only = {}) {
  const Result<Runs> all = run(file, sets, only);
  EXPECT_TRUE(all) << to_string(all.error());
  std::map<std::string, report::MethodSummary> of;
  if (!all) return of;
  for (report::MethodSummary& summary : report::summarize(all->outcomes)) {
    of[summary.method] = std::move(summary);
  }
  return of;
}

}  // namespace tailrace::experiments
