#include "tailrace/rpc/probe.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "tailrace/security/openssl.hpp"

namespace tailrace::rpc {
namespace {

using std::chrono::milliseconds;

class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  ~Socket() {
    if (handle_ >= 0) close(handle_);
  }
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

/// OpenSSL writes to a socket that the other end may have closed, which would end the program.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipe() {
    const timespec now{};
    sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// Connects within a time; the number of the system's error otherwise.
tl::expected<Socket, int> connect_to(const addrinfo& to, milliseconds patience) {
  Socket socket(::socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connect(socket.handle(), to.ai_addr, to.ai_addrlen) != 0 && errno != EINPROGRESS) {
    return tl::unexpected(errno);
  }
  pollfd writable{.fd = socket.handle(), .events = POLLOUT, .revents = 0};
  if (poll(&writable, 1, static_cast<int>(patience.count())) != 1) {
    return tl::unexpected(ETIMEDOUT);
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return tl::unexpected(error);
  // From here on it blocks, but not for ever.
  fcntl(socket.handle(), F_SETFL, 0);
  const timeval time{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
  setsockopt(socket.handle(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(socket.handle(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  return socket;
}

Result<Socket> connect_to(const Address& address, milliseconds patience) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) {
    return fail(
        {.code = "rpc/no-such-host",
         .what = fmt::format("the host {} is not known: {}", address.host, gai_strerror(code)),
         .where = {},
         .fix = "correct the name, or give the server's address"});
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  int error = 0;
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    auto socket = connect_to(*to, patience);
    if (socket) return std::move(*socket);
    error = socket.error();
  }
  if (error == ECONNREFUSED) {
    return fail({.code = "rpc/nobody-listens",
                 .what = fmt::format("nobody listens on {}", address.text()),
                 .where = {},
                 .fix = "start 'tailrace serve' there, or correct host and port"});
  }
  return fail({.code = "rpc/no-answer",
               .what = fmt::format("{} does not answer: {}", address.text(), std::strerror(error)),
               .where = {},
               .fix = "see that the server runs and that no firewall is in between"});
}

/// What an HTTP/2 client says first: the preface, and settings that change nothing.
constexpr std::string_view greeting("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

/// Settings are the first that an HTTP/2 server says.
bool is_settings(std::span<const char> answer) { return answer.size() >= 9 && answer[3] == 4; }

Error not_tailrace(const Address& address, std::string what, std::string fix) {
  return {.code = "rpc/not-tailrace",
          .what = fmt::format("{} {}", address.text(), what),
          .where = {},
          .fix = std::move(fix)};
}

std::optional<Error> plain_trouble(const Address& address, const Socket& socket) {
  std::array<char, 64> answer{};
  const ssize_t sent = send(socket.handle(), greeting.data(), greeting.size(), MSG_NOSIGNAL);
  const ssize_t got = sent < 0 ? -1 : recv(socket.handle(), answer.data(), answer.size(), 0);
  if (got >= 9 && is_settings({answer.data(), static_cast<std::size_t>(got)})) return {};
  return not_tailrace(address, "takes no plain text",
                      "give a certificate, or correct host and port if no tailrace server "
                      "listens there");
}

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

/// Shows the certificate and notes what it thinks of the server's, but goes on anyway.
std::unique_ptr<SSL_CTX, FreeTls> tls_context(const security::Credentials& credentials) {
  std::unique_ptr<SSL_CTX, FreeTls> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const auto authorities = security::certificates_from(credentials.authority, {});
  const auto chain = security::certificates_from(credentials.certificate, {});
  const auto key = security::key_from(credentials.key, {});
  if (!authorities || !chain || !key) return context;
  for (const auto& authority : *authorities) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get());
  }
  SSL_CTX_use_certificate(context.get(), chain->front().get());
  for (std::size_t i = 1; i < chain->size(); ++i) {
    SSL_CTX_add1_chain_cert(context.get(), (*chain)[i].get());
  }
  SSL_CTX_use_PrivateKey(context.get(), key->get());
  constexpr std::array<unsigned char, 3> h2 = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context.get(), h2.data(), h2.size());
  return context;
}

/// What is wrong with the server's certificate; `reason` is not X509_V_OK.
Error server_trouble(const Address& address, const std::string& server_name, long reason) {
  switch (reason) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {.code = "rpc/wrong-server-name",
              .what = fmt::format("the certificate of {} is not for the name {}", address.text(),
                                  server_name),
              .where = {},
              .fix = "use a name it is for, or make one with 'tailrace certs --host " +
                     server_name + "'"};
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {.code = "rpc/server-expired",
              .what = fmt::format("the certificate of {} is not valid now: {}", address.text(),
                                  X509_verify_cert_error_string(reason)),
              .where = {},
              .fix = "give the server a new one; or set this machine's clock"};
    default:
      return {.code = "rpc/server-not-believed",
              .what = fmt::format("the authority does not vouch for the server at {}: {}",
                                  address.text(), X509_verify_cert_error_string(reason)),
              .where = {},
              .fix =
                  "copy authority.pem from where the server's certificate was made; if that is "
                  "the one, somebody else listens there"};
  }
}

Error refused(const Address& address, const security::Credentials& credentials,
              const std::string& detail) {
  return {
      .code = "rpc/refused",
      .what = fmt::format("the server at {} refused the certificate of \"{}\"{}{}", address.text(),
                          credentials.about.name, detail.empty() ? "" : ": ", detail),
      .where = {},
      .fix =
          "make one with the authority that the server knows; see that it has not expired by "
          "the server's clock"};
}

/// The alert that the server sent before it hung up, if it did.
std::string last_words() {
  return ERR_peek_last_error() == 0 ? std::string() : security::openssl_reason();
}

std::optional<Error> tls_trouble(const Address& address, const security::Credentials& credentials,
                                 const std::string& server_name, const Socket& socket) {
  const NoBrokenPipe quiet;
  const auto context = tls_context(credentials);
  const std::unique_ptr<SSL, FreeTls> session(SSL_new(context.get()));
  SSL_set_fd(session.get(), socket.handle());
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(session.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, server_name.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, server_name.c_str(), 0);
    SSL_set_tlsext_host_name(session.get(), server_name.c_str());
  }
  ERR_clear_error();
  const bool shaken = SSL_connect(session.get()) == 1;
  if (SSL_get0_peer_certificate(session.get()) == nullptr) {
    static_cast<void>(security::openssl_reason());
    return not_tailrace(address, "does not speak TLS",
                        "correct host and port; a server that was started with --plaintext takes "
                        "plain text only");
  }
  const long reason = SSL_get_verify_result(session.get());
  if (reason != X509_V_OK) return server_trouble(address, server_name, reason);
  if (!shaken) return refused(address, credentials, last_words());
  // Under TLS 1.3 a server's opinion comes after the handshake, with the first that is read;
  // and its settings come without being asked for.
  std::array<char, 64> answer{};
  const int got = SSL_read(session.get(), answer.data(), static_cast<int>(answer.size()));
  if (got <= 0) return refused(address, credentials, last_words());
  if (is_settings({answer.data(), static_cast<std::size_t>(got)})) return {};
  return not_tailrace(address, "is no tailrace server", "correct host and port");
}

}  // namespace

Error why_not_connected(const Address& address, const security::Credentials* credentials,
                        const std::string& server_name, milliseconds patience,
                        const std::string& said) {
  const auto socket = connect_to(address, patience);
  if (!socket) return socket.error().front();
  const auto trouble = credentials == nullptr
                           ? plain_trouble(address, *socket)
                           : tls_trouble(address, *credentials, server_name, *socket);
  if (trouble) return *trouble;
  return {.code = "rpc/no-answer",
          .what = fmt::format("{} could not be reached{}{}", address.text(),
                              said.empty() ? "" : ": ", said),
          .where = {},
          .fix = "try again; with GRPC_VERBOSITY=debug it says more"};
}

}  // namespace tailrace::rpc
