/// Rounds of federated averaging over gRPC on loopback, with updates that cost nothing to compute:
/// what a round costs beside the training. The server is in this process, every client in one of
/// its own, which is this program again; plain text, and mutual TLS.
///
/// The sizes are those at which other systems were measured on such a machine.

#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/free_problem.hpp"
#include "bench/measure.hpp"
#include "tailrace/cluster/host.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/recipe/fedavg.hpp"
#include "tailrace/rpc/connect.hpp"
#include "tailrace/rpc/serve.hpp"
#include "tailrace/security/authority.hpp"

extern char** environ;

namespace tailrace::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Size {
  WorkerId clients = 0;
  std::size_t floats = 0;
  std::uint64_t rounds = 0;
};

/// Rounds until everything is warm.
constexpr std::uint64_t rounds_before = 20;
constexpr int repetitions = 5;

/// A client: a millionth of the model is its update, whatever the job.
int be_client(const std::string& target, WorkerId worker, const std::string& certificates) {
  const bool plain = certificates.empty();
  const auto client =
      rpc::connect(target, {.certificates = fmt::format("{}/worker-{}", certificates, worker),
                            .plaintext = plain,
                            .client = {.workers = {worker}}});
  if (!client) return EXIT_FAILURE;
  std::vector<Real> update;
  while (true) {
    const auto job = (*client)->next_job();
    if (!job) return EXIT_FAILURE;
    if (!*job) return EXIT_SUCCESS;
    update.resize((*job)->parameters.size());
    std::transform((*job)->parameters.begin(), (*job)->parameters.end(), update.begin(),
                   [](Real each) { return each * Real{1e-6}; });
    if (!(*client)->send(**job, update)) return EXIT_FAILURE;
  }
}

pid_t start_client(std::uint16_t port, WorkerId worker, const std::string& certificates) {
  std::array<std::string, 4> words = {"bench_rounds", fmt::format("127.0.0.1:{}", port),
                                      std::to_string(worker), certificates};
  std::array<char*, 5> arguments{};
  std::transform(words.begin(), words.end(), arguments.begin(),
                 [](std::string& word) { return word.data(); });
  pid_t client = 0;
  TAILRACE_CHECK(
      posix_spawn(&client, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ) == 0);
  return client;
}

/// When the first rounds were over, and when the last one was.
class Stopwatch final : public engine::Observer {
 public:
  void stepped(Version version, std::span<const Real> /*model*/, Time /*now*/) override {
    if (version == rounds_before) began_ = Clock::now();
    ended_ = Clock::now();
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(ended_ - began_).count();
  }

 private:
  Clock::time_point began_;
  Clock::time_point ended_;
};

double rounds_per_second(const Size& size, const std::string& certificates) {
  const FreeProblem problem(size.floats, size.clients);
  const policy::Method method = recipe::FedAvg{}.method();
  Stopwatch stopwatch;
  const auto host = cluster::make_host(
      problem, method, {.stop = {.steps = rounds_before + size.rounds}, .observer = &stopwatch},
      {});
  TAILRACE_CHECK(host.has_value());
  const auto server = rpc::RpcServer::start(
      **host, {.address = "127.0.0.1:0",
               .credentials = security::CredentialFiles::of_server(certificates),
               .plaintext = certificates.empty()});
  TAILRACE_CHECK(server.has_value());
  std::vector<pid_t> clients;
  for (WorkerId worker = 0; worker < size.clients; ++worker) {
    clients.push_back(start_client((*server)->port(), worker, certificates));
  }
  while (!(*host)->over()) (*host)->wait((*host)->tick());
  (*server)->shutdown(Clock::now() + std::chrono::seconds(10));
  for (const pid_t client : clients) {
    int status = 0;
    TAILRACE_CHECK(::waitpid(client, &status, 0) == client && status == 0);
  }
  return static_cast<double>(size.rounds) / stopwatch.seconds();
}

void measure(const Size& size, const std::string& certificates) {
  std::vector<double> rates;
  for (int i = 0; i < repetitions; ++i) rates.push_back(rounds_per_second(size, certificates));
  std::sort(rates.begin(), rates.end());
  const double median = rates[rates.size() / 2];
  fmt::print("{:<12}{:>8}{:>12}{:>14.1f}{:>18.1f}   {:.1f} to {:.1f}\n",
             certificates.empty() ? "plain text" : "mutual TLS", size.clients, size.floats, median,
             median * static_cast<double>(size.clients), rates.front(), rates.back());
}

}  // namespace
}  // namespace tailrace::bench

int main(int argc, char** argv) {
  using namespace tailrace;  // NOLINT(google-build-using-namespace)
  namespace fs = std::filesystem;
  if (argc == 4) {
    return bench::be_client(argv[1], static_cast<WorkerId>(std::atoi(argv[2])), argv[3]);
  }
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("tailrace_bench_rounds_{}", getpid());
  {
    const auto authority = security::Authority::make(folder).value();
    static_cast<void>(authority.issue_server({}).value());
    for (WorkerId worker = 0; worker < 8; ++worker) {
      static_cast<void>(authority.issue_worker({.first = worker, .last = worker}).value());
    }
  }
  setvbuf(stdout, nullptr, _IOLBF, 0);
  fmt::print(
      "\nRounds of federated averaging on loopback, a process for each client; median of {}\n"
      "{:<12}{:>8}{:>12}{:>14}{:>18}   {}\n",
      bench::repetitions, "", "clients", "floats", "rounds/s", "client updates/s", "rounds/s from");
  for (const std::string& certificates : {std::string(), folder.string()}) {
    bench::measure({.clients = 2, .floats = 100, .rounds = 2000}, certificates);
    bench::measure({.clients = 2, .floats = 1'000'000, .rounds = 100}, certificates);
    bench::measure({.clients = 8, .floats = 100, .rounds = 1000}, certificates);
  }
  fs::remove_all(folder);
  return 0;
}
