/// The ranks that mpi_test starts: rank 0 echoes, the others do what the first argument says and
/// print a line when it came out right.

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tailrace/cluster/client.hpp"
#include "tailrace/core/check.hpp"
#include "tailrace/mpi/echo_host.hpp"
#include "tailrace/mpi/link.hpp"
#include "tailrace/mpi/serve.hpp"
#include "tailrace/mpi/world.hpp"

namespace {

using namespace tailrace;
using namespace std::chrono_literals;
using cluster::Link;
using Clock = std::chrono::steady_clock;

constexpr std::size_t chunk = 1 << 20;

/// A frame that carries a number of ours.
std::vector<std::byte> numbered(std::uint64_t number) {
  return cluster::encode(cluster::Canceled{.ticket = number});
}

std::optional<cluster::Frame> receive_frame(Link& link, Link::Message& message) {
  auto received = link.receive(Clock::now() + 60s);
  if (!received || !*received) return std::nullopt;
  message = std::move(**received);
  Result<cluster::Frame> frame = cluster::decode(message);
  TAILRACE_CHECK(frame.has_value());
  return std::move(*frame);
}

std::uint64_t receive_number(Link& link) {
  Link::Message message;
  const auto frame = receive_frame(link, message);
  TAILRACE_CHECK(frame.has_value());
  return std::get<cluster::Canceled>(*frame).ticket;
}

void send_number(Link& link, std::uint64_t number) {
  TAILRACE_CHECK(link.send({.frame = numbered(number)}, chunk).has_value());
}

void leave(Link& link) {
  TAILRACE_CHECK(link.send({.frame = cluster::encode(cluster::Leave{})}, chunk).has_value());
}

std::unique_ptr<Link> open(mpi::Port& port) {
  auto link = port.connect();
  TAILRACE_CHECK(link.has_value());
  return std::move(*link);
}

void say(const mpi::World& world, std::string_view what) {
  fmt::print("rank {}: {}\n", world.rank(), what);
  std::fflush(stdout);
}

/// An update of 10^8 bytes comes back with every bit.
void echo_body(mpi::World& world, mpi::Port& port) {
  const auto link = open(port);
  std::vector<std::uint32_t> sent(25'000'000);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sent[i] = static_cast<std::uint32_t>(i * 2654435761U + world.rank());
  }
  const std::span<const std::byte> bytes = std::as_bytes(std::span(sent));
  for (int round = 0; round < 2; ++round) {
    const cluster::UpdateOffer offer{.ticket = 7, .bytes = bytes.size()};
    TAILRACE_CHECK(
        link->send({.frame = cluster::encode(offer), .body = {.bytes = bytes}}, chunk).has_value());

    Link::Message message;
    auto frame = receive_frame(*link, message);
    TAILRACE_CHECK(std::get<cluster::JobOffer>(*frame).bytes == bytes.size());
    std::size_t next = 0;
    while (next < bytes.size()) {
      frame = receive_frame(*link, message);
      const auto& piece = std::get<cluster::Chunk>(*frame);
      TAILRACE_CHECK(piece.offset == next);
      TAILRACE_CHECK(std::memcmp(piece.bytes.data(), bytes.data() + next, piece.bytes.size()) == 0);
      next += piece.bytes.size();
    }
  }
  say(world, "the body came back");
  leave(*link);
}

/// Two threads send 10,000 numbers each; those of each come back in order.
void echo_many(mpi::World& world, mpi::Port& port) {
  constexpr std::uint64_t each = 10'000;
  const auto link = open(port);
  const auto send_all = [&](std::uint64_t first) {
    for (std::uint64_t i = 0; i < each; ++i) send_number(*link, first + i);
  };
  std::thread other(send_all, 1'000'000);
  std::thread own(send_all, 0);
  std::uint64_t low = 0;
  std::uint64_t high = 1'000'000;
  for (std::uint64_t i = 0; i < 2 * each; ++i) {
    const std::uint64_t number = receive_number(*link);
    std::uint64_t& next = number < 1'000'000 ? low : high;
    TAILRACE_CHECK(number == next);
    ++next;
  }
  other.join();
  own.join();
  say(world, "all numbers came back in order");
  leave(*link);
}

/// What one session left unread is not another's.
void reopen(mpi::World& world, mpi::Port& port) {
  for (std::uint64_t session = 1; session <= 20; ++session) {
    const auto link = open(port);
    for (std::uint64_t i = 0; i < 10; ++i) send_number(*link, session * 100 + i);
    if (session % 2 == 0) continue;
    for (std::uint64_t i = 0; i < 10; ++i) {
      TAILRACE_CHECK(receive_number(*link) == session * 100 + i);
    }
  }
  const auto link = open(port);
  say(world, "each session got its own");
  leave(*link);
}

/// The server ends a session: what it queued arrives, then the link says so; another one opens.
void be_parted(mpi::World& world, mpi::Port& port) {
  {
    const auto link = open(port);
    send_number(*link, 1);
    TAILRACE_CHECK(link->send({.frame = cluster::encode(cluster::Failed{})}, chunk).has_value());
    TAILRACE_CHECK(receive_number(*link) == 1);
    Link::Message message;
    TAILRACE_CHECK(std::holds_alternative<cluster::Failed>(*receive_frame(*link, message)));
    const auto after = link->receive(Clock::now() + 60s);
    TAILRACE_CHECK(!after && after.error().front().code == "cluster/disconnected");
  }
  const auto link = open(port);
  send_number(*link, 2);
  TAILRACE_CHECK(receive_number(*link) == 2);
  say(world, "parted and back");
  leave(*link);
}

/// A thread that waits is told when another closes the link.
void close_link(mpi::World& world, mpi::Port& port) {
  const auto link = open(port);
  std::thread closer([&] {
    std::this_thread::sleep_for(50ms);
    link->close();
  });
  const auto received = link->receive(Clock::now() + 60s);
  closer.join();
  TAILRACE_CHECK(!received && received.error().front().code == "cluster/disconnected");
  say(world, "closed");
}

/// Rank 2 ends as the signal says while a body is on its way to it; the others go on.
void lose_rank(mpi::World& world, mpi::Port& port, int signal) {
  const auto link = open(port);
  if (world.rank() == 2) {
    const std::vector<std::byte> body(20'000'000);
    const cluster::UpdateOffer offer{.ticket = 7, .bytes = body.size()};
    TAILRACE_CHECK(
        link->send({.frame = cluster::encode(offer), .body = {.bytes = body}}, chunk).has_value());
    std::this_thread::sleep_for(200ms);
    ::raise(signal);
  }
  for (std::uint64_t i = 0; i < 100; ++i) {
    send_number(*link, i);
    TAILRACE_CHECK(receive_number(*link) == i);
    std::this_thread::sleep_for(5ms);
  }
  say(world, "went on");
  leave(*link);
}

/// Rank 2 is stopped for longer than a silence and finds its session as it was.
void sleep_long(mpi::World& world, mpi::Port& port) {
  const auto link = open(port);
  if (world.rank() == 2) {
    const pid_t own = ::getpid();
    if (::fork() == 0) {
      ::usleep(2'000'000);
      ::kill(own, SIGCONT);
      ::_exit(0);
    }
    ::raise(SIGSTOP);
  }
  send_number(*link, 5);
  TAILRACE_CHECK(receive_number(*link) == 5);
  say(world, "is awake");
  leave(*link);
}

/// The server is killed: every session ends within the silence that its World was told.
void lose_server(mpi::World& world, mpi::Port& port) {
  const auto link = open(port);
  send_number(*link, 5);
  TAILRACE_CHECK(receive_number(*link) == 5);
  const auto after = link->receive(Clock::now() + 60s);
  TAILRACE_CHECK(!after && after.error().front().code == "cluster/disconnected");
  say(world, after.error().front().what);
}

/// Rank 0 never serves: the others hear it and have nothing to do.
void be_unneeded(mpi::World& world, mpi::Port& port) {
  const auto client = cluster::Client::connect([&] { return port.connect(); }, {});
  TAILRACE_CHECK(client.has_value());
  const auto job = (*client)->next_job();
  TAILRACE_CHECK(job.has_value() && !job->has_value());
  say(world, (*client)->why());
}

struct Scenario {
  std::function<void(mpi::World&, mpi::Port&)> worker;
  bool hesitant = false;
  std::uint32_t ranks_lost = 0;
  std::chrono::milliseconds killed_after{0};  ///< the server; 0: never
  bool absent = false;                        ///< rank 0 leaves at once
};

const std::map<std::string_view, Scenario>& scenarios() {
  const auto lose = [](int signal) {
    return [signal](mpi::World& world, mpi::Port& port) { lose_rank(world, port, signal); };
  };
  static const std::map<std::string_view, Scenario> all = {
      {"body", {.worker = echo_body}},
      {"hesitant-body", {.worker = echo_body, .hesitant = true}},
      {"many", {.worker = echo_many}},
      {"hesitant-many", {.worker = echo_many, .hesitant = true}},
      {"reopen", {.worker = reopen}},
      {"part", {.worker = be_parted}},
      {"close", {.worker = close_link, .ranks_lost = 2}},
      {"kill", {.worker = lose(SIGKILL), .ranks_lost = 1}},
      {"stop", {.worker = lose(SIGSTOP), .ranks_lost = 1}},
      {"sleep", {.worker = sleep_long}},
      {"absent", {.worker = be_unneeded, .absent = true}},
      {"lose-server", {.worker = lose_server, .killed_after = 1000ms}},
  };
  return all;
}

int serve(mpi::World& world, const Scenario& scenario) {
  if (scenario.absent) return EXIT_FAILURE;
  if (scenario.killed_after.count() > 0) {
    std::thread([after = scenario.killed_after] {
      std::this_thread::sleep_for(after);
      ::raise(SIGKILL);
    }).detach();
  }
  const auto ranks = static_cast<std::uint32_t>(world.size()) - 1;
  mpi::testing::EchoHost host(
      {.leaves = ranks - scenario.ranks_lost, .hesitant = scenario.hesitant});
  const Status served =
      mpi::serve(world, host, {.workers = 5, .chunk = 300'000, .farewell = 200ms});
  if (!served) fmt::print("{}\n", to_string(served.error()));
  return served ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = scenarios().find(argc == 2 ? argv[1] : "");
  // Who waits for somebody that does not come should not wait for long.
  const bool all_come = found != scenarios().end() && found->second.absent;
  auto world =
      mpi::World::enter({.pulse = 100ms, .silence = 1s, .patience = all_come ? 30'000ms : 500ms});
  if (!world) {
    fmt::print("{}\n", to_string(world.error()));
    return EXIT_FAILURE;
  }
  TAILRACE_CHECK(found != scenarios().end());
  int status = EXIT_SUCCESS;
  if ((*world)->rank() == mpi::World::server) {
    status = serve(**world, found->second);
  } else {
    mpi::Port port(**world);
    found->second.worker(**world, port);
  }
  return (*world)->leave(status);
}
