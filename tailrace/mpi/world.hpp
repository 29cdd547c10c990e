#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tailrace/core/result.hpp"

/// Runs whose workers are the ranks of an MPI job: rank 0 serves, the others compute.
namespace tailrace::mpi {

/// What a message between ranks is.
enum class Kind : int {
  frame = 1,   ///< of the protocol, but a chunk
  head = 2,    ///< of a chunk: its header and the length of its body, which is the next message
  body = 3,    ///< the bytes of a chunk
  open = 4,    ///< a worker begins a session; its number follows
  opened = 5,  ///< the server's answer, the same number: what comes now belongs to that session
  close = 6,   ///< the session is over for the sender
};

struct WorldOptions {
  /// How often rank 0 shows the others that it is alive.
  std::chrono::milliseconds pulse{1'000};
  /// After so long without a sign of rank 0 the others take it for dead.
  std::chrono::milliseconds silence{30'000};
  /// How long rank 0 waits at the end for ranks that still compute.
  std::chrono::milliseconds patience{10'000};
};

/// The ranks of a job, and messages between them that never block. Every call takes one lock, so
/// that MPI_THREAD_SERIALIZED suffices.
///
/// A rank that dies raises no error: its messages do not come, and those to it may never be done.
/// Rank 0 learns of it by leases; the others learn of rank 0 by the pulse that its World sends them
/// on a thread of its own.
///
/// Errors  mpi/failed with MPI's own words.
class World {
 public:
  static constexpr int server = 0;
  static constexpr int any_rank = -1;

  /// A message that has arrived, at least its beginning.
  struct Envelope {
    int source = 0;
    Kind kind = Kind::frame;
    std::size_t bytes = 0;
  };

  /// A message under way. Its memory must stay where it is until it is done.
  class Transfer {
    friend class World;
    std::uintptr_t request_ = 0;
  };

  /// Joins the job; once in a program.
  ///
  /// Errors  mpi/alone: not started by mpirun, or with one rank; mpi/threads: an MPI whose calls
  /// may
  ///         come from one thread only.
  [[nodiscard]] static Result<std::unique_ptr<World>> enter(const WorldOptions& options = {});

  World(const World&) = delete;
  World& operator=(const World&) = delete;
  /// leave(), for failures that came before it.
  ~World();

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;

  /// Ends this rank's part, as the last thing before the program returns with the status it hands
  /// back. Rank 0 waits for the others, then lets them go. If some do not come, the program and
  /// those of the others end here: with --enable-recovery by themselves, so that the job ends when
  /// the last one has; else with MPI_Abort and this status. So does a rank whose server is dead.
  [[nodiscard]] int leave(int status);

  /// Ends the whole job at once.
  [[noreturn]] void abort(const Errors& errors);

  /// The next message of a rank, or of any; nothing if none is there.
  [[nodiscard]] Result<std::optional<Envelope>> probe(int source);
  [[nodiscard]] Result<Transfer> start_receive(int source, Kind kind, std::span<std::byte> out);
  [[nodiscard]] Result<Transfer> start_send(int to, Kind kind, std::span<const std::byte> bytes);
  [[nodiscard]] Result<bool> done(Transfer& transfer);

  /// Keeps what MPI may still read or write until the program has ended.
  void keep(std::shared_ptr<void> belongings);

  /// Whether rank 0 gives no sign of life any more.
  [[nodiscard]] bool server_silent();
  /// Whether rank 0 is in leave(): it serves no more, or never will.
  [[nodiscard]] bool server_left();

 private:
  struct Job;
  explicit World(std::unique_ptr<Job> job);

  void dismiss_workers(int status);
  void wait_for_dismissal(int status);

  std::unique_ptr<Job> job_;
};

}  // namespace tailrace::mpi
