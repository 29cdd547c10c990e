#include "tailrace/rpc/serve.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "cli/carry.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/reporting.hpp"
#include "cli/run_options.hpp"
#include "tailrace/cluster/host.hpp"
#include "tailrace/monitoring/http.hpp"
#include "tailrace/security/authority.hpp"
#include "tailrace/security/revocation.hpp"
#include "tailrace/spec/writer.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long workers may take to hear that the run is over.
constexpr auto farewell = 10s;
constexpr auto look_at_revocations_every = 1s;

/// What the user typed after `serve`.
struct ServeArguments {
  RunArguments run;
  std::string data;  ///< look for data there first
  std::string listen = "127.0.0.1:7000";
  std::string certificates;  ///< folder with server.pem, server.key and authority.pem
  std::string revoked;       ///< lists of revoked certificates; empty: revoked.pem of that folder
  bool plaintext = false;
  std::string metrics;  ///< "address:port" for health and metrics; empty: none
};

cluster::HostOptions host_options(const RunAtHand& run, cluster::Reporter& reporter) {
  return {.cluster = run.experiment.cluster,
          .program = "tailrace " TAILRACE_VERSION,
          .method = run.spec.name,
          .experiment = spec::to_toml(run.experiment),
          .fingerprint = run.fingerprint,
          .reporter = &reporter};
}

rpc::ServeOptions serve_options(const ServeArguments& arguments) {
  return {.address = arguments.listen,
          .credentials = security::CredentialFiles::of_server(arguments.certificates),
          .plaintext = arguments.plaintext};
}

/// The list of revoked certificates, if there is one.
Result<std::optional<security::RevocationFile>> open_revocations(const ServeArguments& arguments) {
  if (arguments.plaintext) return std::nullopt;
  const security::CertificateFiles files{arguments.certificates};
  const std::string path = arguments.revoked.empty() ? files.revoked() : arguments.revoked;
  if (std::error_code unknown; arguments.revoked.empty() && !fs::exists(path, unknown)) {
    return std::nullopt;
  }
  auto opened = security::RevocationFile::open(path, files.authority());
  if (!opened) return fail(opened.error());
  return std::optional(std::move(*opened));
}

/// A run in the hands of workers that connect: everything that is there for as long as it takes.
class Service {
 public:
  Service(const ServeArguments& arguments, const RunAtHand& run)
      : arguments_(arguments), run_(run) {}

  Result<engine::RunResult> run() {
    auto reporter = open_reporter(run_.folder, !arguments_.run.quiet);
    if (!reporter) return fail(reporter.error());
    auto revocations = open_revocations(arguments_);
    if (!revocations) return fail(revocations.error());
    auto host =
        cluster::make_host(run_.problem, run_.method, run_.options, host_options(run_, **reporter));
    if (!host) return fail(host.error());
    if (*revocations) (*host)->revoke((*revocations)->serials());
    auto reports = open_reports(**host);
    if (!reports) return fail(reports.error());
    auto server = rpc::RpcServer::start(**host, serve_options(arguments_));
    if (!server) return fail(server.error());
    announce((*server)->port());
    drive(**host, *revocations, **reporter);
    (*server)->shutdown(Clock::now() + farewell);
    server->reset();
    return (*host)->result();
  }

 private:
  /// Health and metrics, if they are wanted.
  Result<std::unique_ptr<monitoring::HttpReports>> open_reports(cluster::Host& host) const {
    if (arguments_.metrics.empty()) return nullptr;
    auto reports =
        monitoring::HttpReports::start(arguments_.metrics, [&host] { return host.standings(); });
    if (reports && !arguments_.run.quiet) {
      fmt::print("health and metrics on port {}\n", (*reports)->port());
    }
    return reports;
  }

  void announce(std::uint16_t port) const {
    if (arguments_.run.quiet) return;
    const std::string host = arguments_.listen.substr(0, arguments_.listen.rfind(':'));
    fmt::print(
        "serving {} on {}:{}{}; a worker: tailrace work {}:{} {}\n", run_.spec.name, host, port,
        arguments_.plaintext ? " in plain text" : "", host == "0.0.0.0" ? "HOST" : host, port,
        arguments_.plaintext ? std::string("--plaintext --workers 0")
                             : fmt::format("--certificate {}/worker-0", arguments_.certificates));
    std::fflush(stdout);
  }

  static void drive(cluster::Host& host, std::optional<security::RevocationFile>& revocations,
                    cluster::Reporter& reporter) {
    auto next_look = Clock::now();
    while (!host.over()) {
      host.wait(host.tick());
      if (!revocations || Clock::now() < next_look) continue;
      next_look = Clock::now() + look_at_revocations_every;
      const Result<bool> changed = revocations->changed();
      if (changed && *changed) host.revoke(revocations->serials());
      if (changed) continue;
      reporter.note({.level = cluster::Level::error,
                     .name = "revocations-unreadable",
                     .text = to_string(changed.error())});
    }
  }

  const ServeArguments& arguments_;
  const RunAtHand& run_;
};

int serve_run(const ServeArguments& arguments) {
  if (arguments.plaintext == !arguments.certificates.empty()) {
    return print_errors(
        {{.code = "cli/usage",
          .what = arguments.plaintext ? "--plaintext and --certificates exclude each other"
                                      : "a server needs certificates",
          .where = "tailrace serve",
          .fix = "tailrace certs certs --workers 16, then --certificates certs; for "
                 "a trial on this machine alone: --plaintext"}});
  }
  // Before anything is begun.
  if (Status checked = rpc::check_serving(serve_options(arguments)); !checked) {
    return print_errors(checked.error());
  }
  RunArguments run = arguments.run;
  run.engine = "grpc";
  return run_experiment(
      run, [&](const RunAtHand& at_hand) { return Service(arguments, at_hand).run(); });
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<ServeArguments>();
  CLI::App* serve = app.add_subcommand("serve", "serve one run to workers that connect");
  add_run_options(*serve, arguments->run);
  add_choice_options(*serve, arguments->run);
  add_data_option(*serve, arguments->data);
  serve->add_option("--listen", arguments->listen, "where workers connect (127.0.0.1:7000)")
      ->type_name("HOST:PORT");
  serve
      ->add_option("--certificates", arguments->certificates,
                   "folder with server.pem, server.key and authority.pem (see tailrace certs)")
      ->type_name("DIR");
  serve
      ->add_option("--revoked", arguments->revoked,
                   "lists of revoked certificates, read again when they change (DIR/revoked.pem)")
      ->type_name("FILE");
  serve->add_flag("--plaintext", arguments->plaintext,
                  "neither encryption nor identities: for trials on this machine");
  serve->add_option("--metrics", arguments->metrics, "serve /healthz, /readyz and /metrics there")
      ->type_name("HOST:PORT");
  serve->callback([&exit, arguments, serve] {
    finish_run_arguments(*serve, arguments->run);
    exit = with_data(arguments->data, [&] { return serve_run(*arguments); });
  });
}

}  // namespace tailrace::cli
