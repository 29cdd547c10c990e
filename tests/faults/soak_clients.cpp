#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "tailrace/cluster/work.hpp"
#include "tailrace/rpc/connect.hpp"
#include "tailrace/spec/prepare.hpp"

/// soak_clients HOST:PORT EXPERIMENT FIRST LAST: a session for each of these workers, each on a
/// thread of its own, until the run is over. Prints the time from sending an update to its answer,
/// one line each. [s]
namespace tailrace::faults {
namespace {

/// A client that takes the time.
class Timed final : public cluster::Client {
 public:
  explicit Timed(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  cluster::Welcome welcome() const override { return client_->welcome(); }
  Result<std::optional<Job>> next_job() override { return client_->next_job(); }
  bool canceled(const Job& job) const override { return client_->canceled(job); }
  Result<Answer> send(const Job& job, std::span<const Real> values) override {
    return client_->send(job, values);
  }
  Result<Answer> send(const Job& job, policy::Update& update, const Made& made) override {
    const auto began = std::chrono::steady_clock::now();
    Result<Answer> answer = client_->send(job, update, made);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (answer && *answer == Answer::applied) seconds.push_back(took.count());
    return answer;
  }
  Status fail_job(const Job& job, const std::string& why) override {
    return client_->fail_job(job, why);
  }
  std::string why() const override { return client_->why(); }
  void leave() override { client_->leave(); }

  std::vector<double> seconds;

 private:
  std::unique_ptr<Client> client_;
};

int work_for_all(const std::string& server, const std::string& experiment, WorkerId first,
                 WorkerId last) {
  const Result<spec::Prepared> prepared = spec::prepare(experiment);
  if (!prepared) return 1;
  const problem::Problem& problem = *prepared->problems.front();
  const policy::Method method = prepared->experiment.methods.front().method();
  std::mutex printing;
  int failures = 0;
  std::vector<std::thread> threads;
  for (WorkerId worker = first; worker <= last; ++worker) {
    threads.emplace_back([&, worker] {
      auto client = rpc::connect(server, {.certificates = {},
                                          .plaintext = true,
                                          .client = {.program = "soak", .workers = {worker}}});
      std::string why;
      Timed timed(client ? std::move(*client) : nullptr);
      if (!client) {
        why = to_string(client.error());
      } else if (const auto done = cluster::work(timed, problem, method); !done) {
        why = to_string(done.error());
      }
      const std::lock_guard lock(printing);
      for (const double seconds : timed.seconds) std::printf("%.6f\n", seconds);
      if (why.empty()) return;
      ++failures;
      std::fprintf(stderr, "worker %u: %s\n", worker, why.c_str());
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tailrace::faults

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  return tailrace::faults::work_for_all(argv[1], argv[2],
                                        static_cast<tailrace::WorkerId>(std::atoi(argv[3])),
                                        static_cast<tailrace::WorkerId>(std::atoi(argv[4])));
}
