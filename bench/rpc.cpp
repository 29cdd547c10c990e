// How much of bare gRPC is left for sessions: a model of 100 MB pushed and pulled, and small models
// back and forth. The bare side uses the same generic callback streams, chunks, settings and
// security, and likewise lays what arrives into one vector, but knows no frames, queues, hosts or
// sessions. `bench_rpc small`: the latter alone.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "bench/free_problem.hpp"
#include "bench/measure.hpp"
#include "tailrace/cluster/local.hpp"
#include "tailrace/recipe/async_sgd.hpp"
#include "tailrace/rpc/connect.hpp"
#include "tailrace/rpc/serve.hpp"
#include "tailrace/rpc/settings.hpp"
#include "tailrace/security/authority.hpp"

namespace tailrace::bench {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;
using grpc::ByteBuffer;

/// What both sides run with.
struct Setup {
  std::string folder;  ///< of certificates; empty: plain text
  std::size_t size = 0;
  std::size_t chunk = 0;
};

/// One side of the comparison, already connected: the body goes there, or comes back.
class Path {
 public:
  virtual ~Path() = default;
  virtual void push() = 0;
  virtual void pull() = 0;
};

// ----------------------------------------------------------------------------------------------
// bare

/// Lays a message into `body`, behind its header of 9 bytes.
std::size_t lay(const ByteBuffer& message, Bytes& body, std::size_t at) {
  std::vector<grpc::Slice> slices;
  static_cast<void>(message.Dump(&slices));
  std::size_t skip = cluster::chunk_header_bytes;
  for (const grpc::Slice& slice : slices) {
    const std::size_t header = std::min(skip, slice.size());
    skip -= header;
    std::memcpy(body.data() + at, slice.begin() + header, slice.size() - header);
    at += slice.size() - header;
  }
  return at;
}

ByteBuffer piece(const Bytes& body, std::size_t at, std::size_t chunk) {
  const std::array<std::byte, cluster::chunk_header_bytes> header{};
  const std::array slices = {
      grpc::Slice(header.data(), header.size()),
      grpc::Slice(body.data() + at, std::min(chunk, body.size() - at), grpc::Slice::STATIC_SLICE)};
  return {slices.data(), slices.size()};
}

/// Takes a whole body, and with the last piece sends one back: small, or the body.
class BareReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit BareReactor(const Setup& setup) : setup_(setup), body_(setup.size) { StartRead(&in_); }
  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    if (in_.Length() == 1) {  // a request for the body
      in_.Clear();
      write(0);
      StartRead(&in_);
      return;
    }
    at_ = lay(in_, body_, at_);
    in_.Clear();
    if (at_ == body_.size()) {
      at_ = 0;
      write(body_.size());
    }
    StartRead(&in_);
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (ok && !wanted_.empty()) next();
  }
  void OnDone() override { delete this; }

 private:
  /// The body from there; nothing of it: one byte.
  void write(std::size_t from) {
    const std::lock_guard lock(mutex_);
    wanted_.push_back(from);
    if (!writing_) next();
  }
  void next() {
    writing_ = true;
    std::size_t& from = wanted_.front();
    const grpc::Slice small("!", 1);
    out_ = from == body_.size() ? ByteBuffer(&small, 1) : piece(body_, from, setup_.chunk);
    from = std::min(from + setup_.chunk, body_.size());
    if (from == body_.size()) wanted_.pop_front();
    StartWrite(&out_);
  }

  const Setup setup_;
  Bytes body_;
  std::size_t at_ = 0;
  std::mutex mutex_;
  bool writing_ = false;
  std::deque<std::size_t> wanted_;
  ByteBuffer in_;
  ByteBuffer out_;
};

class BareStream final : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  BareStream(const std::shared_ptr<grpc::Channel>& channel, const Setup& setup)
      : stub_(channel), setup_(setup), body_(setup.size), got_(setup.size) {
    stub_.PrepareBidiStreamingCall(&context_, "/bare", {}, this);
    AddHold();
    StartRead(&in_);
    StartCall();
  }
  void push() {
    at_ = 0;
    OnWriteDone(true);
    wrote_.acquire();
    done_.acquire();
  }
  void pull() {
    at_ = body_.size();
    received_ = 0;
    const grpc::Slice small("?", 1);
    out_ = ByteBuffer(&small, 1);
    StartWrite(&out_);
    wrote_.acquire();
    done_.acquire();
  }
  void stop() {
    context_.TryCancel();
    RemoveHold();
    done_.acquire();
  }
  void OnWriteDone(bool ok) override {
    if (!ok || at_ == body_.size()) {
      wrote_.release();
      return;
    }
    out_ = piece(body_, at_, setup_.chunk);
    at_ = std::min(at_ + setup_.chunk, body_.size());
    StartWrite(&out_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    const bool small = in_.Length() == 1;
    if (!small) received_ = lay(in_, got_, received_);
    in_.Clear();
    const bool whole = small || received_ == got_.size();
    StartRead(&in_);
    if (whole) done_.release();
  }
  void OnDone(const grpc::Status& /*status*/) override { done_.release(); }

 private:
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const Setup setup_;
  Bytes body_;
  Bytes got_;
  std::size_t at_ = 0;
  std::size_t received_ = 0;
  ByteBuffer in_;
  ByteBuffer out_;
  std::binary_semaphore wrote_{0};
  std::binary_semaphore done_{0};
};

class Bare final : public Path, private grpc::CallbackGenericService {
 public:
  explicit Bare(const Setup& setup) : setup_(setup) {
    const bool plain = setup.folder.empty();
    security::Credentials own;
    security::Credentials theirs;
    if (!plain) {
      own = security::load_credentials(security::CredentialFiles::of_server(setup.folder),
                                       security::End::server)
                .value();
      theirs = security::load_credentials(
                   security::CredentialFiles::of_worker(setup.folder + "/worker-0"),
                   security::End::worker)
                   .value();
    }
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = own.authority;
    options.pem_key_cert_pairs.push_back({own.key, own.certificate});
    grpc::ServerBuilder builder;
    rpc::set_up(builder, rpc::ServeOptions{}.window);
    int port = 0;
    builder.AddListeningPort(
        "127.0.0.1:0",
        plain ? grpc::InsecureServerCredentials() : grpc::SslServerCredentials(options), &port);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    const auto channel = grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port),
        plain ? grpc::InsecureChannelCredentials()
              : grpc::SslCredentials({theirs.authority, theirs.key, theirs.certificate}),
        rpc::channel_settings());
    stream_.emplace(channel, setup);
  }
  ~Bare() override {
    stream_->stop();
    server_->Shutdown(std::chrono::system_clock::now());
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  void push() override { stream_->push(); }
  void pull() override { stream_->pull(); }

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* /*context*/) override {
    return new BareReactor(setup_);
  }

  Setup setup_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<BareStream> stream_;
};

// ----------------------------------------------------------------------------------------------
// ours

/// A host that does with updates what a real one does before it touches the model, and no more.
class BenchHost final : public cluster::Host {
 public:
  explicit BenchHost(std::size_t size) : body_(size) {}
  SessionId open(std::shared_ptr<cluster::Session> session, cluster::Identity) override {
    session_ = std::move(session);
    return 1;
  }
  cluster::Receive receive(SessionId, std::span<const std::byte> message) override {
    const std::lock_guard lock(mutex_);
    const auto frame = cluster::decode(message);
    if (const auto* chunk = std::get_if<cluster::Chunk>(&*frame)) {
      std::memcpy(body_.data() + chunk->offset, chunk->bytes.data(), chunk->bytes.size());
      if (chunk->offset + chunk->bytes.size() == body_.size()) {
        session_->send({.frame = cluster::encode(cluster::Applied{.ticket = 1})});
      }
    } else if (std::holds_alternative<cluster::Beat>(*frame)) {
      session_->send({.frame = cluster::encode(cluster::JobOffer{.bytes = body_.size()}),
                      .body = {.bytes = body_, .owner = nullptr}});
    }
    return cluster::Receive::more;
  }
  void closed(SessionId, const std::string&) override {}
  std::chrono::steady_clock::time_point tick() override { return {}; }
  void wait(std::chrono::steady_clock::time_point) override {}
  [[nodiscard]] bool over() const override { return false; }
  Result<engine::RunResult> result() override { return fail(Error{.code = "bench/none"}); }
  void revoke(const std::vector<std::string>&) override {}
  [[nodiscard]] cluster::Standings standings() const override { return {}; }

 private:
  std::mutex mutex_;
  Bytes body_;
  std::shared_ptr<cluster::Session> session_;
};

class Ours final : public Path {
 public:
  explicit Ours(const Setup& setup)
      : setup_(setup), host_(setup.size), body_(setup.size), got_(setup.size) {
    const bool plain = setup.folder.empty();
    server_ = rpc::RpcServer::start(
                  host_, {.address = "127.0.0.1:0",
                          .credentials = security::CredentialFiles::of_server(setup.folder),
                          .plaintext = plain,
                          .chunk = setup.chunk})
                  .value();
    link_ = rpc::open_link("127.0.0.1:" + std::to_string(server_->port()),
                           {.certificates = setup.folder + "/worker-0", .plaintext = plain})
                .value();
  }
  ~Ours() override { link_.reset(); }
  Ours(const Ours&) = delete;
  Ours& operator=(const Ours&) = delete;

  void push() override {
    const cluster::UpdateOffer offer{.ticket = 1, .bytes = body_.size()};
    static_cast<void>(
        link_->send({.frame = cluster::encode(offer), .body = {.bytes = body_, .owner = nullptr}},
                    setup_.chunk));
    next();
  }
  void pull() override {
    static_cast<void>(link_->send({.frame = cluster::encode(cluster::Beat{})}, setup_.chunk));
    next();
    for (std::size_t at = 0; at < got_.size();) {
      const auto message = next();
      const auto frame = cluster::decode(message);
      const auto& chunk = std::get<cluster::Chunk>(*frame);
      std::memcpy(got_.data() + chunk.offset, chunk.bytes.data(), chunk.bytes.size());
      at += chunk.bytes.size();
    }
  }

 private:
  cluster::Link::Message next() {
    return std::move(
        *link_->receive(std::chrono::steady_clock::now() + std::chrono::seconds(60)).value());
  }

  Setup setup_;
  BenchHost host_;
  Bytes body_;
  Bytes got_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::unique_ptr<cluster::Link> link_;
};

/// A run of asynchronous SGD from end to end, with updates that cost nothing to compute: an update
/// is pushed, and the next job pulled.
class Run final : public Path {
 public:
  explicit Run(const Setup& setup)
      : problem_(setup.size / sizeof(Real), 1),
        method_(recipe::AsyncSgd{}.method()),
        host_(cluster::make_host(problem_, method_, {.interrupt = &stop_}, {}).value()),
        ticker_(*host_),
        update_(problem_.dimension()) {
    const bool plain = setup.folder.empty();
    server_ = rpc::RpcServer::start(
                  *host_, {.address = "127.0.0.1:0",
                           .credentials = security::CredentialFiles::of_server(setup.folder),
                           .plaintext = plain})
                  .value();
    client_ = rpc::connect("127.0.0.1:" + std::to_string(server_->port()),
                           {.certificates = setup.folder + "/worker-0",
                            .plaintext = plain,
                            .client = {.workers = {0}}})
                  .value();
    pull();
  }
  ~Run() override {
    stop_ = true;
    ticker_.join();
    client_.reset();
    server_->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  void push() override { static_cast<void>(client_->send(*job_, update_).value()); }
  void pull() override { job_ = client_->next_job().value(); }

 private:
  std::atomic<bool> stop_ = false;
  FreeProblem problem_;
  policy::Method method_;
  std::unique_ptr<cluster::Host> host_;
  cluster::Ticker ticker_;
  std::vector<Real> update_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::unique_ptr<cluster::Client> client_;
  std::optional<cluster::Client::Job> job_;
};

// -------------------------------------------------------------------------------------------
// figures

void large(const std::string& folder, std::size_t chunk) {
  const Setup setup{.folder = folder, .size = 100'000'000, .chunk = chunk};
  Ours ours(setup);
  Bare bare(setup);
  const auto gigabytes = static_cast<double>(setup.size) / 1e9;
  const std::string how =
      fmt::format("{}, chunks of {} kB", folder.empty() ? "plain" : "mutual TLS", chunk >> 10U);
  const auto line = [&](const char* what, auto&& of) {
    const auto [a, b] = best_of(
        7, [&] { return seconds([&] { of(ours); }); }, [&] { return seconds([&] { of(bare); }); });
    report(fmt::format("{}, {}", what, how), gigabytes / a, gigabytes / b, "GB/s", b / a, ">= 0.8");
  };
  line("push", [](Path& path) { path.push(); });
  line("pull", [](Path& path) { path.pull(); });
}

/// Seconds of every round trip, in ascending order: 4 kB there, and 4 kB back.
std::vector<double> round_trips(Path& path) {
  std::vector<double> times(3000);
  for (double& time : times) {
    time = seconds([&] {
      path.push();
      path.pull();
    });
  }
  std::ranges::sort(times);
  return times;
}

/// What there is between both ends of a session, and a whole run through host and client.
template <class Subject>
void small(const char* what, const std::string& folder) {
  const Setup setup{.folder = folder, .size = 4'000, .chunk = 1 << 20};
  Subject ours(setup);
  Bare bare(setup);
  const char* how = folder.empty() ? "plain" : "mutual TLS";
  std::vector<double> a;
  std::vector<double> b;
  const auto total = [](const std::vector<double>& times) {
    double sum = 0;
    for (const double time : times) sum += time;
    return sum;
  };
  const auto [slow, fast] = best_of(
      5,
      [&] {
        a = round_trips(ours);
        return total(a);
      },
      [&] {
        b = round_trips(bare);
        return total(b);
      });
  const auto count = static_cast<double>(a.size());
  report(fmt::format("{}, d = 1000, {}", what, how), count / slow, count / fast, "1/s", fast / slow,
         ">= 0.5");
  for (const double share : {0.5, 0.9, 0.99}) {
    const auto place = static_cast<std::size_t>(share * count);
    report(fmt::format("  {:.0f}% are within, {}", 100 * share, how), a[place] * 1e6,
           b[place] * 1e6, "us", b[place] / a[place], "");
  }
}

}  // namespace
}  // namespace tailrace::bench

int main(int argc, char** argv) {
  using namespace tailrace;  // NOLINT(google-build-using-namespace)
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("tailrace_bench_rpc_{}", getpid());
  {
    const auto authority = security::Authority::make(folder).value();
    static_cast<void>(authority.issue_server({}).value());
    static_cast<void>(authority.issue_worker({.first = 0, .last = 0}).value());
  }
  const bool only_small = argc == 2 && std::string_view(argv[1]) == "small";
  setvbuf(stdout, nullptr, _IOLBF, 0);
  bench::heading("Sessions against bare gRPC streams, one connection on loopback");
  for (const std::string& certificates : {std::string(), folder.string()}) {
    for (const std::size_t chunk : {1U << 16U, 1U << 18U, 1U << 20U}) {
      if (only_small) break;
      bench::large(certificates, chunk);
    }
    bench::small<bench::Ours>("update and next job", certificates);
    bench::small<bench::Run>("the same in a run", certificates);
  }
  fs::remove_all(folder);
  return 0;
}
