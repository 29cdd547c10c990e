#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "tailrace/core/random.hpp"
#include "tests/faults/evidence.hpp"

namespace tailrace::faults {

struct Kills {
  std::string_view method;
  int count = 10;
  std::string seed = "1";
};

/// Kills workers and the server of one run after another by SIGKILL, as often as is asked for,
/// after random times and at random moments of starting, training and saving. What they kill is
/// started again at once or after a pause.
class Killer {
 public:
  explicit Killer(const Kills& kills) : kills_(kills), stream_("kill a cluster " + kills.seed) {}

  /// Trains and kills; expects the truth of every run that ends.
  void run() {
    std::printf("seed %s\n", kills_.seed.c_str());
    while (killed_ < kills_.count) ASSERT_NO_FATAL_FAILURE(one_run());
    std::printf("%d workers and %d servers killed; %d runs; %d updates sent again\n",
                killed_ - servers_, servers_, runs_, sent_again_);
  }

 private:
  void one_run() {
    Cluster cluster({.method = std::string(kills_.method), .steps = 3000});
    Evidence evidence(cluster);
    ASSERT_TRUE(cluster.serves()) << cluster.server_output();
    cluster.work_all();
    while (killed_ < kills_.count && cluster.server().running()) {
      std::this_thread::sleep_for(400ms * stream_.uniform());
      ASSERT_NO_FATAL_FAILURE(kill_somebody(cluster, evidence));
    }
    ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
    evidence.expect_truth();
    ++runs_;
    for (WorkerId worker = 0; worker < cluster.workers(); ++worker) {
      const std::string output = cluster.worker(worker).output();
      for (std::size_t at = 0; (at = output.find("sent again", at)) != std::string::npos; ++at) {
        ++sent_again_;
      }
    }
  }

  void kill_somebody(Cluster& cluster, Evidence& evidence) {
    const bool pauses = stream_.uniform() < 0.5;
    const auto pause = 300ms * stream_.uniform();
    const auto victim = static_cast<WorkerId>(stream_.bits32() % (2 * cluster.workers()));
    const bool server = victim >= cluster.workers();
    Process& process = server ? cluster.server() : cluster.worker(victim);
    if (!process.running()) return;  // it has just come to its end
    process.kill();
    ++killed_;
    if (server) {
      ++servers_;
      ASSERT_NO_FATAL_FAILURE(evidence.server_died());
    }
    if (pauses) std::this_thread::sleep_for(pause);
    if (server) {
      cluster.serve();
    } else {
      cluster.work(victim);
    }
  }

  const Kills kills_;
  Stream stream_;
  int killed_ = 0;
  int servers_ = 0;
  int runs_ = 0;
  int sent_again_ = 0;
};

}  // namespace tailrace::faults
