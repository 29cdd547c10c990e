/// Sessions over MPI against bare MPI_Send and MPI_Recv of the same bytes, between two ranks:
///
///     mpirun -n 2 build/release/bench/bench_mpi
///
/// Alternating in one run. Both ends of a session do what they do in training: the server copies
/// chunks into the update, the worker into its model.

#include <mpi.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "bench/measure.hpp"
#include "tailrace/cluster/frame.hpp"
#include "tailrace/cluster/host.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/mpi/link.hpp"
#include "tailrace/mpi/serve.hpp"
#include "tailrace/mpi/world.hpp"

namespace {

using namespace tailrace;
using Clock = std::chrono::steady_clock;

constexpr std::size_t dimension = 25'000'000;
constexpr std::size_t bytes = dimension * sizeof(Real);
constexpr int small_rounds = 2'000;
constexpr std::size_t small_bytes = 1024;
constexpr int rounds = 7;

/// What the worker asks rank 0 to do, in the ticket of a Canceled.
enum Command : cluster::Ticket { pull = 1, bare_push = 2, bare_pull = 3, bare_small = 4 };

void bare_receive(std::span<std::byte> into, int from) {
  MPI_Recv(into.data(), static_cast<int>(into.size()), MPI_BYTE, from, 0, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
}

void bare_send(std::span<const std::byte> what, int to) {
  MPI_Send(what.data(), static_cast<int>(what.size()), MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

class BenchHost final : public cluster::Host {
 public:
  SessionId open(std::shared_ptr<cluster::Session> session, cluster::Identity) override {
    session_ = std::move(session);
    return 1;
  }

  cluster::Receive receive(SessionId, std::span<const std::byte> message) override {
    const Result<cluster::Frame> frame = cluster::decode(message);
    TAILRACE_CHECK(frame.has_value());
    if (const auto* chunk = std::get_if<cluster::Chunk>(&*frame)) {
      std::memcpy(update_.data() + chunk->offset, chunk->bytes.data(), chunk->bytes.size());
      if (chunk->offset + chunk->bytes.size() == bytes) answer(cluster::Applied{.ticket = 1});
    } else if (const auto* command = std::get_if<cluster::Canceled>(&*frame)) {
      obey(static_cast<Command>(command->ticket));
    } else if (std::holds_alternative<cluster::Leave>(*frame)) {
      over_ = true;
      session_->finish();
    } else if (std::holds_alternative<cluster::Failed>(*frame)) {
      session_->send({.frame = {message.begin(), message.end()}});
    }
    return cluster::Receive::more;
  }

  void closed(SessionId, const std::string&) override {}
  Clock::time_point tick() override { return Clock::now() + std::chrono::seconds(1); }
  void wait(Clock::time_point until) override { std::this_thread::sleep_until(until); }
  bool over() const override { return over_; }
  Result<engine::RunResult> result() override { return fail(Error{.code = "bench/none"}); }
  void revoke(const std::vector<std::string>&) override {}
  cluster::Standings standings() const override { return {}; }

 private:
  void answer(const cluster::Frame& frame) { session_->send({.frame = cluster::encode(frame)}); }

  void obey(Command command) {
    switch (command) {
      case pull:
        session_->send({.frame = cluster::encode(cluster::JobOffer{.model = 1, .bytes = bytes}),
                        .body = {.bytes = model_, .owner = nullptr}});
        return;
      case bare_push:
        bare_receive(update_, 1);
        bare_send({update_.data(), 1}, 1);
        return;
      case bare_pull:
        bare_send(model_, 1);
        return;
      case bare_small:
        for (int i = 0; i < small_rounds; ++i) {
          bare_receive({update_.data(), small_bytes}, 1);
          bare_send({update_.data(), small_bytes}, 1);
        }
        return;
    }
  }

  std::shared_ptr<cluster::Session> session_;
  std::vector<std::byte> update_ = std::vector<std::byte>(bytes, std::byte{1});
  std::vector<std::byte> model_ = std::vector<std::byte>(bytes, std::byte{2});
  bool over_ = false;
};

/// The worker's side of each measurement; all return seconds.
class Worker {
 public:
  explicit Worker(cluster::Link& link) : link_(link) {}

  double push(std::size_t chunk) {
    return bench::seconds([&] {
      send(cluster::UpdateOffer{.ticket = 1, .bytes = bytes}, {.bytes = data_}, chunk);
      static_cast<void>(next());
    });
  }

  double pull_model() {
    return bench::seconds([&] {
      order(pull);
      static_cast<void>(next());
      for (std::size_t have = 0; have < bytes;) {
        const auto frame = next();
        const auto& chunk = std::get<cluster::Chunk>(frame);
        std::memcpy(data_.data() + chunk.offset, chunk.bytes.data(), chunk.bytes.size());
        have += chunk.bytes.size();
      }
    });
  }

  double small() {
    const cluster::Failed frame{.text = std::string(small_bytes - 13, 'x')};
    return bench::seconds([&] {
      for (int i = 0; i < small_rounds; ++i) {
        send(frame, {}, 1);
        static_cast<void>(next());
      }
    });
  }

  double bare(Command command) {
    order(command);
    return bench::seconds([&] {
      if (command == bare_push) {
        bare_send(data_, 0);
        bare_receive({data_.data(), 1}, 0);
      } else if (command == bare_pull) {
        bare_receive(data_, 0);
      } else {
        for (int i = 0; i < small_rounds; ++i) {
          bare_send({data_.data(), small_bytes}, 0);
          bare_receive({data_.data(), small_bytes}, 0);
        }
      }
    });
  }

  void leave() { send(cluster::Leave{}, {}, 1); }

 private:
  void send(const cluster::Frame& frame, cluster::Body body, std::size_t chunk) {
    const Status sent =
        link_.send({.frame = cluster::encode(frame), .body = std::move(body)}, chunk);
    TAILRACE_CHECK(sent.has_value());
  }
  void order(Command command) { send(cluster::Canceled{.ticket = command}, {}, 1); }

  cluster::Frame next() {
    link_.reuse(std::move(message_));
    auto message = link_.receive(Clock::now() + std::chrono::minutes(1));
    TAILRACE_CHECK(message && *message);
    message_ = std::move(**message);
    return *cluster::decode(message_);
  }

  cluster::Link& link_;
  cluster::Link::Message message_;
  std::vector<std::byte> data_ = std::vector<std::byte>(bytes, std::byte{3});
};

void measure(cluster::Link& link, std::size_t chunk) {
  Worker worker(link);
  static_cast<void>(worker.push(chunk));
  static_cast<void>(worker.pull_model());
  const auto speed = [](double seconds) { return 1e-9 * static_cast<double>(bytes) / seconds; };

  bench::heading(fmt::format("100 MB in chunks of {} kB, 1 kB back and forth", chunk / 1024));
  const auto pushed = bench::best_of(
      rounds, [&] { return worker.push(chunk); }, [&] { return worker.bare(bare_push); });
  bench::report("push", speed(pushed.ours), speed(pushed.limit), "GB/s", pushed.limit / pushed.ours,
                ">= 0.8");
  const auto pulled = bench::best_of(
      rounds, [&] { return worker.pull_model(); }, [&] { return worker.bare(bare_pull); });
  bench::report("pull", speed(pulled.ours), speed(pulled.limit), "GB/s", pulled.limit / pulled.ours,
                ">= 0.8");
  const auto small = bench::best_of(
      rounds, [&] { return worker.small(); }, [&] { return worker.bare(bare_small); });
  bench::report("round trip", small.ours / small_rounds * 1e6, small.limit / small_rounds * 1e6,
                "us", small.ours / small.limit, "");

  const double before = cpu_seconds();
  static_cast<void>(link.receive(Clock::now() + std::chrono::seconds(3)));
  fmt::print("waiting for nothing takes {:.1f} % of a core\n", (cpu_seconds() - before) / 3 * 100);
  worker.leave();
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t chunk =
      (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : mpi::ServeOptions{}.chunk / 1024) * 1024;
  // No pulse: it would be a second thread among the bare calls.
  auto world =
      mpi::World::enter({.pulse = std::chrono::hours(1), .silence = std::chrono::hours(2)});
  if (!world) {
    fmt::print("{}\n", to_string(world.error()));
    return EXIT_SUCCESS;  // among all the others, which run without mpirun
  }
  bool good = true;
  if ((*world)->rank() == mpi::World::server) {
    BenchHost host;
    good = mpi::serve(**world, host, {.workers = 1, .chunk = chunk}).has_value();
  } else {
    mpi::Port port(**world);
    const auto link = port.connect();
    measure(**link, chunk);
  }
  return (*world)->leave(good ? EXIT_SUCCESS : EXIT_FAILURE);
}
