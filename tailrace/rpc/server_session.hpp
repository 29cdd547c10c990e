#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "tailrace/cluster/host.hpp"
#include "tailrace/rpc/errands.hpp"
#include "tailrace/rpc/wire.hpp"

namespace tailrace::rpc {

class ServerSession;

/// What the sessions of a server share.
struct Hall {
  cluster::Host& host;
  std::size_t chunk;                             ///< bodies are sent in pieces of so many bytes
  std::chrono::steady_clock::duration patience;  ///< with a peer that does not read its last frames
  Errands errands = {};

  std::mutex mutex = {};
  std::condition_variable left = {};
  bool closing = false;                   ///< no new sessions
  std::set<ServerSession*> present = {};  ///< sessions of which gRPC has not let go
};

/// The server's end of a session: between gRPC's reactions and the host.
///
/// At any time at most one read, one write and one call of Host::receive() are under way. gRPC is
/// told that the session has ended when no write and no such call is, and then says OnDone: so the
/// host hears closed() once, and nothing after it.
class ServerSession final : public grpc::ServerGenericBidiReactor,
                            public cluster::Session,
                            public std::enable_shared_from_this<ServerSession> {
 public:
  /// gRPC gets a reactor that keeps itself alive until OnDone.
  [[nodiscard]] static grpc::ServerGenericBidiReactor* open(std::shared_ptr<Hall> hall,
                                                            grpc::CallbackServerContext& context,
                                                            cluster::Identity identity);
  /// One that says farewell at once; the host hears nothing of it.
  [[nodiscard]] static grpc::ServerGenericBidiReactor* refuse(std::shared_ptr<Hall> hall,
                                                              grpc::CallbackServerContext& context,
                                                              const cluster::Farewell& farewell);

  ServerSession(std::shared_ptr<Hall> hall, grpc::CallbackServerContext& context);

  void send(cluster::Outgoing message) override;
  void finish() override;
  void resume() override;

  /// Ends the session without sending what is queued.
  void abandon(const std::string& why);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void deliver();
  void read();
  [[nodiscard]] bool wait();
  void hang_up();
  void end(const std::string& why);
  void step();
  void cancel_later();

  const std::shared_ptr<Hall> hall_;
  grpc::CallbackServerContext& context_;  ///< until OnDone
  std::shared_ptr<ServerSession> self_;   ///< until OnDone
  std::optional<cluster::Host::SessionId> id_;
  grpc::ByteBuffer in_;   ///< of the read or the call of the host that is under way
  grpc::ByteBuffer out_;  ///< of the write that is under way

  std::mutex mutex_;
  std::deque<Cutter> queue_;
  bool writing_ = false;
  int delivering_ = 0;      ///< from before a call of Host::receive() until all is done about it
  bool waiting_ = false;    ///< the host could not take `in_`
  bool resumed_ = false;    ///< and said that it can before that was noted
  bool ending_ = false;     ///< nothing is read or queued any more
  bool finishing_ = false;  ///< gRPC has been told
  bool done_ = false;
  std::string why_ = "the worker has hung up";
  grpc::Status status_ = grpc::Status::OK;
};

}  // namespace tailrace::rpc
