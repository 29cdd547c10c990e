#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/carry.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/guarded.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs.hpp"
#include "cli/reporting.hpp"
#include "tailrace/cluster/host.hpp"
#include "tailrace/cluster/work.hpp"
#include "tailrace/mpi/link.hpp"
#include "tailrace/mpi/serve.hpp"
#include "tailrace/mpi/world.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::cli {
namespace {

/// Rank 0: gives the run's jobs to the others.
Result<engine::RunResult> serve_ranks(mpi::World& world, const RunAtHand& run) {
  auto reporter = open_reporter(run.folder, /*shown=*/false);
  if (!reporter) return fail(reporter.error());
  auto host = cluster::make_host(run.problem, run.method, run.options,
                                 {.cluster = run.experiment.cluster,
                                  .program = "tailrace " TAILRACE_VERSION,
                                  .method = run.spec.name,
                                  .experiment = spec::to_toml(run.experiment),
                                  .fingerprint = run.fingerprint,
                                  .reporter = reporter->get()});
  if (!host) return fail(host.error());
  if (Status served = mpi::serve(world, **host, {.workers = run.problem.workers()}); !served) {
    return fail(served.error());
  }
  return (*host)->result();
}

/// Every other rank: computes jobs until the run is over.
Status work_as_rank(mpi::World& world) {
  mpi::Port port(world);
  auto client = cluster::Client::connect([&] { return port.connect(); },
                                         {.program = "tailrace " TAILRACE_VERSION});
  if (!client) return fail(client.error());
  const cluster::Welcome welcome = (*client)->welcome();
  if (welcome.experiment.empty()) return {};  // it was over before it began here
  const Result<spec::Prepared> prepared = prepare_for(welcome);
  if (!prepared) return fail(prepared.error());
  const auto done = cluster::work(**client, *prepared->problems.front(),
                                  prepared->experiment.methods.front().method());
  if (!done) return fail(done.error());
  return {};
}

}  // namespace

int run_on_ranks(const RunArguments& arguments) {
  auto world = mpi::World::enter();
  if (!world) return print_errors(world.error());
  if ((*world)->rank() != mpi::World::server) {
    const Status worked =
        guarded(fmt::format("rank {}", (*world)->rank()), [&] { return work_as_rank(**world); });
    return (*world)->leave(worked ? Exit::fine : print_errors(worked.error()));
  }
  const int exit =
      run_experiment(arguments, [&](const RunAtHand& run) { return serve_ranks(**world, run); });
  return (*world)->leave(exit);
}

}  // namespace tailrace::cli
