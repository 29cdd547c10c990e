#include "tailrace/rpc/server_session.hpp"

#include <utility>
#include <vector>

namespace tailrace::rpc {

ServerSession::ServerSession(std::shared_ptr<Hall> hall, grpc::CallbackServerContext& context)
    : hall_(std::move(hall)), context_(context) {}

grpc::ServerGenericBidiReactor* ServerSession::open(std::shared_ptr<Hall> hall,
                                                    grpc::CallbackServerContext& context,
                                                    cluster::Identity identity) {
  auto session = std::make_shared<ServerSession>(std::move(hall), context);
  session->self_ = session;
  ServerSession* const reactor = session.get();
  {
    const std::lock_guard lock(reactor->hall_->mutex);
    reactor->hall_->present.insert(reactor);
  }
  {
    const Errands::Batch batch;
    reactor->id_ = reactor->hall_->host.open(std::move(session), std::move(identity));
  }
  reactor->StartRead(&reactor->in_);
  return reactor;
}

grpc::ServerGenericBidiReactor* ServerSession::refuse(std::shared_ptr<Hall> hall,
                                                      grpc::CallbackServerContext& context,
                                                      const cluster::Farewell& farewell) {
  const auto session = std::make_shared<ServerSession>(std::move(hall), context);
  session->self_ = session;
  ServerSession* const reactor = session.get();
  {
    const std::lock_guard lock(reactor->hall_->mutex);
    reactor->hall_->present.insert(reactor);
  }
  reactor->send({.frame = cluster::encode(farewell)});
  reactor->finish();
  return reactor;
}

void ServerSession::send(cluster::Outgoing message) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    queue_.emplace_back(std::move(message), hall_->chunk);
    // Its end goes on with what is queued by then.
    if (writing_) return;
  }
  hall_->errands.post([self = shared_from_this()] { self->step(); });
}

void ServerSession::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    ending_ = true;
    why_ = "the server has ended the session";
  }
  hall_->errands.post([self = shared_from_this()] { self->step(); });
  cancel_later();
}

/// A peer that does not read would keep what is queued for it, and the session, for ever.
void ServerSession::cancel_later() {
  hall_->errands.post_at(Errands::Clock::now() + hall_->patience, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    if (!self->done_) self->context_.TryCancel();
  });
}

void ServerSession::abandon(const std::string& why) {
  std::deque<Cutter> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (finishing_) return;
    dropped.swap(queue_);
    ending_ = true;
    waiting_ = false;
    why_ = why;
    status_ = {grpc::StatusCode::UNAVAILABLE, why};
  }
  step();
}

void ServerSession::resume() {
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_) {
      resumed_ = true;
      return;
    }
    if (ending_) return;
    waiting_ = false;
    ++delivering_;
  }
  hall_->errands.post([self = shared_from_this()] { self->deliver(); });
}

void ServerSession::OnReadDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    if (ok && ending_) return;
    if (ok) ++delivering_;
  }
  if (ok) {
    deliver();
  } else {
    hang_up();
  }
}

/// Gives the host the message in `in_`; `delivering_` counts this, so that nothing ends meanwhile.
void ServerSession::deliver() {
  // Of a thread, not of a session: a thousand of these would be a gigabyte.
  thread_local std::vector<std::byte> scratch;
  for (bool again = true; again;) {
    const Errands::Batch batch;
    {
      const std::lock_guard lock(mutex_);
      resumed_ = false;
    }
    cluster::Receive next = cluster::Receive::closed;
    {
      const Flat message(in_, scratch);
      next = hall_->host.receive(*id_, message.bytes());
    }
    again = next == cluster::Receive::wait && !wait();
    if (next == cluster::Receive::more) read();
    if (next == cluster::Receive::closed) finish();
  }
  {
    const std::lock_guard lock(mutex_);
    --delivering_;
  }
  step();
}

void ServerSession::read() {
  in_.Clear();
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
  }
  StartRead(&in_);
}

/// Keeps the message for resume(); false if that has been called already.
bool ServerSession::wait() {
  const std::lock_guard lock(mutex_);
  if (resumed_ && !ending_) return false;
  waiting_ = !ending_;
  return true;
}

/// The worker sends no more; what is queued may still reach it.
void ServerSession::hang_up() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  step();
  cancel_later();
}

void ServerSession::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    out_.Clear();
  }
  if (!ok) {
    end("the connection broke while the server was sending");
    return;
  }
  step();
}

void ServerSession::OnCancel() { end("the connection broke, or the worker was stopped"); }

/// Nobody is there any more to send to.
void ServerSession::end(const std::string& why) {
  std::deque<Cutter> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(queue_);
    waiting_ = false;
    if (!ending_) why_ = why;
    ending_ = true;
  }
  step();
}

/// Starts the next write, or ends the session when it is time.
void ServerSession::step() {
  std::unique_lock lock(mutex_);
  if (writing_ || finishing_) return;
  if (!queue_.empty()) {
    writing_ = true;
    out_ = queue_.front().next();
    if (queue_.front().done()) queue_.pop_front();
    lock.unlock();
    StartWrite(&out_, grpc::WriteOptions().set_no_compression());
    return;
  }
  if (!ending_ || delivering_) return;
  finishing_ = true;
  const grpc::Status status = status_;
  lock.unlock();
  Finish(status);
}

void ServerSession::OnDone() {
  const std::shared_ptr<ServerSession> self = std::move(self_);
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  if (id_) {
    const Errands::Batch batch;
    hall_->host.closed(*id_, why_);
  }
  // Under its lock, since the hall may be cleared away once it is empty.
  const std::lock_guard lock(hall_->mutex);
  hall_->present.erase(this);
  hall_->left.notify_all();
}

}  // namespace tailrace::rpc
