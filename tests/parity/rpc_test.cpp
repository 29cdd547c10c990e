#include <gtest/gtest.h>

#include <chrono>

#include "tailrace/rpc/connect.hpp"
#include "tailrace/rpc/serve.hpp"
#include "tests/parity/cluster_test.hpp"

/// Every method does the same over gRPC, on loopback, as in virtual time.
namespace tailrace::cluster::testing {
namespace {

using tailrace::testing::methods_without_races;
using tailrace::testing::named_methods;
using tailrace::testing::NamedMethod;

class RpcBridge final : public Bridge {
 public:
  explicit RpcBridge(Host& host)
      : server_(std::move(
            *rpc::RpcServer::start(host, {.address = "127.0.0.1:0", .plaintext = true}))) {}
  ~RpcBridge() override {
    server_->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  }
  Client::Connect connect(const std::string& /*name*/, std::vector<WorkerId> /*workers*/) override {
    return [this] {
      return rpc::open_link("127.0.0.1:" + std::to_string(server_->port()), {.plaintext = true});
    };
  }

 private:
  std::unique_ptr<rpc::RpcServer> server_;
};

std::unique_ptr<Bridge> rpc_bridge(Host& host) { return std::make_unique<RpcBridge>(host); }

TEST(EveryMethodOverGrpc, IsReplayedToTheSameBits) {
  for (const NamedMethod& each : named_methods()) {
    SCOPED_TRACE(each.name);
    expect_replay(each.method, over(rpc_bridge));
  }
}

TEST(EveryMethodOverGrpc, GivesTheBitsOfVirtualTimeWhereTheOrderOfArrivalsIsOfNoMatter) {
  for (const NamedMethod& each : methods_without_races(parity_workers)) {
    SCOPED_TRACE(each.name);
    expect_bits_of_virtual_time(each.method, over(rpc_bridge));
  }
}

}  // namespace
}  // namespace tailrace::cluster::testing
