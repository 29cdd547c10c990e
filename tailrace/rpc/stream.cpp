#include "tailrace/rpc/stream.hpp"

#include <fmt/format.h>
#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "tailrace/rpc/settings.hpp"
#include "tailrace/rpc/wire.hpp"

namespace tailrace::rpc {
namespace {

using grpc::ByteBuffer;

/// Messages that have arrived and nobody has asked for; then the server has to wait.
constexpr std::size_t ahead_max = 2;

/// Opens when the last that keeps its key has let it go.
class Gate {
 public:
  /// Keeps `owner` as well.
  [[nodiscard]] static std::shared_ptr<const void> key(const std::shared_ptr<Gate>& gate,
                                                       std::shared_ptr<const void> owner) {
    return {&gate->open_, [gate, kept = std::move(owner)](const bool*) mutable {
              kept.reset();
              const std::lock_guard lock(gate->mutex_);
              gate->open_ = true;
              gate->opened_.notify_all();
            }};
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

std::string reason_of(const grpc::Status& status) {
  if (status.ok()) return "the server has ended the session";
  const std::string& text = status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::UNIMPLEMENTED:
      return "what listens there is no server of this program, or of another version";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "a message was too large: " + text;
    case grpc::StatusCode::CANCELLED:
      return "the session was cut off";
    case grpc::StatusCode::UNAVAILABLE:
      return text.find("server stops") != std::string::npos ? text
                                                            : "the connection broke: " + text;
    default:
      return text;
  }
}

/// gRPC's reactions to a session. Whoever starts something outside of a reaction first makes sure,
/// by a hold, that OnDone does not come before it.
///
/// Lives until wait_until_done() has returned, and is not destroyed by a reaction: with a process's
/// last channel goes the thread that reactions run on, and it cannot wait for its own end.
class Stream final : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  explicit Stream(std::shared_ptr<grpc::Channel> channel)
      : channel_(std::move(channel)), stub_(channel_) {}

  void open() {
    stub_.PrepareBidiStreamingCall(&*context_, session_method, {}, this);
    AddHold();
    StartRead(&in_);
    StartCall();
  }

  Status send(cluster::Outgoing message, std::size_t chunk) {
    const auto gate = std::make_shared<Gate>();
    const bool body = !message.body.bytes.empty();
    if (body) message.body.owner = Gate::key(gate, std::move(message.body.owner));
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !writing_ || !open_for_writing(); });
      if (!open_for_writing()) return gone();
      writing_ = true;
      cutter_.emplace(std::move(message), chunk);
      out_ = cutter_->next();
      AddHold();
    }
    StartWrite(&out_, no_compression());
    RemoveHold();
    if (!body) return {};
    gate->wait();
    const std::lock_guard lock(mutex_);
    if (!open_for_writing()) return gone();
    return {};
  }

  Result<std::optional<cluster::Link::Message>> receive(cluster::Link::Deadline until) {
    ByteBuffer message;
    bool read = false;
    {
      std::unique_lock lock(mutex_);
      const bool came = changed_.wait_until(
          lock, until, [this] { return !arrived_.empty() || done_ || closed_; });
      if (!came) return std::nullopt;
      if (arrived_.empty() || closed_) return gone();
      message.Swap(&arrived_.front());
      arrived_.pop_front();
      read = !reading_ && held_;
      if (read) {
        reading_ = true;
        AddHold();
      }
    }
    if (read) {
      StartRead(&in_);
      RemoveHold();
    }
    return copy_of(message);
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    // Also when everything has failed already: what has arrived and nobody reads keeps gRPC from
    // saying that it is done.
    const std::lock_guard lock(context_mutex_);
    if (context_) context_->TryCancel();
  }

  void wait_until_done() {
    release();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      release();
      return;
    }
    bool read = false;
    {
      const std::lock_guard lock(mutex_);
      ByteBuffer message;
      message.Swap(&in_);
      arrived_.push_back(std::move(message));
      read = reading_ = arrived_.size() < ahead_max && held_;
    }
    changed_.notify_all();
    if (read) StartRead(&in_);
  }

  void OnWriteDone(bool ok) override {
    std::optional<Cutter> finished;
    {
      const std::lock_guard lock(mutex_);
      out_.Clear();
      if (ok && !cutter_->done()) {
        out_ = cutter_->next();
      } else {
        finished.swap(cutter_);
        writing_ = false;
        // What the server has said before may still be read.
        writable_ = writable_ && ok;
      }
    }
    if (!finished) {
      StartWrite(&out_, no_compression());
      return;
    }
    changed_.notify_all();
  }

  void OnDone(const grpc::Status& status) override {
    {
      // With it goes the call, which keeps what it could not send.
      const std::lock_guard lock(context_mutex_);
      context_.reset();
    }
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
      done_ = true;
      status_ = status;
      changed_.notify_all();
    }
  }

 private:
  static grpc::WriteOptions no_compression() { return grpc::WriteOptions().set_no_compression(); }

  [[nodiscard]] bool open_for_writing() const { return held_ && writable_ && !closed_; }

  /// Nothing is started any more.
  void release() {
    {
      const std::lock_guard lock(mutex_);
      if (!held_) return;
      held_ = false;
    }
    changed_.notify_all();
    RemoveHold();
  }

  /// Why there is no session, as far as that is known. gRPC says it when everything that has
  /// arrived has been read, so that who sends must not wait for it: receive() will know.
  [[nodiscard]] tl::unexpected<Errors> gone() const {
    std::string why = "the connection broke";
    if (done_) why = reason_of(status_);
    if (closed_) why = "the session was closed here";
    return fail(Error{.code = "cluster/disconnected", .what = std::move(why)});
  }

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  std::mutex context_mutex_;
  std::optional<grpc::ClientContext> context_{std::in_place};  ///< until OnDone
  ByteBuffer in_;                                              ///< of the read that is under way
  ByteBuffer out_;                                             ///< of the write that is under way

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Cutter> cutter_;
  std::deque<ByteBuffer> arrived_;
  bool held_ = true;  ///< things may be started
  bool reading_ = true;
  bool writable_ = true;
  bool writing_ = false;  ///< a message is being sent
  bool closed_ = false;
  bool done_ = false;
  grpc::Status status_;
};

class StreamLink final : public cluster::Link {
 public:
  explicit StreamLink(const std::shared_ptr<grpc::Channel>& channel) : stream_(channel) {
    stream_.open();
  }
  ~StreamLink() override {
    stream_.close();
    stream_.wait_until_done();
  }
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;

  Status send(cluster::Outgoing message, std::size_t chunk) override {
    return stream_.send(std::move(message), chunk);
  }
  Result<std::optional<Message>> receive(Deadline until) override { return stream_.receive(until); }
  void close() override { stream_.close(); }

 private:
  Stream stream_;
};

}  // namespace

std::unique_ptr<cluster::Link> open_stream(const std::shared_ptr<grpc::Channel>& channel) {
  return std::make_unique<StreamLink>(channel);
}

}  // namespace tailrace::rpc
