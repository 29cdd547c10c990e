#include "cli/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace tailrace::cli {

Result<spec::Prepared> prepare_for(const cluster::Welcome& welcome) {
  const std::string source = "the server's experiment";
  const spec::ReadFile read_file = [&](const std::string& path) -> Result<std::string> {
    if (path == source) return welcome.experiment;
    return fail({.code = "spec/cannot-read",
                 .what = fmt::format("\"{}\" cannot be included from afar", path),
                 .where = path,
                 .fix = "use the same program as the server, which spells everything out"});
  };
  Result<spec::Prepared> prepared = spec::prepare(source,
                                                  {{.key = "run.seeds",
                                                    .value = fmt::format("[{}]", welcome.seed),
                                                    .label = "the server's seed"}},
                                                  read_file);
  if (!prepared) return prepared;
  std::erase_if(prepared->experiment.methods,
                [&](const spec::MethodSpec& method) { return method.name != welcome.method; });
  if (!prepared->experiment.methods.empty()) return prepared;
  return fail({.code = "cluster/other-run",
               .what = fmt::format("the server's experiment has no method \"{}\"", welcome.method),
               .where = source,
               .fix = "use the same program as the server"});
}

}  // namespace tailrace::cli
