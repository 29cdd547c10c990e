#include "tailrace/fetch/download.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "tailrace/fetch/out_file.hpp"
#include "tailrace/fetch/proxy.hpp"
#include "tailrace/fetch/tunnel.hpp"
#include "tailrace/fetch/url.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int redirections_max = 10;
constexpr int partial_content = 206;
constexpr int range_not_satisfiable = 416;

std::uint64_t size_of(const fs::path& file) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr == text.data()) return std::nullopt;
  return number;
}

/// Which version of which file PART holds the front of.
struct Version {
  std::string url;
  std::string validator;  ///< for If-Range; may be empty

  static fs::path file(const fs::path& part) { return part.string() + ".from"; }

  static Version read(const fs::path& part) {
    Version version;
    std::ifstream stream(file(part));
    std::getline(stream, version.url);
    std::getline(stream, version.validator);
    return version;
  }

  void write(const fs::path& part) const {
    std::ofstream(file(part)) << url << '\n' << validator << '\n';
  }
};

/// What the server calls the version it sends: only strong names may join two parts (RFC 9110).
std::string validator_of(const httplib::Response& response) {
  const std::string tag = response.get_header_value("ETag");
  if (tag.starts_with('"')) return tag;
  return response.get_header_value("Last-Modified");
}

/// Ends a client's waiting when people want to stop.
class StopWatch {
 public:
  StopWatch(httplib::ClientImpl& client, const std::atomic<bool>* stop) {
    if (stop == nullptr) return;
    thread_ = std::jthread([&client, stop](const std::stop_token& done) {
      while (!done.stop_requested()) {
        if (stop->load()) client.stop();
        std::this_thread::sleep_for(milliseconds(20));
      }
    });
  }

 private:
  std::jthread thread_;
};

/// A client whose encrypted connection leads through a proxy.
class TunnelClient : public httplib::SSLClient {
 public:
  TunnelClient(const Url& to, Url proxy, TunnelOptions options)
      : SSLClient(to.bare_host(), to.port), to_(to), proxy_(std::move(proxy)), options_(options) {}

  [[nodiscard]] bool opened() const { return opened_; }
  [[nodiscard]] bool reached_proxy() const { return tunnel_.connected; }
  [[nodiscard]] int proxy_status() const { return tunnel_.status; }

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    error = httplib::Error::Connection;
    if (!is_valid()) return false;
    tunnel_ = open_tunnel(proxy_, to_, options_);
    opened_ = tunnel_.descriptor >= 0;
    if (!opened_) return false;
    socket.sock = tunnel_.descriptor;  // which the client closes
    error = httplib::Error::Success;
    return true;
  }

  Url to_;
  Url proxy_;
  TunnelOptions options_;
  Tunnel tunnel_;
  bool opened_ = false;
};

std::unique_ptr<httplib::ClientImpl> make_client(const Url& url, const std::optional<Url>& proxy,
                                                 const DownloadOptions& options) {
  std::unique_ptr<httplib::ClientImpl> client;
  if (url.secure && proxy) {
    client = std::make_unique<TunnelClient>(
        url, *proxy, TunnelOptions{options.connect_time, options.read_time, options.stop});
  } else if (url.secure) {
    client = std::make_unique<httplib::SSLClient>(url.bare_host(), url.port);
  } else {
    client = std::make_unique<httplib::ClientImpl>(url.bare_host(), url.port);
    if (proxy) client->set_proxy(proxy->bare_host(), proxy->port);
  }
  client->set_connection_timeout(options.connect_time);
  client->set_read_timeout(options.read_time);
  client->set_url_encode(false);
  client->set_decompress(false);
  return client;
}

/// Whether the same question may be answered otherwise a little later.
bool may_pass(int status) { return status == 408 || status == 429 || status >= 500; }

/// How an attempt ended.
struct Outcome {
  enum class Next { done, again, follow, give_up };
  Next next = Next::give_up;
  Errors errors;                     ///< why not done
  std::optional<milliseconds> wait;  ///< what the server asks for
  std::string location;              ///< to follow
};

class Transfer {
 public:
  Transfer(const Download& what, const DownloadOptions& options)
      : what_(what), options_(options), file_(what.part.filename().string()) {
    if (file_.ends_with(".part")) file_.resize(file_.size() - 5);
  }

  /// One request to one place, and what comes of it.
  Outcome attempt(const Url& url) {
    response_ = {};
    failure_.reset();
    out_.reset();
    const Result<std::optional<Url>> proxy = proxy_for(url);
    if (!proxy) return give_up(proxy.error().front());
    const std::unique_ptr<httplib::ClientImpl> client = make_client(url, *proxy, options_);
    const StopWatch watch(*client, options_.stop);
    const httplib::Result result = client->Get(
        url.target, request_headers(),
        [&](const httplib::Response& response) { return begin(response); },
        [&](const char* data, std::size_t size) { return receive(data, size); });
    if (stopped()) return give_up(interrupted(what_.part));
    if (failure_) return give_up(*failure_);
    if (out_) return end(result.error(), url);
    if (response_.status > 0) return refused(url);
    const auto* tunneled = dynamic_cast<const TunnelClient*>(client.get());
    if (tunneled != nullptr && !tunneled->opened()) return no_tunnel(url, **proxy, *tunneled);
    return no_answer(result.error(), url);
  }

  [[nodiscard]] bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

 private:
  static Outcome give_up(Error error) {
    return {.next = Outcome::Next::give_up, .errors = {std::move(error)}};
  }

  httplib::Headers request_headers() {
    httplib::Headers headers = {{"User-Agent", "tailrace"}, {"Accept-Encoding", "identity"}};
    kept_ = size_of(what_.part);
    const Version version = Version::read(what_.part);
    const bool same = version.url == what_.url;
    if (kept_ == 0 || !same || (version.validator.empty() && !what_.is_checked)) {
      kept_ = 0;
      return headers;
    }
    headers.emplace("Range", fmt::format("bytes={}-", kept_));
    if (!version.validator.empty()) headers.emplace("If-Range", version.validator);
    return headers;
  }

  /// Looks at the answer before its content: true to read on.
  bool begin(const httplib::Response& response) {
    response_ = response;
    if (response.status != 200 && response.status != partial_content) return false;
    if (response.status == 200) kept_ = 0;
    if (response.status == partial_content && !continues_here(response)) return false;
    const std::string length = response.get_header_value("Content-Length");
    const std::optional<std::uint64_t> coming = parse_number<std::uint64_t>(length);
    done_ = kept_;
    total_ = coming ? kept_ + *coming : 0;
    if (total_ > options_.size_max) return too_large();
    if (coming) {
      if (Status space = check_space(what_.part.parent_path(), *coming); !space) {
        failure_ = space.error().front();
        return false;
      }
    }
    Result<OutFile> out = OutFile::open(what_.part, kept_);
    if (!out) {
      failure_ = out.error().front();
      return false;
    }
    if (kept_ == 0) Version{what_.url, validator_of(response)}.write(what_.part);
    out_ = std::move(*out);
    return true;
  }

  /// Whether a part begins where ours ends: "bytes 500-999/1000".
  [[nodiscard]] bool continues_here(const httplib::Response& response) const {
    std::string range = response.get_header_value("Content-Range");
    if (!range.starts_with("bytes ")) return false;
    return kept_ > 0 && parse_number<std::uint64_t>(range.substr(6)) == kept_;
  }

  bool too_large() {
    failure_ = Error{
        .code = "fetch/too-large",
        .what = fmt::format("the server sends more than {} MB", options_.size_max / 1'000'000),
        .where = what_.url,
        .fix = "it cannot be the right file; try another source with --from"};
    return false;
  }

  bool receive(const char* data, std::size_t size) {
    if (stopped()) return false;
    if (done_ + size > options_.size_max) return too_large();
    if (Status written = out_->write(data, size); !written) {
      failure_ = written.error().front();
      return false;
    }
    done_ += size;
    options_.progress({file_, done_, total_});
    return true;
  }

  /// After content has come: all of it?
  Outcome end(httplib::Error error, const Url& url) {
    if (error != httplib::Error::Success || (total_ > 0 && done_ < total_)) {
      return {.next = Outcome::Next::again,
              .errors = {offline(url, fmt::format("the connection broke after {} bytes", done_))}};
    }
    if (Status flushed = out_->flush(); !flushed) return give_up(flushed.error().front());
    remove_file(Version::file(what_.part));
    return {.next = Outcome::Next::done};
  }

  [[nodiscard]] Error offline(const Url& url, const std::string& why) const {
    return {.code = "fetch/offline",
            .what = fmt::format("\"{}\" cannot be downloaded from {}: {}", file_, url.host, why),
            .where = what_.url,
            .fix = "check the network and run this again"};
  }

  /// Where the way through the proxy ended.
  [[nodiscard]] Outcome no_tunnel(const Url& url, const Url& proxy,
                                  const TunnelClient& client) const {
    const int status = client.proxy_status();
    if (status == 0) {
      const std::string why = client.reached_proxy()
                                  ? fmt::format("the proxy {} does not answer", proxy.origin())
                                  : fmt::format("no connection to the proxy {}", proxy.origin());
      return {.next = Outcome::Next::again, .errors = {offline(url, why)}};
    }
    Error error{.code = "fetch/proxy",
                .what = fmt::format("the proxy {} does not let \"{}\" through from {}: it answers "
                                    "with HTTP status {}",
                                    proxy.origin(), file_, url.host, status),
                .where = what_.url,
                .fix =
                    "check https_proxy; or except the host with no_proxy; or name another "
                    "source with --from"};
    if (!may_pass(status)) return give_up(std::move(error));
    return {.next = Outcome::Next::again, .errors = {std::move(error)}};
  }

  Outcome no_answer(httplib::Error error, const Url& url) const {
    if (error == httplib::Error::SSLServerVerification ||
        error == httplib::Error::SSLLoadingCerts) {
      return give_up(
          {.code = "fetch/certificate",
           .what = fmt::format("{} has no certificate that this system trusts", url.host),
           .where = what_.url,
           .fix = "check the clock and that ca-certificates is installed; or choose "
                  "another source with --from"});
    }
    return {.next = Outcome::Next::again,
            .errors = {offline(
                url, error == httplib::Error::Read ? "it does not answer" : "no connection")}};
  }

  /// After an answer without content for us.
  Outcome refused(const Url& url) {
    const int status = response_.status;
    if (status >= 300 && status < 400 && response_.has_header("Location")) {
      return {.next = Outcome::Next::follow, .location = response_.get_header_value("Location")};
    }
    if (status == partial_content || status == range_not_satisfiable) {
      remove_file(what_.part);  // what is kept is no front of what the server has
      return {.next = Outcome::Next::again,
              .errors = {offline(url, "it sends a part that was not asked for")}};
    }
    Error error{
        .code = "fetch/status",
        .what = fmt::format("{} answers \"{}\" with HTTP status {}", url.host, file_, status),
        .where = what_.url,
        .fix = status == 404 ? "it is no longer there; name another source with --from"
                             : "try again later, or name another source with --from"};
    if (!may_pass(status)) return give_up(std::move(error));
    Outcome outcome{.next = Outcome::Next::again, .errors = {std::move(error)}};
    if (const auto seconds = parse_number<int>(response_.get_header_value("Retry-After"))) {
      outcome.wait = std::chrono::seconds(std::max(*seconds, 0));
    }
    return outcome;
  }

  const Download& what_;
  const DownloadOptions& options_;
  std::string file_;        ///< for people
  std::uint64_t kept_ = 0;  ///< bytes of an earlier attempt that stay
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;       ///< 0: not known
  httplib::Response response_;    ///< the head of the answer
  std::optional<OutFile> out_;    ///< while content comes
  std::optional<Error> failure_;  ///< ours, not the network's
};

Status check_security(const Url& url, const DownloadOptions& options) {
  if (url.secure || url.is_loopback() || options.insecure_http) return {};
  return fail({.code = "fetch/insecure",
               .what = fmt::format("{} would be asked without encryption", url.host),
               .where = url.to_string(),
               .fix = "use an https:// address; or --insecure-http, if you trust the network"});
}

/// Waits, but not when people want to stop.
void wait_for(milliseconds pause, const Transfer& transfer) {
  constexpr milliseconds slice(20);
  for (; pause > milliseconds(0) && !transfer.stopped(); pause -= slice) {
    std::this_thread::sleep_for(std::min(pause, slice));
  }
}

/// One attempt, through redirections to its end.
Outcome attempt_from(const Url& start, Transfer& transfer, const DownloadOptions& options) {
  Url url = start;
  for (int redirections = 0; redirections <= redirections_max; ++redirections) {
    if (Status secure = check_security(url, options); !secure) return {.errors = secure.error()};
    Outcome outcome = transfer.attempt(url);
    if (outcome.next != Outcome::Next::follow) return outcome;
    Result<Url> next = redirected(url, outcome.location);
    if (!next) return {.errors = next.error()};
    url = std::move(*next);
  }
  return {.errors = {{.code = "fetch/redirects",
                      .what = fmt::format("{} leads in circles", start.host),
                      .where = start.to_string(),
                      .fix = "try again later, or name another source with --from"}}};
}

}  // namespace

Status download(const Download& what, const DownloadOptions& options) {
  const Result<Url> url = parse_url(what.url);
  if (!url) return fail(url.error());
  Transfer transfer(what, options);
  milliseconds pause = options.pause;
  std::uint64_t before = size_of(what.part);
  for (int attempt = 1;;) {
    if (transfer.stopped()) return fail(interrupted(what.part));
    Outcome outcome = attempt_from(*url, transfer, options);
    if (outcome.next == Outcome::Next::done) return {};
    if (outcome.next == Outcome::Next::give_up) return fail(std::move(outcome.errors));
    if (const std::uint64_t now = size_of(what.part); now > before) {
      before = now;  // it went on: the next attempts are as good as the first
      attempt = 1;
      pause = options.pause;
    }
    if (attempt++ >= options.attempts) return fail(std::move(outcome.errors));
    const milliseconds wait = std::min(outcome.wait.value_or(pause), options.pause_max);
    options.note(fmt::format("{}; again in {:.3g} s", outcome.errors.front().what,
                             static_cast<double>(wait.count()) / 1000));
    wait_for(wait, transfer);
    pause *= 2;
  }
}

}  // namespace tailrace::fetch
