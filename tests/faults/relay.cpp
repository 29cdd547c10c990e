#include "tests/faults/relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <list>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/core/random.hpp"
#include "tests/faults/cluster.hpp"

namespace tailrace::faults {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  TAILRACE_CHECK(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                 0);
  TAILRACE_CHECK(::listen(listener, 64) == 0);
  return listener;
}

/// One direction of a connection: what was read, and when it may arrive.
struct Pipe {
  struct Piece {
    Clock::time_point due;
    std::vector<char> bytes;
    std::size_t sent = 0;
  };
  int from = -1;
  int to = -1;
  std::deque<Piece> pieces = {};
  bool ended = false;  ///< nothing more is read
};

}  // namespace

/// All connections, on one thread.
class Relay::Loop {
 public:
  Loop(Relay& relay, std::uint16_t to, Network network)
      : relay_(relay),
        to_(to),
        network_(std::move(network)),
        listener_(listen_on(relay.port_)),
        stream_("relay " + network_.seed) {}
  ~Loop() {
    for (const Connection& each : connections_) close(each);
    ::close(listener_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run() {
    while (!relay_.over_) {
      if (relay_.cut_) {
        std::this_thread::sleep_for(5ms);
        continue;
      }
      wait();
      accept();
      for (auto each = connections_.begin(); each != connections_.end();) {
        const bool lives = carry(each->there) && carry(each->back);
        if (!lives) close(*each);
        each = lives ? std::next(each) : connections_.erase(each);
      }
    }
  }

 private:
  struct Connection {
    Pipe there;
    Pipe back;
  };

  static void close(const Connection& connection) {
    ::close(connection.there.from);
    ::close(connection.there.to);
  }

  /// Until there is something to read; not long, as pieces become due meanwhile.
  void wait() {
    std::vector<pollfd> all{{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const Connection& each : connections_) {
      all.push_back({.fd = each.there.from, .events = POLLIN, .revents = 0});
      all.push_back({.fd = each.back.from, .events = POLLIN, .revents = 0});
    }
    ::poll(all.data(), all.size(), 2);
  }

  void accept() {
    const int worker = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (worker < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(to_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(worker);
      ::close(server);
      return;
    }
    const int on = 1;
    ::setsockopt(worker, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back(
        {.there = {.from = worker, .to = server}, .back = {.from = server, .to = worker}});
  }

  /// False when the connection has come to its end.
  bool carry(Pipe& pipe) {
    std::array<char, 16'384> buffer{};
    const auto size = ::recv(pipe.from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      const bool lost = stream_.uniform() < network_.loss;
      if (lost) ++relay_.lost_;
      auto due = Clock::now() + network_.delay;
      if (lost) due += network_.sent_again;
      if (!pipe.pieces.empty()) due = std::max(due, pipe.pieces.back().due);
      pipe.pieces.push_back({.due = due, .bytes = {buffer.data(), buffer.data() + size}});
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      pipe.ended = true;
    }
    while (!pipe.pieces.empty() && pipe.pieces.front().due <= Clock::now()) {
      Pipe::Piece& piece = pipe.pieces.front();
      const auto sent = ::send(pipe.to, piece.bytes.data() + piece.sent,
                               piece.bytes.size() - piece.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      piece.sent += static_cast<std::size_t>(sent);
      if (piece.sent < piece.bytes.size()) return true;
      pipe.pieces.pop_front();
    }
    return !pipe.ended || !pipe.pieces.empty();
  }

  Relay& relay_;
  const std::uint16_t to_;
  const Network network_;
  const int listener_;
  Stream stream_;
  std::list<Connection> connections_;
};

Relay::Relay(std::uint16_t to, const Network& network) : port_(free_port()) {
  auto loop = std::make_shared<Loop>(*this, to, network);
  thread_ = std::thread([loop = std::move(loop)] { loop->run(); });
}

Relay::~Relay() {
  over_ = true;
  thread_.join();
}

}  // namespace tailrace::faults
