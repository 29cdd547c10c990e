#include "tests/faults/cluster.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>

#include "tailrace/core/check.hpp"

namespace tailrace::faults {
namespace {

namespace fs = std::filesystem;
using engine::testing::read_text;

std::string experiment_of(const Training& training) {
  return fmt::format(R"(title = "faults"
[problem]
kind = "quadratic"
spectrum = {{ kind = "spread", dimension = {} }}
noise = {{ kind = "gaussian", scale = 0.01 }}
[workers]
count = {}
[cluster]
lease = "1s"
keep_checkpoints = 3
{}
[run]
seeds = [{}]
stop = {{ steps = {}{} }}
checkpoint_every = "0.2s"
{}
{})",
                     training.dimension, training.workers, training.cluster, Cluster::seed,
                     training.steps, training.stop, training.run, training.method);
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::uint64_t size_of(const std::string& path) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

}  // namespace

std::uint16_t free_port() {
  constexpr int first = 12'000;
  constexpr int count = 20'000;
  static int next = static_cast<int>(::getpid());
  for (int attempt = 0; attempt < count; ++attempt) {
    const auto port = static_cast<std::uint16_t>(first + (next += 7) % count);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool free =
        ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(listener);
    if (free) return port;
  }
  TAILRACE_CHECK(false);
  return 0;
}

Cluster::Cluster(const Training& training) : training_(training), port_(free_port()) {
  std::ofstream(beside("experiment.toml")) << experiment_of(training);
}

std::string Cluster::file(const std::string& name) const {
  return fmt::format("{}/method/seed-{}/{}", folder(), seed, name);
}

std::string Cluster::output_of_server(int start) const {
  return beside(fmt::format("server-{}.txt", start));
}

std::string Cluster::server_output() const {
  std::string all;
  for (int start = 1; start <= starts_; ++start) all += read_text(output_of_server(start));
  return all;
}

void Cluster::serve() {
  server_.reset();
  std::vector<std::string> command = ways.server_before;
  append(command, {TAILRACE_PROGRAM, "serve", "--listen", fmt::format("{}:{}", ways.host, port_)});
  if (ways.certificates.empty()) {
    append(command, {"--plaintext"});
  } else {
    append(command, {"--certificates", ways.certificates});
  }
  if (fs::exists(folder() + "/experiment.toml")) {
    append(command, {"--resume", folder()});
  } else {
    append(command, {beside("experiment.toml"), "--out", folder(), "--overwrite"});
  }
  server_.emplace(Start{.command = command,
                        .output = output_of_server(++starts_),
                        .environment = ways.environment,
                        .file_max = ways.file_max});
}

bool Cluster::serves() {
  serve();
  return server_->prints("serving ");
}

void Cluster::work(WorkerId worker) {
  std::vector<std::string> command = ways.worker_before;
  const std::uint16_t port = ways.workers_port != 0 ? ways.workers_port : port_;
  append(command, {TAILRACE_PROGRAM, "work", fmt::format("{}:{}", ways.host, port), "--give-up",
                   ways.give_up});
  if (ways.certificates.empty()) {
    append(command, {"--plaintext", "--workers", fmt::to_string(worker)});
  } else {
    append(command, {"--certificate", fmt::format("{}/worker-{}", ways.certificates, worker)});
  }
  workers_.erase(worker);
  workers_.emplace(
      worker,
      Start{.command = command,
            .output = beside(fmt::format("worker-{}-{}.txt", worker, ++worker_starts_[worker])),
            .environment = ways.environment});
}

void Cluster::work_all() {
  for (WorkerId worker = 0; worker < workers(); ++worker) work(worker);
}

bool Cluster::finishes() { return server_->wait() == 0 && fs::exists(file("result.json")); }

namespace {

/// What a server said last of where it stopped.
std::optional<std::uint64_t> steps_when_interrupted(const std::string& output) {
  constexpr std::string_view words = "interrupted: ";
  const std::size_t at = output.rfind(words);
  if (at == std::string::npos) return std::nullopt;
  return std::strtoull(output.c_str() + at + words.size(), nullptr, 10);
}

}  // namespace

bool Cluster::goes_on_for(std::uint64_t steps) {
  server_->signal(SIGTERM);
  if (!server_->wait()) return false;
  const std::optional<std::uint64_t> so_far = steps_when_interrupted(server_output());
  if (!so_far) return false;
  // When a run ends is not part of what it is.
  const std::string path = folder() + "/experiment.toml";
  const std::string text = read_text(path);
  std::ofstream(path) << std::regex_replace(text, std::regex("stop = \\{ steps = [0-9]+"),
                                            fmt::format("stop = {{ steps = {}", *so_far + steps));
  return serves();
}

bool Cluster::gets_on(std::uint64_t bytes) {
  const std::uint64_t before = size_of(file("run.log"));
  return eventually([&] { return size_of(file("run.log")) >= before + bytes; });
}

}  // namespace tailrace::faults
