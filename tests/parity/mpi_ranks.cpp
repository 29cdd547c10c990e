/// Every method on the ranks of an MPI job: rank 0 serves one run after the other and compares, the
/// others compute whatever it asks for. ctest starts it with mpiexec.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "tailrace/core/check.hpp"
#include "tailrace/mpi/link.hpp"
#include "tailrace/mpi/serve.hpp"
#include "tailrace/mpi/world.hpp"
#include "tests/parity/cluster_test.hpp"

namespace tailrace::cluster::testing {
namespace {

using tailrace::testing::methods_without_races;
using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;

mpi::World* world = nullptr;  ///< there is one in a program

/// Rank 0: a run whose jobs the other ranks compute.
CarryOut on_ranks(const std::string& name) {
  return [name](const policy::Method& method,
                const engine::RunOptions& options) -> Result<engine::RunResult> {
    auto host = make_host(parity_problem(), method, options, {.method = name});
    if (!host) return fail(host.error());
    if (Status served = mpi::serve(*world, **host, {.workers = parity_workers}); !served) {
      return fail(served.error());
    }
    return (*host)->result();
  };
}

TEST(EveryMethodOnRanks, IsReplayedToTheSameBits) {
  for (const NamedMethod& each : named_methods()) {
    SCOPED_TRACE(each.name);
    expect_replay(each.method, on_ranks(each.name));
  }
}

TEST(EveryMethodOnRanks, GivesTheBitsOfVirtualTimeWhereTheOrderOfArrivalsIsOfNoMatter) {
  for (const NamedMethod& each : methods_without_races(parity_workers)) {
    SCOPED_TRACE(each.name);
    expect_bits_of_virtual_time(each.method, on_ranks(each.name));
  }
}

/// Works for one run; false if none was there, or it was over before this rank came.
bool work_for_one_run(mpi::Port& port, const std::vector<NamedMethod>& methods) {
  const auto client = Client::connect([&] { return port.connect(); }, {.program = "rank"});
  if (!client || (*client)->welcome().method.empty()) return false;
  const std::string name = (*client)->welcome().method;
  const auto known = std::find_if(methods.begin(), methods.end(),
                                  [&](const NamedMethod& each) { return each.name == name; });
  TAILRACE_CHECK(known != methods.end());
  return work(**client, parity_problem(), known->method).has_value();
}

/// Every other rank: computes until rank 0 has left.
void work_for_all_runs() {
  const std::vector<NamedMethod> methods = named_methods();
  mpi::Port port(*world);
  while (!world->server_left() && !world->server_silent()) {
    if (!work_for_one_run(port, methods)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace
}  // namespace tailrace::cluster::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  auto entered = tailrace::mpi::World::enter();
  if (!entered) {
    fmt::print("{}\n", to_string(entered.error()));
    return EXIT_FAILURE;
  }
  tailrace::cluster::testing::world = entered->get();
  int status = EXIT_SUCCESS;
  if ((*entered)->rank() == tailrace::mpi::World::server) {
    status = RUN_ALL_TESTS();
  } else {
    tailrace::cluster::testing::work_for_all_runs();
  }
  return (*entered)->leave(status);
}
