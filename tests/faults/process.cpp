#include "tests/faults/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::faults {
namespace {

constexpr auto look_every = 5ms;

std::string slurp(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) all.emplace_back(*each);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

bool eventually(const std::function<bool()>& true_at_last, std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (!true_at_last()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(look_every);
  }
  return true;
}

Process::Process(const Start& start) : output_(start.output) {
  // Everything that needs memory is made before fork(): other threads may hold its locks.
  const std::vector<char*> arguments = pointers_to(start.command);
  const std::vector<std::string> variables = environment_with(start.environment);
  const std::vector<char*> environment = pointers_to(variables);
  const rlimit file_max{start.file_max.value_or(0), start.file_max.value_or(0)};
  id_ = ::fork();
  TAILRACE_CHECK(id_ >= 0);
  if (id_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  if (start.file_max) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &file_max);
  }
  ::execvpe(arguments.front(), arguments.data(), environment.data());
  ::_exit(127);
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      output_(std::move(other.output_)),
      ended_(std::move(other.ended_)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(output_, other.output_);
  std::swap(ended_, other.ended_);
  return *this;
}

Process::~Process() { kill(); }

void Process::signal(int number) const {
  if (id_ > 0 && !ended_) ::kill(id_, number);
}

void Process::kill() {
  if (id_ <= 0 || !running()) return;
  signal(SIGKILL);
  static_cast<void>(wait());
}

bool Process::running() { return id_ > 0 && !wait(0ms); }

std::optional<int> Process::wait(std::chrono::milliseconds within) {
  static_cast<void>(eventually(
      [this] {
        int status = 0;
        if (ended_ || ::waitpid(id_, &status, WNOHANG) != id_) return ended_.has_value();
        ended_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
        return true;
      },
      within));
  return ended_;
}

bool Process::prints(const std::string& text) {
  bool there = false;
  static_cast<void>(eventually([&] {
    const bool over = !running();  // asked first, so that its last words are read
    there = output().find(text) != std::string::npos;
    return there || over;
  }));
  return there;
}

std::string Process::output() const { return slurp(output_); }

std::uint64_t Process::resident() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Ended run(const std::vector<std::string>& command) {
  std::string name = "/tmp/tailrace-output-XXXXXX";
  const int file = ::mkstemp(name.data());
  TAILRACE_CHECK(file >= 0);
  ::close(file);
  Process process({.command = command, .output = name});
  Ended ended{.exit = process.wait().value_or(-1), .output = process.output()};
  ::unlink(name.c_str());
  return ended;
}

}  // namespace tailrace::faults
