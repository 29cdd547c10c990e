#include "tailrace/mpi/world.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/mpi/pause.hpp"

namespace tailrace::mpi {
namespace {

using Clock = std::chrono::steady_clock;

/// Beside the messages: signs of life and the end.
enum class Control : int {
  pulse = 1,
  leaving = 2,
  dismissed = 3,
  dismissed_at_once = 4,  ///< without MPI_Finalize
  serves_no_more = 5,
};

static_assert(sizeof(MPI_Request) <= sizeof(std::uintptr_t));

std::uintptr_t pack_request(MPI_Request request) {
  std::uintptr_t packed = 0;
  std::memcpy(&packed, &request, sizeof(MPI_Request));
  return packed;
}

MPI_Request unpack_request(std::uintptr_t packed) {
  MPI_Request request{};
  std::memcpy(&request, &packed, sizeof(MPI_Request));
  return request;
}

Error failure(std::string_view call, int code) {
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, text, &length);
  return {.code = "mpi/failed",
          .what = fmt::format("{}: {}", call, std::string_view(text, length)),
          .fix = "see what MPI says above; `mpirun --version` must be the one it was built with"};
}

/// Ends the program where it stands: nothing that a rank holds is worth waiting for a dead one.
[[noreturn]] void end_program(int status) {
  std::fflush(nullptr);
  std::_Exit(status);
}

/// Whether mpirun was told to let survivors go on (--enable-recovery). It then takes a rank's plain
/// end for granted, and MPI_Abort ends nobody else; otherwise both are the other way round.
bool survivors_go_on() {
  const char* told = std::getenv("OMPI_MCA_orte_enable_recovery");
  return told != nullptr && std::string_view(told) != "0";
}

std::string names_of_missing(const std::vector<bool>& leaving) {
  std::string names;
  for (std::size_t rank = 1; rank < leaving.size(); ++rank) {
    if (!leaving[rank]) names += fmt::format("{}{}", names.empty() ? "" : ", ", rank);
  }
  return names;
}

}  // namespace

struct World::Job {
  WorldOptions options;
  MPI_Comm messages = MPI_COMM_NULL;
  MPI_Comm control = MPI_COMM_NULL;
  int rank = 0;
  int size = 0;
  bool initialized_here = false;
  bool left = false;

  std::mutex calls;  ///< of MPI

  /// Rank 0: the thread that shows it is alive.
  std::thread pulse;
  std::mutex pulse_lock;
  std::condition_variable pulse_wake;
  bool pulse_ends = false;
  std::vector<MPI_Request> pulses;
  std::vector<MPI_Request> last_words;  ///< serves_no_more

  /// The others, under `calls`: when rank 0 was heard of last, and what was seen of it since.
  Clock::time_point heard = Clock::now();
  Clock::time_point looked = Clock::now();
  int looks_in_vain = 0;
  bool silent = false;
  bool server_left = false;

  void note_heard() {
    heard = Clock::now();
    looks_in_vain = 0;
  }

  bool send_control(int to, Control what, MPI_Request& request) const {
    return MPI_Isend(nullptr, 0, MPI_BYTE, to, static_cast<int>(what), control, &request) ==
           MPI_SUCCESS;
  }

  /// Takes one control message of this kind; its source, or -1 if there is none.
  int take_control(Control what) const {
    int there = 0;
    MPI_Status status{};
    if (MPI_Iprobe(MPI_ANY_SOURCE, static_cast<int>(what), control, &there, &status) !=
            MPI_SUCCESS ||
        there == 0) {
      return -1;
    }
    MPI_Recv(nullptr, 0, MPI_BYTE, status.MPI_SOURCE, static_cast<int>(what), control,
             MPI_STATUS_IGNORE);
    return status.MPI_SOURCE;
  }

  /// Tells those ranks to end, and waits for a moment until it has left.
  void dismiss(const std::vector<bool>& ranks, Control how) {
    std::vector<MPI_Request> requests;
    const std::lock_guard lock(calls);
    for (int to = 0; to < size; ++to) {
      if (ranks[to]) send_control(to, how, requests.emplace_back(MPI_REQUEST_NULL));
    }
    const auto until = Clock::now() + std::chrono::seconds(1);
    int done = 0;
    while (done == 0 && Clock::now() < until) {
      MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE);
    }
  }

  void send_pulses() {
    const std::lock_guard lock(calls);
    for (int to = 0; to < size; ++to) {
      if (to == World::server) continue;
      int done = 1;
      if (pulses[to] != MPI_REQUEST_NULL) MPI_Test(&pulses[to], &done, MPI_STATUS_IGNORE);
      if (done != 0) send_control(to, Control::pulse, pulses[to]);
    }
  }

  /// Who is still coming, or waits for an answer, need not.
  void say_last_words() {
    const std::lock_guard lock(calls);
    last_words.assign(static_cast<std::size_t>(size), MPI_REQUEST_NULL);
    for (int to = 0; to < size; ++to) {
      if (to != World::server) send_control(to, Control::serves_no_more, last_words[to]);
    }
  }

  void start_pulse() {
    pulses.assign(static_cast<std::size_t>(size), MPI_REQUEST_NULL);
    pulse = std::thread([this] {
      std::unique_lock lock(pulse_lock);
      while (!pulse_ends) {
        lock.unlock();
        send_pulses();
        lock.lock();
        pulse_wake.wait_for(lock, options.pulse, [this] { return pulse_ends; });
      }
    });
  }

  void stop_pulse() {
    if (!pulse.joinable()) return;
    {
      const std::lock_guard lock(pulse_lock);
      pulse_ends = true;
    }
    pulse_wake.notify_all();
    pulse.join();
  }
};

World::World(std::unique_ptr<Job> job) : job_(std::move(job)) {}

World::~World() {
  if (!job_->left) static_cast<void>(leave(EXIT_FAILURE));
}

int World::rank() const { return job_->rank; }
int World::size() const { return job_->size; }

Result<std::unique_ptr<World>> World::enter(const WorldOptions& options) {
  auto job = std::make_unique<Job>();
  job->options = options;
  int initialized = 0;
  int provided = 0;
  MPI_Initialized(&initialized);
  if (initialized == 0) {
    const int code = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
    if (code != MPI_SUCCESS) return fail(failure("MPI_Init_thread", code));
    job->initialized_here = true;
  } else {
    MPI_Query_thread(&provided);
  }
  const auto give_up = [&](Error error) {
    if (job->initialized_here) MPI_Finalize();
    return fail(std::move(error));
  };
  MPI_Comm_size(MPI_COMM_WORLD, &job->size);
  MPI_Comm_rank(MPI_COMM_WORLD, &job->rank);
  if (job->size < 2) {
    return give_up(
        {.code = "mpi/alone",
         .what = "this MPI job has one rank, and one serves while the others compute",
         .fix = "start it with `mpirun -n 9 ...` for eight workers, or `srun -n 9 ...`"});
  }
  if (provided < MPI_THREAD_SERIALIZED) {
    return give_up({.code = "mpi/threads",
                    .what = "this MPI takes calls from one thread only",
                    .fix = "use one that offers MPI_THREAD_SERIALIZED, such as Open MPI or MPICH"});
  }
  for (MPI_Comm* made : {&job->messages, &job->control}) {
    const int code = MPI_Comm_dup(MPI_COMM_WORLD, made);
    if (code != MPI_SUCCESS) return give_up(failure("MPI_Comm_dup", code));
    MPI_Comm_set_errhandler(*made, MPI_ERRORS_RETURN);
  }
  if (job->rank == server) job->start_pulse();
  return std::unique_ptr<World>(new World(std::move(job)));
}

Result<std::optional<World::Envelope>> World::probe(int source) {
  const std::lock_guard lock(job_->calls);
  int there = 0;
  MPI_Status status{};
  int code = MPI_Iprobe(source == any_rank ? MPI_ANY_SOURCE : source, MPI_ANY_TAG, job_->messages,
                        &there, &status);
  if (code != MPI_SUCCESS) return fail(failure("MPI_Iprobe", code));
  if (there == 0) return std::nullopt;
  int bytes = 0;
  code = MPI_Get_count(&status, MPI_BYTE, &bytes);
  if (code != MPI_SUCCESS) return fail(failure("MPI_Get_count", code));
  if (job_->rank != server) job_->note_heard();
  return Envelope{.source = status.MPI_SOURCE,
                  .kind = static_cast<Kind>(status.MPI_TAG),
                  .bytes = static_cast<std::size_t>(bytes)};
}

Result<World::Transfer> World::start_receive(int source, Kind kind, std::span<std::byte> out) {
  TAILRACE_CHECK(out.size() <= std::numeric_limits<int>::max());
  const std::lock_guard lock(job_->calls);
  MPI_Request request = MPI_REQUEST_NULL;
  const int code = MPI_Irecv(out.data(), static_cast<int>(out.size()), MPI_BYTE, source,
                             static_cast<int>(kind), job_->messages, &request);
  if (code != MPI_SUCCESS) return fail(failure("MPI_Irecv", code));
  Transfer transfer;
  transfer.request_ = pack_request(request);
  return transfer;
}

Result<World::Transfer> World::start_send(int to, Kind kind, std::span<const std::byte> bytes) {
  TAILRACE_CHECK(bytes.size() <= std::numeric_limits<int>::max());
  const std::lock_guard lock(job_->calls);
  MPI_Request request = MPI_REQUEST_NULL;
  const int code = MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to,
                             static_cast<int>(kind), job_->messages, &request);
  if (code != MPI_SUCCESS) return fail(failure("MPI_Isend", code));
  Transfer transfer;
  transfer.request_ = pack_request(request);
  return transfer;
}

Result<bool> World::done(Transfer& transfer) {
  const std::lock_guard lock(job_->calls);
  MPI_Request request = unpack_request(transfer.request_);
  int done = 0;
  const int code = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
  transfer.request_ = pack_request(request);
  if (code != MPI_SUCCESS) return fail(failure("MPI_Test", code));
  return done != 0;
}

void World::keep(std::shared_ptr<void> belongings) {
  const std::lock_guard lock(job_->calls);
  static auto* const kept = new std::vector<std::shared_ptr<void>>;  // until the program has ended
  kept->push_back(std::move(belongings));
}

bool World::server_silent() {
  // Often asked; a look at the pulses now and then suffices.
  const auto now = Clock::now();
  const std::lock_guard lock(job_->calls);
  if (now - job_->looked < job_->options.pulse / 4) return job_->silent;
  job_->looked = now;
  ++job_->looks_in_vain;
  while (job_->take_control(Control::pulse) >= 0) job_->note_heard();
  if (job_->take_control(Control::serves_no_more) >= 0) job_->server_left = true;
  // Several looks: who was stopped for so long itself has messages waiting, not all in sight at
  // once.
  job_->silent = job_->looks_in_vain > 4 && now - job_->heard > job_->options.silence;
  return job_->silent;
}

bool World::server_left() {
  static_cast<void>(server_silent());  // looks at what rank 0 says of itself
  const std::lock_guard lock(job_->calls);
  return job_->server_left;
}

int World::leave(int status) {
  TAILRACE_CHECK(!job_->left);
  job_->left = true;
  if (job_->rank == server) {
    dismiss_workers(status);
  } else {
    wait_for_dismissal(status);
  }
  if (job_->initialized_here) MPI_Finalize();
  return status;
}

void World::dismiss_workers(int status) {
  job_->say_last_words();
  std::vector<bool> leaving(static_cast<std::size_t>(job_->size));
  int missing = job_->size - 1;
  const auto until = Clock::now() + job_->options.patience;
  Pause pause;
  while (missing > 0 && Clock::now() < until) {
    int source = -1;
    {
      const std::lock_guard lock(job_->calls);
      source = job_->take_control(Control::leaving);
    }
    if (source < 0) {
      pause.wait(until);
      continue;
    }
    leaving[source] = true;
    --missing;
  }
  job_->stop_pulse();
  if (missing == 0) {
    job_->dismiss(leaving, Control::dismissed);
    return;
  }
  fmt::print(stderr, "the run is over, but rank {} did not end\n", names_of_missing(leaving));
  // MPI_Finalize would wait for ever for a rank that hangs.
  if (!survivors_go_on()) MPI_Abort(MPI_COMM_WORLD, status);
  job_->dismiss(leaving, Control::dismissed_at_once);
  end_program(status);
}

void World::wait_for_dismissal(int status) {
  MPI_Request request = MPI_REQUEST_NULL;
  {
    const std::lock_guard lock(job_->calls);
    job_->send_control(server, Control::leaving, request);
  }
  Pause pause;
  while (true) {
    if (server_silent()) end_program(status == 0 ? EXIT_FAILURE : status);
    {
      const std::lock_guard lock(job_->calls);
      if (job_->take_control(Control::dismissed) >= 0) return;
      if (job_->take_control(Control::dismissed_at_once) >= 0) end_program(status);
    }
    pause.wait(Clock::time_point::max());
  }
}

void World::abort(const Errors& errors) {
  fmt::print(stderr, "{}\n", to_string(errors));
  std::fflush(nullptr);
  const std::lock_guard lock(job_->calls);
  MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  end_program(EXIT_FAILURE);
}

}  // namespace tailrace::mpi
