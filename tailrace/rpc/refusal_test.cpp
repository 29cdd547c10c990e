#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "tailrace/rpc/rpc_test.hpp"
#include "tailrace/rpc/settings.hpp"

namespace tailrace::rpc {
namespace {

using testing::FakeHost;
using ::testing::HasSubstr;

constexpr std::size_t chunk = 1 << 20;

std::string code_of_start(cluster::Host& host, const ServeOptions& options) {
  const auto server = RpcServer::start(host, options);
  return server ? "" : server.error().front().code;
}

TEST(AServer, TakesPlainTextOnLoopbackOnly) {
  FakeHost host;

  EXPECT_EQ(code_of_start(host, {.address = "0.0.0.0:0", .plaintext = true}), "rpc/plaintext");
  EXPECT_EQ(code_of_start(host, {.address = "[::]:0", .plaintext = true}), "rpc/plaintext");
}

TEST(AServer, SaysThatItsPortIsInUse) {
  FakeHost host;
  const auto first = RpcServer::start(host, testing::plain_server()).value();
  ServeOptions same = testing::plain_server();
  same.address = "127.0.0.1:" + std::to_string(first->port());

  const auto second = RpcServer::start(host, same);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().front().code, "rpc/cannot-listen");
  EXPECT_THAT(second.error().front().what, HasSubstr("Address already in use"));
}

TEST(AServer, SaysThatItsCertificateIsMissing) {
  FakeHost host;

  EXPECT_EQ(code_of_start(host, {.address = "127.0.0.1:0",
                                 .credentials = security::CredentialFiles::of_server("nowhere")}),
            "core/io");
}

TEST(AWorker, SpeaksPlainTextToLoopbackOnly) {
  const auto link = open_link("192.0.2.1:7000", {.plaintext = true});

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().front().code, "rpc/plaintext");
}

TEST(AWorker, SaysThatNobodyListens) {
  FakeHost host;
  auto server = RpcServer::start(host, testing::plain_server()).value();
  const std::string target = testing::address_of(*server);
  server.reset();

  const auto link = open_link(target, {.plaintext = true});

  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().front().code, "rpc/nobody-listens");
}

/// Bytes that anybody may send to a port.
void say(const RpcServer& server, const std::string& bytes) {
  const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(handle, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  static_cast<void>(::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  shutdown(handle, SHUT_WR);
  std::string answer(1 << 16, '\0');
  while (recv(handle, answer.data(), answer.size(), 0) > 0) {
  }
  close(handle);
}

TEST(AServer, GoesOnAfterGarbage) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const testing::Bytes noise = testing::pattern(100'000);

  say(*server, "");
  say(*server, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  say(*server, std::string(reinterpret_cast<const char*>(noise.data()), noise.size()));
  say(*server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
                   std::string(reinterpret_cast<const char*>(noise.data()), noise.size()));

  const auto link = testing::plain_link(*server);
  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].messages == 1; }));
}

TEST(AServer, EndsASessionWithAMessageThatIsTooLarge) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  const testing::Bytes body = testing::pattern(message_bytes_max + 1);

  static_cast<void>(
      link->send({.frame = cluster::encode(cluster::UpdateOffer{}), .body = testing::body_of(body)},
                 body.size()));

  EXPECT_THAT(testing::end_of(*link).what, HasSubstr("too large"));
  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].closed_times == 1; }));
  host.with([](auto& peers) { EXPECT_EQ(peers[1].messages, 1U); });
}

TEST(AServer, KnowsOneMethodOnly) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto channel = grpc::CreateCustomChannel(
      testing::address_of(*server), grpc::InsecureChannelCredentials(), channel_settings());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  grpc::Status status;

  const auto call = stub.PrepareUnaryCall(&context, "/tailrace.Cluster/Other", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  host.with([](auto& peers) { EXPECT_TRUE(peers.empty()); });
}

TEST(AServer, HasEndedAllSessionsWhenItIsShutDown) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  std::vector<std::unique_ptr<cluster::Link>> links;
  for (int i = 0; i < 20; ++i) links.push_back(testing::plain_link(*server));
  ASSERT_TRUE(host.wait_until([](auto& peers) { return peers.size() == 20; }));

  server->shutdown(std::chrono::steady_clock::now());

  host.with([](auto& peers) {
    for (const auto& [id, peer] : peers) EXPECT_EQ(peer.closed_times, 1);
  });
  for (const auto& link : links) EXPECT_EQ(testing::end_of(*link).code, "cluster/disconnected");
}

}  // namespace
}  // namespace tailrace::rpc
