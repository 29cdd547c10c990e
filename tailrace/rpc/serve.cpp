#include "tailrace/rpc/serve.hpp"

#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "tailrace/rpc/address.hpp"
#include "tailrace/rpc/server_session.hpp"
#include "tailrace/rpc/settings.hpp"
#include "tailrace/security/peer.hpp"

namespace tailrace::rpc {
namespace {

std::shared_ptr<grpc::ServerCredentials> mutual_tls(const ServeOptions& options) {
  using namespace grpc::experimental;  // NOLINT(google-build-using-namespace): gRPC 1.51's TLS
  const security::CredentialFiles& files = options.credentials;
  auto provider = std::make_shared<FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authority,
      static_cast<unsigned>(options.look_again.count()));
  TlsServerCredentialsOptions tls(std::move(provider));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  tls.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return TlsServerCredentials(tls);
}

/// Why nobody can listen there; empty if it works now.
std::string listen_trouble(const Address& address) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) return gai_strerror(code);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = bind(listener, found->ai_addr, found->ai_addrlen) == 0;
  const int error = errno;
  const bool taken = bound && listen(listener, 1) != 0;
  const int other = errno;
  close(listener);
  if (!bound) return std::strerror(error);
  return taken ? std::strerror(other) : std::string();
}

Result<void> cannot_listen(const Address& address) {
  const std::string why = listen_trouble(address);
  return fail({.code = "rpc/cannot-listen",
               .what = fmt::format("the server cannot listen on {}{}{}", address.text(),
                                   why.empty() ? "" : ": ", why),
               .where = {},
               .fix = "choose another port, or end the program that has this one"});
}

/// Who is at the other end; a farewell if the certificate speaks for no worker.
Result<cluster::Identity> identify(const grpc::CallbackServerContext& context, bool plaintext) {
  cluster::Identity identity;
  identity.address = context.peer();
  if (plaintext) {
    identity.name = "plaintext:" + context.peer();
    return identity;
  }
  const auto pems = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pems.empty()) {
    return fail(Error{.code = "rpc/no-certificate", .what = "the worker has shown no certificate"});
  }
  auto certificate = security::read_worker({pems.front().data(), pems.front().size()});
  if (!certificate) return fail(std::move(certificate.error()));
  identity.name = std::move(certificate->name);
  identity.serial = std::move(certificate->serial);
  identity.workers = std::move(certificate->workers);
  return identity;
}

/// A call that is no session.
class Stranger final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Stranger(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

class Sessions final : public grpc::CallbackGenericService {
 public:
  Sessions(std::shared_ptr<Hall> hall, bool plaintext)
      : hall_(std::move(hall)), plaintext_(plaintext) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() != session_method) {
      return new Stranger({grpc::StatusCode::UNIMPLEMENTED,
                           fmt::format("this server only knows {}", session_method)});
    }
    {
      const std::lock_guard lock(hall_->mutex);
      if (hall_->closing) return new Stranger({grpc::StatusCode::UNAVAILABLE, "the server stops"});
    }
    auto identity = identify(*context, plaintext_);
    if (identity) return ServerSession::open(hall_, *context, std::move(*identity));
    return ServerSession::refuse(
        hall_, *context,
        {.reason = cluster::Parting::not_allowed, .text = identity.error().front().what});
  }

 private:
  const std::shared_ptr<Hall> hall_;
  const bool plaintext_;
};

class Server final : public RpcServer {
 public:
  Server(cluster::Host& host, const ServeOptions& options)
      : hall_(std::make_shared<Hall>(host, options.chunk, options.patience)),
        service_(hall_, options.plaintext) {}
  ~Server() override { shutdown(std::chrono::steady_clock::now()); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status listen(const Address& address, const ServeOptions& options) {
    grpc::ServerBuilder builder;
    set_up(builder, options.window);
    int port = 0;
    builder.AddListeningPort(
        address.text(), options.plaintext ? grpc::InsecureServerCredentials() : mutual_tls(options),
        &port);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    if (!server_ || port == 0) return cannot_listen(address);
    port_ = static_cast<std::uint16_t>(port);
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void shutdown(std::chrono::steady_clock::time_point deadline) override {
    if (!server_) return;
    {
      std::unique_lock lock(hall_->mutex);
      hall_->closing = true;
      hall_->left.wait_until(lock, deadline, [this] { return hall_->present.empty(); });
      // The lock keeps them there.
      for (ServerSession* const session : hall_->present) session->abandon("the server stops");
    }
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
    server_.reset();
    hall_->errands.stop();
  }

 private:
  std::shared_ptr<Hall> hall_;
  Sessions service_;
  std::unique_ptr<grpc::Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace

Status check_serving(const ServeOptions& options) {
  const auto address = parse_address(options.address);
  if (!address) return fail(address.error());
  if (options.plaintext) return allow_plaintext(*address);
  // gRPC would listen with what nobody believes, and tell nobody.
  const auto read = security::load_credentials(options.credentials, security::End::server);
  if (!read) return fail(read.error());
  return {};
}

Result<std::unique_ptr<RpcServer>> RpcServer::start(cluster::Host& host,
                                                    const ServeOptions& options) {
  if (Status checked = check_serving(options); !checked) return fail(checked.error());
  const auto address = parse_address(options.address);
  auto server = std::make_unique<Server>(host, options);
  if (auto listening = server->listen(*address, options); !listening) {
    return fail(std::move(listening.error()));
  }
  return server;
}

}  // namespace tailrace::rpc
