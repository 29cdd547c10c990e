#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tailrace/cluster/host.hpp"
#include "tailrace/cluster/pinned_models.hpp"
#include "tailrace/cluster/roster.hpp"
#include "tailrace/cluster/training.hpp"

namespace tailrace::cluster {

/// Messages that carry less than this cost more than they bring: a session has so many of them to
/// its credit, some more with every job, and gets others back with time. Beats, and updates in
/// small pieces. [bytes]
inline constexpr std::size_t small_message_bytes = 1024;
inline constexpr double small_messages_max = 1000;

/// An update on its way in. Only the thread that receives for its session touches it.
struct Incoming {
  bool active = false;
  bool skipped = false;  ///< was answered already: its chunks are thrown away
  UpdateOffer offer;
  std::size_t received = 0;  ///< [bytes]
  std::unique_ptr<policy::Update> update;
  std::span<Real> values;          ///< the update's memory
  std::vector<std::byte> staging;  ///< of what is not packed as `real`
};

/// One session, from open() to closed().
struct Conversation {
  enum class Stage { greeting, working, over };

  Roster::SessionId id = 0;
  std::shared_ptr<Session> session;
  Identity identity;
  Incoming incoming;

  // What follows is guarded by the host's lock.
  Stage stage = Stage::greeting;
  Time heard;                          ///< anything, last
  Time given;                          ///< its job
  std::uint64_t given_bytes = 0;       ///< of the model that was sent for it
  Time not_before;                     ///< its next job, by the limit on updates
  std::optional<std::uint64_t> model;  ///< it was sent last
  Time moved;                          ///< its update on the way in, last
  Time waits_since;                    ///< for a buffer
  bool waits = false;                  ///< for a buffer: not its fault that nothing is heard
  bool again = false;                  ///< the message that comes next came before
  bool buffered = false;               ///< holds one of the buffers for updates
  double credit = 0;                   ///< small messages that it may send
  Time credited;                       ///< up to here
  bool keeps = false;                  ///< updates until they are durable
};

class HostImpl final : public Host, private Training::Orders {
 public:
  HostImpl(const problem::Problem& problem, const policy::Method& method,
           const engine::RunOptions& options, const HostOptions& host);

  [[nodiscard]] Status begin();

  SessionId open(std::shared_ptr<Session> session, Identity identity) override;
  [[nodiscard]] Receive receive(SessionId session, std::span<const std::byte> message) override;
  void closed(SessionId session, const std::string& why) override;
  std::chrono::steady_clock::time_point tick() override;
  void wait(std::chrono::steady_clock::time_point until) override;
  [[nodiscard]] bool over() const override { return ended_; }
  [[nodiscard]] Result<engine::RunResult> result() override;
  void revoke(const std::vector<std::string>& serials) override;
  [[nodiscard]] Standings standings() const override;

 private:
  using JobId = engine::Flight::Id;
  using Lock = std::unique_lock<std::mutex>;
  using Talk = std::shared_ptr<Conversation>;

  /// What is known of a job in flight beside what the flight knows.
  struct Open {
    Ticket ticket = 0;
    bool saved = false;                ///< in the last checkpoint
    bool restored = false;             ///< given before the server's restart
    bool hopeless = false;             ///< who had it was barred for values that are not finite
    std::uint32_t failures = 0;        ///< times it could not be computed
    std::vector<std::string> holders;  ///< names of those who were given it
  };

  // receive.cpp: what a message means. Each returns what the transport does next.
  Receive on(const Talk& talk, const Hello& hello);
  Receive on(const Talk& talk, const UpdateOffer& offer);
  Receive on(const Talk& talk, const Chunk& chunk);
  Receive on(const Talk& talk, const Beat& beat);
  Receive on(const Talk& talk, const Failed& failed);
  Receive on(const Talk& talk, const Leave& leave);
  template <class Other>
  Receive on(const Talk& talk, const Other& other);
  [[nodiscard]] std::optional<Refusal> objection(const Talk& talk, const UpdateOffer& offer) const;
  Receive complete(const Talk& talk);
  Receive deliver(const Talk& talk, Incoming incoming);
  Receive refuse(const Talk& talk, Ticket ticket, Refusal reason, std::string text);
  [[nodiscard]] bool floods(const Talk& talk, std::size_t bytes);
  void tell_span(const Talk& talk, const UpdateOffer& offer, JobId job) const;
  void release_buffer(const Talk& talk);
  void grant_buffers();
  Receive leave_it(const Talk& talk, Parting reason, std::string text);

  // host.cpp
  void give(JobId job) override;
  void cancel(WorkerId worker, const std::vector<JobId>& jobs) override;
  void state(Archive& archive) override;
  void dispatch(SessionId session);
  void dispatch_touched();
  void dispatch_throttled(Time now);
  void send_job(const Talk& talk, const Roster::Assignment& assignment);
  void part(const Talk& talk, Parting reason, const std::string& text);
  void send(const Talk& talk, const Frame& frame, Body body = {});
  void sweep(Time now);
  void end_if_diverged();
  void save(Lock& lock);
  void evaluate(Lock& lock);
  void end_run(Lock& lock);
  void note(Level level, std::string_view name, std::string text,
            std::vector<Event::Fact> facts = {});
  [[nodiscard]] Ticket new_ticket();
  [[nodiscard]] Talk find(SessionId session) const;
  [[nodiscard]] Time slow_after(WorkerId worker) const;
  /// What is wrong with a session that works; empty if nothing is.
  [[nodiscard]] std::string lateness(const Conversation& talk, Time now) const;

  const HostOptions options_;
  const std::uint32_t workers_;
  const std::size_t dimension_;
  std::uint64_t incarnation_ = 0;
  std::atomic<bool> ended_ = false;
  std::shared_ptr<PinnedModels> pinned_ = std::make_shared<PinnedModels>();

  mutable std::mutex mutex_;  ///< guards everything below
  std::condition_variable wake_;
  Roster roster_;
  Training training_;
  std::map<SessionId, Talk> talks_;
  SessionId last_session_ = 0;
  std::vector<Open> open_;  ///< by JobId
  std::unordered_map<Ticket, JobId> by_ticket_;
  std::vector<Time> slowest_;  ///< (workers) its longest job so far
  std::uint64_t tickets_ = 0;
  std::vector<SessionId> touched_;    ///< may get a job when the event has been dealt with; nobody:
                                      ///< whoever stands in
  bool hurry_ = false;                ///< tick() is due before it said
  std::deque<SessionId> throttled_;   ///< wait for the limit on updates
  std::deque<SessionId> for_buffer_;  ///< wait for a buffer
  std::uint32_t buffers_ = 0;         ///< in use
  std::vector<std::unique_ptr<policy::Update>> spares_;
  std::map<std::string, std::uint32_t> refusals_;  ///< by name, for what updates held
  std::set<std::string> barred_;
  std::set<std::string> revoked_;
  Standings counts_;
  Time next_sweep_;
  std::chrono::steady_clock::time_point saved_at_ = std::chrono::steady_clock::now();
};

}  // namespace tailrace::cluster
