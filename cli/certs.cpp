#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "tailrace/security/authority.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;
using security::Authority;
using security::Certificate;
using security::WorkerRange;

/// What the user typed after `certs`.
struct CertsArguments {
  std::string folder;
  std::uint32_t workers = 0;
  std::vector<std::string> names;  ///< "worker-3", "workers-0-7"
  std::vector<std::string> hosts;
  int days = 365;
  std::vector<std::string> revoked;
};

/// The workers to make certificates for, or an error for each name that is none of a worker.
Result<std::vector<WorkerRange>> workers_of(const CertsArguments& arguments) {
  std::vector<WorkerRange> workers;
  for (WorkerId worker = 0; worker < arguments.workers; ++worker) {
    workers.push_back({.first = worker, .last = worker});
  }
  Errors errors;
  for (const std::string& name : arguments.names) {
    const std::optional<WorkerRange> range = security::parse_worker_name(name);
    if (range) workers.push_back(*range);
    if (range) continue;
    errors.push_back({.code = "cli/usage",
                      .what = fmt::format("\"{}\" is not a worker's name", name),
                      .where = "--worker " + name,
                      .fix = "write worker-3 for one, or workers-0-7 for several"});
  }
  if (!errors.empty()) return fail(std::move(errors));
  return workers;
}

/// A new authority, or the one that is there.
Result<Authority> authority_in(const std::string& folder) {
  const bool is_there = fs::exists(security::CertificateFiles{folder}.authority());
  return is_there ? Authority::open(folder) : Authority::make(folder);
}

/// Refuses to keep a server's certificate that lacks a host that was asked for.
Status check_hosts(const Certificate& certificate, const std::vector<std::string>& hosts,
                   const security::CertificateFiles& files) {
  for (const std::string& host : hosts) {
    if (std::ranges::find(certificate.hosts, host) != certificate.hosts.end()) continue;
    return fail(
        {.code = "security/exists",
         .what = fmt::format("the server's certificate is there already, without \"{}\"", host),
         .where = files.certificate("server"),
         .fix = fmt::format("to make another, delete {} and {}", files.certificate("server"),
                            files.key("server"))});
  }
  return {};
}

/// One line of the list of certificates.
void print_line(const Certificate& certificate, bool is_new) {
  const std::string until = security::date_text(certificate.until);
  const bool is_over = certificate.left() <= std::chrono::seconds(0);
  fmt::print(
      "  {:<14} {}{}{}\n", certificate.name,
      is_over ? "expired on " + until + ": delete it and its key, and run this again"
              : "until " + until,
      certificate.hosts.empty() ? "" : fmt::format(", as {}", fmt::join(certificate.hosts, ", ")),
      is_new ? "" : " (it was here)");
}

/// Makes a certificate unless there is one, and prints a line about it.
///
///   issue  () -> Result<Certificate>
template <class Issue>
Result<Certificate> make_unless_there(const Authority& authority, const std::string& name,
                                      Issue issue) {
  const bool is_there = fs::exists(authority.files().certificate(name));
  Result<Certificate> certificate =
      is_there ? security::read_certificate_file(authority.files().certificate(name)) : issue();
  if (certificate) print_line(*certificate, !is_there);
  return certificate;
}

void print_what_goes_where(const std::string& folder, const std::vector<WorkerRange>& workers) {
  const std::string in = shell_word(folder);
  const std::string worker = workers.empty() ? "worker-3" : security::worker_name(workers.front());
  fmt::print(
      "\ncopy, over a connection that you trust\n"
      "  to the server        authority.pem server.pem server.key revoked.pem\n"
      "  to a worker          authority.pem {0}.pem {0}.key\n"
      "  nowhere              authority.key: who has it can speak for anybody\n"
      "\nthen\n"
      "  tailrace serve FILE --listen 0.0.0.0:7000 --certificates {1}\n"
      "  tailrace work SERVER:7000 --certificate {2}\n"
      "  tailrace certs {1} --revoke {0}   and revoked.pem to the server, which need not stop\n"
      "\nan authority of your own does as well: files of the same names in PEM, keys without a\n"
      "password; the server's with its host names, a worker's with the common name {0}, or\n"
      "workers-0-7 for several\n",
      worker, in, shell_word((fs::path(folder) / worker).string()));
}

Status make_certificates(const CertsArguments& arguments) {
  const Result<std::vector<WorkerRange>> workers = workers_of(arguments);
  if (!workers) return fail(workers.error());
  const Result<Authority> authority = authority_in(arguments.folder);
  if (!authority) return fail(authority.error());
  const security::Validity validity{.days = arguments.days};
  fmt::print("{}\n  {:<14} until {}\n", arguments.folder, "authority",
             security::date_text(authority->certificate().until));
  const bool had_server = fs::exists(authority->files().certificate("server"));
  const Result<Certificate> server = make_unless_there(
      *authority, "server", [&] { return authority->issue_server(arguments.hosts, validity); });
  if (!server) return fail(server.error());
  if (had_server) {
    const Status named = check_hosts(*server, arguments.hosts, authority->files());
    if (!named) return named;
  }
  for (const WorkerRange& worker : *workers) {
    const Result<Certificate> made =
        make_unless_there(*authority, security::worker_name(worker),
                          [&] { return authority->issue_worker(worker, validity); });
    if (!made) return fail(made.error());
  }
  print_what_goes_where(arguments.folder, *workers);
  return {};
}

Status revoke_certificates(const CertsArguments& arguments) {
  const Result<Authority> authority = Authority::open(arguments.folder);
  if (!authority) return fail(authority.error());
  for (const std::string& what : arguments.revoked) {
    const Result<Authority::Revoked> revoked = authority->revoke(what);
    if (!revoked) return fail(revoked.error());
    fmt::print("{} {} revoked (serial number {})\n", what,
               revoked->was_before ? "was already" : "is", revoked->serial);
  }
  fmt::print(
      "\ncopy {} to the server, which looks at it while it runs; a new certificate is made by\n"
      "tailrace certs once the old one and its key are deleted\n",
      authority->files().revoked());
  return {};
}

int certs(const CertsArguments& arguments) {
  const Status done =
      arguments.revoked.empty() ? make_certificates(arguments) : revoke_certificates(arguments);
  return done ? int{Exit::fine} : int{print_errors(done.error())};
}

}  // namespace

void add_certs_command(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<CertsArguments>();
  CLI::App* command =
      app.add_subcommand("certs", "make certificates for a server and its workers, or revoke some");
  command->add_option("folder", arguments->folder, "where they are, or will be")->required();
  CLI::Option* workers =
      command->add_option("--workers", arguments->workers, "one for each of so many workers")
          ->type_name("N")
          ->check(CLI::Range(1, 10'000));
  CLI::Option* names = command
                           ->add_option("--worker", arguments->names,
                                        "one more, such as worker-9, or workers-0-7 for several")
                           ->type_name("NAME")
                           ->allow_extra_args(false);
  CLI::Option* hosts = command
                           ->add_option("--host", arguments->hosts,
                                        "name or address of the server (localhost is always one)")
                           ->type_name("NAME")
                           ->allow_extra_args(false);
  CLI::Option* days = command->add_option("--days", arguments->days, "valid for so long (365)")
                          ->type_name("D")
                          ->check(CLI::Range(1, 3650));
  command
      ->add_option("--revoke", arguments->revoked,
                   "no longer let in who has this certificate: its name or serial number")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->excludes(workers)
      ->excludes(names)
      ->excludes(hosts)
      ->excludes(days);
  command->callback([arguments, &exit] { exit = certs(*arguments); });
}

}  // namespace tailrace::cli
