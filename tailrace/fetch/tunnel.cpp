#include "tailrace/fetch/tunnel.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tailrace::fetch {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t answer_size_max = std::size_t{1} << 14;  ///< bytes

/// A socket that never waits by itself.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

/// Waits for a socket, but neither for ever nor when people want to stop.
class Patience {
 public:
  Patience(milliseconds time, const std::atomic<bool>* stop)
      : end_(Clock::now() + time), stop_(stop) {}

  /// Whether the socket became ready in time.
  [[nodiscard]] bool wait(const Socket& socket, short event) const {
    for (;;) {
      if (stop_ != nullptr && stop_->load()) return false;
      const auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now());
      if (left <= milliseconds(0)) return false;
      pollfd waiting{.fd = socket.get(), .events = event, .revents = 0};
      const auto slice = std::min(left, milliseconds(20));
      const int ready = ::poll(&waiting, 1, static_cast<int>(slice.count()));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
  }

 private:
  Clock::time_point end_;
  const std::atomic<bool>* stop_;
};

Socket connect_to(const addrinfo& address, const Patience& patience) {
  Socket socket(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         address.ai_protocol));
  if (socket.get() < 0) return socket;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno == EINPROGRESS && patience.wait(socket, POLLOUT)) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
      return socket;
    }
  }
  return Socket(-1);
}

/// A connection to the first of a host's addresses that answers.
Socket connect_to(const Url& place, const TunnelOptions& options) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(place.bare_host().c_str(), std::to_string(place.port).c_str(), &wanted,
                    &found) != 0) {
    return Socket(-1);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    Socket socket = connect_to(*address, Patience(options.connect_time, options.stop));
    if (socket.get() >= 0) return socket;
  }
  return Socket(-1);
}

bool send_all(const Socket& socket, std::string_view text, const Patience& patience) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EINTR && (errno != EAGAIN || !patience.wait(socket, POLLOUT))) {
      return false;
    }
  }
  return true;
}

/// The head of an answer and not a byte more: what follows is the host's. Empty if it does not
/// come.
std::string read_head(const Socket& socket, const Patience& patience) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    char byte = 0;
    const ssize_t size = ::recv(socket.get(), &byte, 1, 0);
    if (size > 0) {
      head += byte;
      if (head.size() > answer_size_max) return {};
    } else if (size == 0 ||
               (errno != EINTR && (errno != EAGAIN || !patience.wait(socket, POLLIN)))) {
      return {};
    }
  }
  return head;
}

/// The 200 of "HTTP/1.1 200 OK"; 0 if that is no HTTP.
int status_of(std::string_view head) {
  const std::size_t space = head.find(' ');
  if (!head.starts_with("HTTP/1.") || head.size() < space + 4) return 0;
  int status = 0;
  const char* begin = head.data() + space + 1;
  const auto parsed = std::from_chars(begin, begin + 3, status);
  return parsed.ec == std::errc() && parsed.ptr == begin + 3 ? status : 0;
}

/// As a client wants it that waits for every read, but not for ever.
void let_wait(const Socket& socket, milliseconds time) {
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timeval limit{
      .tv_sec = seconds.count(),
      .tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(time - seconds).count()};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

Tunnel open_tunnel(const Url& proxy, const Url& to, const TunnelOptions& options) {
  Socket socket = connect_to(proxy, options);
  if (socket.get() < 0) return {};
  const std::string place = fmt::format("{}:{}", to.host, to.port);
  const Patience patience(options.answer_time, options.stop);
  Tunnel tunnel{.connected = true};
  if (!send_all(
          socket,
          fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: tailrace\r\n\r\n", place),
          patience)) {
    return tunnel;
  }
  tunnel.status = status_of(read_head(socket, patience));
  if (tunnel.status / 100 != 2) return tunnel;
  let_wait(socket, options.answer_time);
  tunnel.descriptor = socket.release();
  return tunnel;
}

}  // namespace tailrace::fetch
