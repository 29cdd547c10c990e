#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tailrace::faults {

using namespace std::chrono_literals;

/// Nothing is waited for longer; what takes so long will not come.
inline constexpr std::chrono::seconds patience{120};

/// Asks again and again until it is true; false if it does not become so.
[[nodiscard]] bool eventually(const std::function<bool()>& true_at_last,
                              std::chrono::milliseconds within = patience);

/// A program to be started.
struct Start {
  std::vector<std::string> command;
  std::string output;                          ///< file for what it prints
  std::vector<std::string> environment = {};   ///< "NAME=value", beside what is there
  std::optional<std::uint64_t> file_max = {};  ///< no file may grow larger [bytes]
};

/// A process of its own, which dies with the test.
class Process {
 public:
  explicit Process(const Start& start);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  void signal(int number) const;
  /// SIGKILL; returns when it is gone.
  void kill();
  [[nodiscard]] bool running();
  /// Waits for its end: its exit status, or minus the signal that killed it; nothing if it goes on.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds within = patience);
  /// Waits until it has printed a text; false if it ends without it.
  [[nodiscard]] bool prints(const std::string& text);
  [[nodiscard]] std::string output() const;
  /// Memory that it has in use [bytes].
  [[nodiscard]] std::uint64_t resident() const;
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  std::string output_;
  std::optional<int> ended_;
};

/// Runs a program to its end.
struct Ended {
  int exit = -1;
  std::string output;
};
[[nodiscard]] Ended run(const std::vector<std::string>& command);

}  // namespace tailrace::faults
