#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tailrace/rpc/probe.hpp"
#include "tailrace/rpc/rpc_test.hpp"
#include "tailrace/rpc/settings.hpp"
#include "tailrace/rpc/stream.hpp"
#include "tailrace/security/certificates_test.hpp"

namespace tailrace::rpc {
namespace {

namespace fs = std::filesystem;
using security::Authority;
using ::testing::ElementsAre;
using testing::FakeHost;
using ::testing::HasSubstr;

/// A server with a certificate of folder_/certs, and worker-3 of the same authority.
class MutualTls : public security::testing::WithAuthority {
 protected:
  MutualTls() {
    (void)authority_.issue_server({}).value();
    worker_ = authority_.issue_worker({.first = 3, .last = 3}).value();
  }

  [[nodiscard]] std::unique_ptr<RpcServer> start() {
    return RpcServer::start(host_, {.address = "127.0.0.1:0",
                                    .credentials = security::CredentialFiles::of_server(certs_),
                                    .look_again = std::chrono::seconds(1)})
        .value();
  }
  [[nodiscard]] ConnectOptions as(const std::string& name) const {
    return {.certificates = certs_ / name};
  }
  /// Another authority in folder_/other, with a worker-3 of its own.
  [[nodiscard]] Authority other_authority() const {
    Authority other = Authority::make(folder_ / "other").value();
    (void)other.issue_server({}).value();
    (void)other.issue_worker({.first = 3, .last = 3}).value();
    return other;
  }
  /// What a worker shows that asks nobody before it does.
  [[nodiscard]] security::Credentials blind(const std::string& name) const {
    return {.certificate = security::testing::read_all(certs_ / (name + ".pem")),
            .key = security::testing::read_all(certs_ / (name + ".key")),
            .authority = security::testing::read_all(certs_ / "authority.pem"),
            .about = {.name = name}};
  }
  [[nodiscard]] static std::shared_ptr<grpc::Channel> channel(
      const RpcServer& server, const security::Credentials& credentials) {
    return grpc::CreateCustomChannel(
        testing::address_of(server),
        grpc::SslCredentials({credentials.authority, credentials.key, credentials.certificate}),
        channel_settings());
  }
  [[nodiscard]] static Error why_not(const RpcServer& server,
                                     const security::Credentials& credentials) {
    return why_not_connected({.host = "127.0.0.1", .port = server.port()}, &credentials,
                             "127.0.0.1", std::chrono::seconds(5), {});
  }
  [[nodiscard]] Error refusal(const RpcServer& server, const ConnectOptions& options) const {
    const auto link = open_link(testing::address_of(server), options);
    return link ? Error{} : link.error().front();
  }

  FakeHost host_;
  security::Certificate worker_;
};

TEST_F(MutualTls, TellsTheHostWhoseCertificateItIs) {
  const auto server = start();

  const auto link = open_link(testing::address_of(*server), as("worker-3"));

  ASSERT_TRUE(link) << to_string(link.error());
  ASSERT_TRUE(host_.wait_until([](auto& peers) { return peers.size() == 1; }));
  host_.with([&](auto& peers) {
    EXPECT_EQ(peers[1].identity.name, "worker-3");
    EXPECT_EQ(peers[1].identity.serial, worker_.serial);
    EXPECT_THAT(peers[1].identity.workers, ElementsAre(3));
  });
}

TEST_F(MutualTls, TakesNobodyWithoutACertificate) {
  const auto server = start();
  security::Credentials none = blind("worker-3");
  none.certificate = none.key = {};

  const auto nobody = channel(*server, none);

  EXPECT_FALSE(
      nobody->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(500)));
  host_.with([](auto& peers) { EXPECT_TRUE(peers.empty()); });
}

TEST_F(MutualTls, TakesNobodyOfAnotherAuthority) {
  const auto server = start();
  const Authority other = other_authority();
  // Both authorities, so that this end finds nothing wrong with its own certificate.
  security::testing::write_all(folder_ / "both.pem",
                               security::testing::read_all(certs_ / "authority.pem") +
                                   security::testing::read_all(folder_ / "other/authority.pem"));

  const Error error = refusal(
      *server, {.certificates = folder_ / "other/worker-3", .authority = folder_ / "both.pem"});

  EXPECT_EQ(error.code, "rpc/refused");
  EXPECT_THAT(error.what, HasSubstr("refused the certificate of \"worker-3\""));
  host_.with([](auto& peers) { EXPECT_TRUE(peers.empty()); });
}

TEST_F(MutualTls, TakesNoExpiredCertificate) {
  (void)authority_.issue_worker({.first = 4, .last = 4}, long_ago()).value();
  const auto server = start();

  EXPECT_EQ(refusal(*server, as("worker-4")).code, "security/expired");
  EXPECT_FALSE(
      channel(*server, blind("worker-4"))
          ->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(500)));
  EXPECT_EQ(why_not(*server, blind("worker-4")).code, "rpc/refused");
  host_.with([](auto& peers) { EXPECT_TRUE(peers.empty()); });
}

TEST_F(MutualTls, SaysFarewellToACertificateThatSpeaksForNobody) {
  const auto server = start();
  const auto issuer = security::certificates_from(blind("worker-3").authority, {}).value();
  const auto issuer_key =
      security::key_from(security::testing::read_all(certs_ / "authority.key"), {}).value();
  const auto key = security::make_key();
  const auto guest = security::make_certificate(
      {.name = "guest",
       .from = security::Validity::an_hour_ago(),
       .until = security::Validity::an_hour_ago() + std::chrono::days(1)},
      key.get(), issuer.front().get(), issuer_key.get());
  security::Credentials shown = blind("worker-3");
  shown.certificate = security::to_pem(guest.get());
  shown.key = security::to_pem(key.get());
  const auto connected = channel(*server, shown);
  ASSERT_TRUE(
      connected->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)));

  const auto link = open_stream(connected);
  cluster::Link::Message message;
  const auto frame = testing::next_frame(*link, message);

  ASSERT_TRUE(frame) << to_string(frame.error());
  EXPECT_EQ(std::get<cluster::Farewell>(*frame).reason, cluster::Parting::not_allowed);
  EXPECT_EQ(testing::end_of(*link).what, "the server has ended the session");
  host_.with([](auto& peers) { EXPECT_TRUE(peers.empty()); });
}

TEST_F(MutualTls, DoesNotBelieveAServerOfAnotherAuthority) {
  const auto server = start();
  const Authority other = other_authority();

  const Error error = refusal(*server, {.certificates = folder_ / "other/worker-3"});

  EXPECT_EQ(error.code, "rpc/server-not-believed");
}

TEST_F(MutualTls, DoesNotBelieveAServerWithAnotherName) {
  const auto server = start();
  ConnectOptions options = as("worker-3");
  options.server_name = "training.example";

  const Error error = refusal(*server, options);

  EXPECT_EQ(error.code, "rpc/wrong-server-name");
  EXPECT_THAT(error.what, HasSubstr("training.example"));
}

TEST_F(MutualTls, DoesNotBelieveAServerWhoseCertificateHasExpired) {
  fs::remove(certs_ / "server.pem");
  fs::remove(certs_ / "server.key");
  (void)authority_.issue_server({}, long_ago()).value();
  const security::Credentials expired = blind("server");
  // Not ours: ours would not start.
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = expired.authority;
  options.pem_key_cert_pairs.push_back({expired.key, expired.certificate});
  int port = 0;
  grpc::CallbackGenericService service;
  const auto server =
      grpc::ServerBuilder()
          .AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port)
          .RegisterCallbackGenericService(&service)
          .BuildAndStart();

  const auto link = open_link("127.0.0.1:" + std::to_string(port), as("worker-3"));

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().front().code, "rpc/server-expired");
  EXPECT_EQ(RpcServer::start(host_, {.address = "127.0.0.1:0",
                                     .credentials = security::CredentialFiles::of_server(certs_)})
                .error()
                .front()
                .code,
            "security/expired");
}

TEST_F(MutualTls, MeansThatPlainTextIsNotUnderstood) {
  const auto encrypted = start();
  const auto plain = RpcServer::start(host_, testing::plain_server()).value();

  EXPECT_EQ(refusal(*encrypted, {.plaintext = true}).code, "rpc/not-tailrace");
  EXPECT_EQ(refusal(*plain, as("worker-3")).code, "rpc/not-tailrace");
}

TEST_F(MutualTls, NamesTheFilesThatAreMissing) {
  const auto server = start();

  const Error error = refusal(*server, as("worker-9"));

  EXPECT_THAT(error.to_string(), HasSubstr("worker-9.pem"));
}

/// The server looks every second; a minute is enough for any machine.
TEST_F(MutualTls, TakesWorkersOfANewAuthorityOnceItsFilesHaveChanged) {
  const auto server = start();
  const Authority other = other_authority();
  ASSERT_FALSE(
      open_link(testing::address_of(*server), {.certificates = folder_ / "other/worker-3"}));

  for (const char* name : {"server.key", "server.pem", "authority.pem"}) {
    fs::copy_file(folder_ / "other" / name, certs_ / name, fs::copy_options::overwrite_existing);
  }

  bool taken = false;
  for (int tries = 0; tries < 120 && !taken; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    taken = open_link(testing::address_of(*server), {.certificates = folder_ / "other/worker-3"})
                .has_value();
  }
  EXPECT_TRUE(taken);
}

}  // namespace
}  // namespace tailrace::rpc
