#include "tailrace/monitoring/http.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "tailrace/monitoring/metrics.hpp"

namespace tailrace::monitoring {
namespace {

constexpr std::size_t threads = 4;
constexpr auto patience = std::chrono::seconds(5);  // with one request

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// Reads "host:port", "[::1]:port" or "port".
std::optional<Address> parse_address(const std::string& text) {
  Address address;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const char* begin = text.data() + (colon == std::string::npos ? 0 : colon + 1);
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(begin, end, address.port);
  if (error != std::errc() || at != end || address.host.empty()) return std::nullopt;
  return address;
}

class Server : public HttpReports {
 public:
  explicit Server(Ask ask) : ask_(std::move(ask)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(patience);
    server_.set_write_timeout(patience);
    server_.set_payload_max_length(1024);
    // Not the library's own choice, by which two servers could share a port.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("alive\n", "text/plain");
    });
    server_.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const cluster::Standings standings = ask_();
      const bool ready = standings.ready && !standings.over;
      response.status = ready ? 200 : 503;
      response.set_content(ready ? "ready\n" : "no jobs are given out\n", "text/plain");
    });
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics_text(ask_()), "text/plain; version=0.0.4; charset=utf-8");
    });
  }
  ~Server() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds the port and serves; false if it cannot be had.
  bool listen(const Address& address) {
    const int port = address.port == 0 ? server_.bind_to_any_port(address.host)
                                       : bind(address.host, address.port);
    if (port <= 0) return false;
    port_ = static_cast<std::uint16_t>(port);
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // A server that does not run yet cannot be stopped.
    while (!server_.is_running() && !ended_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

 private:
  int bind(const std::string& host, int port) {
    return server_.bind_to_port(host, port) ? port : -1;
  }

  Ask ask_;
  httplib::Server server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpReports>> HttpReports::start(const std::string& address, Ask ask) {
  const std::optional<Address> parsed = parse_address(address);
  if (!parsed) {
    return fail({.code = "monitoring/bad-address",
                 .what = fmt::format("\"{}\" is no address to listen at", address),
                 .where = "",
                 .fix = "write host:port, such as 127.0.0.1:9100, or a port alone"});
  }
  auto server = std::make_unique<Server>(std::move(ask));
  errno = 0;
  if (server->listen(*parsed)) return server;
  return fail({.code = "monitoring/cannot-listen",
               .what = fmt::format("cannot listen at {}:{}{}", parsed->host, parsed->port,
                                   errno == EADDRINUSE ? ", which another program does" : ""),
               .where = address,
               .fix = "choose a port that no program listens at (ss -ltnp shows them), and an "
                      "address of this machine"});
}

}  // namespace tailrace::monitoring
