#include "tailrace/cluster/work.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/guarded.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs.hpp"
#include "cli/run_options.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/rpc/connect.hpp"
#include "tailrace/security/peer.hpp"

namespace tailrace::cli {
namespace {

using namespace std::chrono_literals;
using cluster::Client;

/// What the user typed after `work`.
struct WorkArguments {
  std::string server;       ///< "host:port"
  std::string data;         ///< look for data there first
  std::string certificate;  ///< "certs/worker-3"
  std::string authority;    ///< empty: beside the certificate
  bool plaintext = false;
  std::string workers;  ///< "3" or "0-7"; empty: whom the certificate speaks for
  std::string give_up = "60s";
  std::uint32_t sessions = 1;  ///< each with its share of the workers
  bool quiet = false;
};

/// "3", "0-7": whose jobs to compute.
Result<std::vector<WorkerId>> parse_workers(const std::string& text) {
  std::vector<WorkerId> workers;
  if (text.empty()) return workers;
  WorkerId first = 0;
  const char* const end = text.data() + text.size();
  std::from_chars_result read = std::from_chars(text.data(), end, first);
  WorkerId last = first;
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') {
    read = std::from_chars(read.ptr + 1, end, last);
  }
  constexpr WorkerId most = 1'000'000;
  if (read.ec != std::errc() || read.ptr != end || last < first || last >= most) {
    return fail({.code = "cli/usage",
                 .what = fmt::format("\"{}\" is neither a worker nor a range of them", text),
                 .where = "--workers " + text,
                 .fix = "write 3 for one, or 0-7 for several"});
  }
  for (WorkerId worker = first; worker <= last; ++worker) workers.push_back(worker);
  return workers;
}

/// Connects with some of the workers.
Result<std::unique_ptr<Client>> connect(const WorkArguments& arguments,
                                        std::vector<WorkerId> workers) {
  const std::optional<Time> give_up = parse_time(arguments.give_up);
  if (!give_up) {
    return fail({.code = "cli/usage",
                 .what = fmt::format("\"{}\" is not a duration", arguments.give_up),
                 .where = "--give-up",
                 .fix = "write 60s or 10min"});
  }
  const bool quiet = arguments.quiet;
  return rpc::connect(arguments.server,
                      {.certificates = arguments.certificate,
                       .authority = arguments.authority,
                       .plaintext = arguments.plaintext,
                       .client = {.program = "tailrace " TAILRACE_VERSION,
                                  .workers = std::move(workers),
                                  .give_up = std::chrono::milliseconds(give_up->ns / 1'000'000),
                                  .say = [quiet](const std::string& text) {
                                    if (!quiet) tell(text + '\n');
                                  }}});
}

/// Everybody's share: sessions take workers in turn.
std::vector<std::vector<WorkerId>> shares_of(const std::vector<WorkerId>& workers,
                                             std::size_t sessions) {
  std::vector<std::vector<WorkerId>> shares(std::max<std::size_t>(1, sessions));
  for (std::size_t i = 0; i < workers.size(); ++i) {
    shares[i % shares.size()].push_back(workers[i]);
  }
  return shares;
}

/// A line every now and then, and the sum of what all sessions did.
class Tally {
 public:
  explicit Tally(bool quiet) : quiet_(quiet) {}

  void add(const cluster::Work& before, const cluster::Work& now) {
    const std::lock_guard lock(mutex_);
    total_.applied += now.applied - before.applied;
    total_.refused += now.refused - before.refused;
    total_.seconds += now.seconds - before.seconds;
    if (quiet_ || std::chrono::steady_clock::now() < next_) return;
    next_ = std::chrono::steady_clock::now() + 10s;
    tell();
  }
  void tell() const {
    cli::tell(fmt::format("{} updates applied, {} not; {:.1f} s computed\n", total_.applied,
                          total_.refused, total_.seconds));
  }

 private:
  bool quiet_;
  std::mutex mutex_;
  cluster::Work total_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + 10s;
};

/// Computes jobs in one session.
Status work_in_session(Client& client, const spec::Prepared& prepared, Tally& tally) {
  cluster::Work before;
  const auto done = guarded("a job", [&] {
    return cluster::work(client, *prepared.problems.front(),
                         prepared.experiment.methods.front().method(),
                         [&](const cluster::Work& now) {
                           tally.add(before, now);
                           before = now;
                         });
  });
  if (!done) return fail(done.error());
  return {};
}

/// Tells the sessions to leave when the user wants to.
class Leaver {
 public:
  explicit Leaver(const std::vector<std::unique_ptr<Client>>& clients)
      : thread_([this, &clients] {
          while (!over_) {
            if (interrupt_flag()) {
              for (const auto& client : clients) client->leave();
              return;
            }
            std::this_thread::sleep_for(50ms);
          }
        }) {}
  ~Leaver() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

Status work_in_all(const std::vector<std::unique_ptr<Client>>& clients,
                   const spec::Prepared& prepared, Tally& tally) {
  const Leaver leaver(clients);
  std::vector<Status> ends(clients.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] { ends[i] = work_in_session(*clients[i], prepared, tally); });
  }
  for (std::thread& thread : threads) thread.join();
  for (Status& end : ends) {
    if (!end) return std::move(end);
  }
  return {};
}

int work_for_server(const WorkArguments& arguments) {
  if (arguments.plaintext == !arguments.certificate.empty()) {
    return print_errors(
        {{.code = "cli/usage",
          .what = arguments.plaintext ? "--plaintext and --certificate exclude each other"
                                      : "a worker needs a certificate",
          .where = "tailrace work",
          .fix = "--certificate certs/worker-0 (see tailrace certs); for a trial on "
                 "this machine alone: --plaintext"}});
  }
  Result<std::vector<WorkerId>> workers = parse_workers(arguments.workers);
  if (!workers) return print_errors(workers.error());
  if (workers->empty() && !arguments.certificate.empty()) {
    const auto named = security::read_certificate_file(arguments.certificate + ".pem");
    if (!named) return print_errors(named.error());
    workers = named->workers;
  }
  catch_interrupts();
  const std::size_t sessions =
      std::min<std::size_t>(arguments.sessions, std::max<std::size_t>(1, workers->size()));
  std::vector<std::unique_ptr<Client>> clients;
  for (std::vector<WorkerId>& share : shares_of(*workers, sessions)) {
    auto client = connect(arguments, std::move(share));
    if (!client) return print_errors(client.error());
    clients.push_back(std::move(*client));
  }
  const cluster::Welcome welcome = clients.front()->welcome();
  if (welcome.experiment.empty()) {
    fmt::print("the run is over\n");
    return Exit::fine;
  }
  const Result<spec::Prepared> prepared =
      guarded("the server's experiment", [&] { return prepare_for(welcome); });
  if (!prepared) return print_errors(prepared.error());
  if (!arguments.quiet) {
    tell(fmt::format("{}: {}\n", welcome.method, prepared->problems.front()->describe()));
  }
  Tally tally(arguments.quiet);
  const Status done = work_in_all(clients, *prepared, tally);
  if (!arguments.quiet) tally.tell();
  if (!done) return print_errors(done.error());
  return Exit::fine;
}

}  // namespace

void add_work_command(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<WorkArguments>();
  CLI::App* work = app.add_subcommand("work", "compute jobs of a server");
  work->add_option("server", arguments->server, "HOST:PORT of tailrace serve")->required();
  work->add_option("--certificate", arguments->certificate,
                   "certs/worker-3 for worker-3.pem, worker-3.key and authority.pem beside them")
      ->type_name("BASE");
  work->add_option("--authority", arguments->authority, "who vouches for the server")
      ->type_name("FILE");
  work->add_flag("--plaintext", arguments->plaintext,
                 "neither encryption nor identities: for trials on this machine");
  work->add_option("--workers", arguments->workers,
                   "whose jobs to compute (whom the certificate speaks for)")
      ->type_name("N|A-B");
  work->add_option("--threads", arguments->sessions,
                   "jobs computed at the same time, of several workers (1)")
      ->check(check_count);
  work->add_option("--give-up", arguments->give_up, "end after so long without a server (60s)")
      ->type_name("TIME");
  add_data_option(*work, arguments->data);
  work->add_flag("--quiet", arguments->quiet, "say nothing but errors");
  work->callback([&exit, arguments] {
    exit = with_data(arguments->data, [&] { return work_for_server(*arguments); });
  });
}

}  // namespace tailrace::cli
