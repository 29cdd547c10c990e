#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "tailrace/rpc/rpc_test.hpp"

namespace tailrace::rpc {
namespace {

using cluster::Receive;
using testing::Bytes;
using testing::FakeHost;
using ::testing::HasSubstr;

constexpr std::size_t chunk = 1 << 20;

/// Answers every beat with Durable.
Receive echo_beats(FakeHost::Peer& peer, const cluster::Frame& frame) {
  if (std::holds_alternative<cluster::Beat>(frame)) {
    peer.session->send(testing::message(cluster::Durable{}));
  }
  return Receive::more;
}

TEST(ASession, CarriesAHundredMegabytesBothWays) {
  const Bytes sent = testing::pattern(100'000'000);
  const auto send_back = [&](FakeHost::Peer& peer, const cluster::Frame& frame) {
    if (const auto* piece = std::get_if<cluster::Chunk>(&frame)) {
      EXPECT_TRUE(testing::collect(peer.body, *piece));
      if (peer.body.size() == sent.size()) {
        peer.session->send({.frame = cluster::encode(cluster::JobOffer{.bytes = sent.size()}),
                            .body = testing::body_of(peer.body)});
      }
    }
    return Receive::more;
  };
  FakeHost host(send_back);
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);

  ASSERT_TRUE(link->send({.frame = cluster::encode(cluster::UpdateOffer{.bytes = sent.size()}),
                          .body = testing::body_of(sent)},
                         chunk));
  cluster::Link::Message message;
  ASSERT_TRUE(std::holds_alternative<cluster::JobOffer>(*testing::next_frame(*link, message)));
  Bytes received;
  while (received.size() < sent.size()) {
    const auto frame = testing::next_frame(*link, message);
    ASSERT_TRUE(frame);
    ASSERT_TRUE(testing::collect(received, std::get<cluster::Chunk>(*frame)));
  }

  EXPECT_TRUE(received == sent);
}

TEST(ASession, KeepsABodyUntilItsLastByteHasLeft) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  auto owner = std::make_shared<const Bytes>(testing::pattern(3'000'000));
  const std::weak_ptr<const Bytes> watch = owner;
  cluster::Outgoing message = {.frame = cluster::encode(cluster::UpdateOffer{.bytes = 3'000'000}),
                               .body = {.bytes = *owner, .owner = std::move(owner)}};

  ASSERT_TRUE(link->send(std::move(message), chunk));

  EXPECT_TRUE(watch.expired());
}

TEST(ASession, KeepsTheOrderOfWhatIsSent) {
  constexpr cluster::Ticket count = 2'000;
  FakeHost host([](FakeHost::Peer& peer, const cluster::Frame&) {
    for (cluster::Ticket i = 0; i < count; ++i) {
      peer.session->send(testing::message(cluster::Canceled{.ticket = i}));
    }
    return Receive::more;
  });
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);

  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));

  cluster::Link::Message message;
  for (cluster::Ticket i = 0; i < count; ++i) {
    ASSERT_EQ(std::get<cluster::Canceled>(*testing::next_frame(*link, message)).ticket, i);
  }
}

TEST(ASession, TakesWhatTwoThreadsSend) {
  FakeHost host(echo_beats);
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  const auto send_beats = [&] {
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
  };

  std::thread other(send_beats);
  send_beats();
  other.join();

  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].messages == 1000; }));
}

TEST(ASession, SaysNothingUntilTheDeadlineWhenNothingComes) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);

  const auto received =
      link->receive(std::chrono::steady_clock::now() + std::chrono::milliseconds(20));

  ASSERT_TRUE(received);
  EXPECT_FALSE(*received);
}

TEST(ASession, IsClosedOnceWhenTheWorkerGoes) {
  FakeHost host(echo_beats);
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  {
    const auto link = testing::plain_link(*server);
    ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
    ASSERT_TRUE(host.wait_until([](auto& peers) { return !peers.empty(); }));
  }

  ASSERT_TRUE(host.wait_until([](auto& peers) { return peers[1].closed_times > 0; }));
  server->shutdown(std::chrono::steady_clock::now());

  // What is sent later goes nowhere, and nothing comes of it.
  host.with([](auto& peers) {
    peers.at(1).session->send(testing::message(cluster::Durable{}));
    peers.at(1).session->resume();
    peers.at(1).session->finish();
    EXPECT_EQ(peers.at(1).closed_times, 1);
  });
}

TEST(ASession, EndsOnceWhatIsQueuedHasBeenSent) {
  FakeHost host([](FakeHost::Peer& peer, const cluster::Frame&) {
    peer.session->send(testing::message(cluster::Durable{}));
    peer.session->send(testing::message(cluster::Farewell{.text = "that was all"}));
    return Receive::closed;
  });
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);

  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));

  cluster::Link::Message message;
  EXPECT_TRUE(std::holds_alternative<cluster::Durable>(*testing::next_frame(*link, message)));
  EXPECT_EQ(std::get<cluster::Farewell>(*testing::next_frame(*link, message)).text, "that was all");
  EXPECT_EQ(testing::end_of(*link).what, "the server has ended the session");
  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].closed_times == 1; }));
}

TEST(ASession, IsGivenUpWhenTheWorkerDoesNotReadItsEnd) {
  const Bytes much = testing::pattern(30'000'000);
  FakeHost host([&](FakeHost::Peer& peer, const cluster::Frame&) {
    peer.session->send({.frame = cluster::encode(cluster::JobOffer{.bytes = much.size()}),
                        .body = testing::body_of(much)});
    return Receive::closed;
  });
  ServeOptions options = testing::plain_server();
  options.patience = std::chrono::milliseconds(100);
  const auto server = RpcServer::start(host, options).value();
  const auto link = testing::plain_link(*server);

  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));

  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].closed_times == 1; }));
}

TEST(ASession, IsToldThatTheServerStops) {
  FakeHost host(echo_beats);
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
  ASSERT_TRUE(host.wait_until([](auto& peers) { return peers[1].messages == 1; }));

  server->shutdown(std::chrono::steady_clock::now());

  const Error error = testing::end_of(*link);
  EXPECT_EQ(error.code, "cluster/disconnected");
  EXPECT_EQ(error.what, "the server stops");
  host.with([](auto& peers) { EXPECT_EQ(peers.at(1).closed_times, 1); });
}

TEST(ASession, EndsForThoseWhoWaitWhenItIsClosedHere) {
  FakeHost host;
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  std::thread other([&] { link->close(); });

  const Error error = testing::end_of(*link);
  other.join();

  EXPECT_EQ(error.code, "cluster/disconnected");
  EXPECT_EQ(error.what, "the session was closed here");
  EXPECT_FALSE(link->send(testing::message(cluster::Beat{}), chunk));
}

TEST(ASession, GivesAMessageAgainThatTheHostCouldNotTake) {
  int given = 0;
  FakeHost host([&](FakeHost::Peer& peer, const cluster::Frame&) {
    if (++given == 1) return Receive::wait;
    peer.session->send(testing::message(cluster::Durable{}));
    return Receive::more;
  });
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  const auto link = testing::plain_link(*server);
  ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
  // Inside of receive(), as a rule, or after it: both must do.
  ASSERT_TRUE(host.wait_until([&](auto&) { return given == 1; }));

  host.with([](auto& peers) { peers.at(1).session->resume(); });

  cluster::Link::Message message;
  EXPECT_TRUE(std::holds_alternative<cluster::Durable>(*testing::next_frame(*link, message)));
  EXPECT_EQ(given, 2);
}

TEST(ASession, IsClosedAlsoWhileTheHostCannotTakeAMessage) {
  FakeHost host([](FakeHost::Peer&, const cluster::Frame&) { return Receive::wait; });
  const auto server = RpcServer::start(host, testing::plain_server()).value();
  {
    const auto link = testing::plain_link(*server);
    ASSERT_TRUE(link->send(testing::message(cluster::Beat{}), chunk));
    ASSERT_TRUE(host.wait_until([](auto& peers) { return !peers.empty(); }));
  }

  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers[1].closed_times == 1; }));
}

/// What is in memory now. [bytes]
std::size_t resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// 20 workers push 50 MB each into a host that takes nothing: without back-pressure a gigabyte
/// would arrive. What may: the windows of 20 sessions, and as much again on its way.
TEST(ASession, LeavesWhatTheHostCannotTakeWithItsSender) {
  constexpr std::size_t workers = 20;
  const Bytes body = testing::pattern(50'000'000);
  FakeHost host([](FakeHost::Peer&, const cluster::Frame&) { return Receive::wait; });
  ServeOptions options = testing::plain_server();
  options.window = 1 << 18;
  const auto server = RpcServer::start(host, options).value();
  std::vector<std::unique_ptr<cluster::Link>> links;
  for (std::size_t i = 0; i < workers; ++i) links.push_back(testing::plain_link(*server));
  malloc_trim(0);
  const std::size_t before = resident();

  std::vector<std::thread> senders;
  for (const auto& link : links) {
    senders.emplace_back([&] {
      const cluster::UpdateOffer offer{.bytes = body.size()};
      EXPECT_FALSE(
          link->send({.frame = cluster::encode(offer), .body = testing::body_of(body)}, chunk));
    });
  }
  EXPECT_TRUE(host.wait_until([](auto& peers) { return peers.size() == workers; }));
  std::size_t most = 0;
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    most = std::max(most, resident());
  }
  for (const auto& link : links) link->close();
  for (std::thread& sender : senders) sender.join();

  EXPECT_LT(most - std::min(most, before), 100'000'000U);
}

}  // namespace
}  // namespace tailrace::rpc
