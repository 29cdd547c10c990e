/// A training loop of one's own as a worker of a server that knows nothing of it but the
/// parameters.
///
///     tailrace serve examples/remote.toml --plaintext
///     05_own_worker 127.0.0.1:7000 0          and in another terminal ... 1

#include <fmt/core.h>

#include <cstdlib>
#include <tailrace/rpc/connect.hpp>
#include <vector>

/// What only this worker knows: f_i(x) = |x - i|^2 / 2, so that both together want 1/2 everywhere.
std::vector<float> my_gradient(std::span<const float> x, float mine) {
  std::vector<float> gradient;
  for (const float each : x) gradient.push_back(each - mine);
  return gradient;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print("usage: 05_own_worker HOST:PORT WORKER\n");
    return 1;
  }
  const auto worker = static_cast<tailrace::WorkerId>(std::atoi(argv[2]));
  // Off this machine: {.certificates = "certs/worker-0"} in place of the braces.
  const auto client =
      tailrace::rpc::connect(argv[1], {.plaintext = true, .client = {.workers = {worker}}});
  if (!client) {
    fmt::print("{}\n", to_string(client.error()));
    return 1;
  }
  while (true) {
    const auto job = (*client)->next_job();
    if (!job) {
      fmt::print("{}\n", to_string(job.error()));
      return 1;
    }
    if (!*job) break;  // the run is over
    const auto sent =
        (*client)->send(**job, my_gradient((*job)->parameters, static_cast<float>((*job)->worker)));
    if (!sent) {
      fmt::print("{}\n", to_string(sent.error()));
      return 1;
    }
  }
  fmt::print("the run is over\n");
}
