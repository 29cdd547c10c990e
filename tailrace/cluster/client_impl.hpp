#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "tailrace/cluster/client.hpp"

namespace tailrace::cluster {

/// The client's two threads: the caller's, which computes and sends updates, and one of its own,
/// which keeps the session: connects, says hello, receives everything and sends beats.
class ClientImpl final : public Client {
 public:
  ClientImpl(Connect connect, ClientOptions options)
      : connect_(std::move(connect)), options_(std::move(options)) {}
  ~ClientImpl() override;

  /// Waits for the first Welcome.
  [[nodiscard]] Status begin();

  [[nodiscard]] Welcome welcome() const override;
  [[nodiscard]] Result<std::optional<Job>> next_job() override;
  [[nodiscard]] bool canceled(const Job& job) const override;
  [[nodiscard]] Result<Answer> send(const Job& job, std::span<const Real> values) override;
  [[nodiscard]] Result<Answer> send(const Job& job, policy::Update& update,
                                    const Made& made) override;
  [[nodiscard]] Status fail_job(const Job& job, const std::string& why) override;
  [[nodiscard]] std::string why() const override;
  void leave() override { leaving_ = true; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Model = std::vector<Real>;

  /// A job whose model has arrived.
  struct Offered {
    JobOffer offer;
    std::shared_ptr<const Model> model;
  };
  /// An update and what it is made of, kept until it need not be sent again.
  struct Parcel {
    UpdateOffer offer;
    std::shared_ptr<const std::vector<std::byte>> bytes;
  };

  // The session's thread.
  void keep_session();
  /// A session from its beginning to its end; true if the server welcomed us.
  bool hold_session(const std::shared_ptr<Link>& link);
  void pause_for(std::chrono::milliseconds pause) const;
  bool greet(Link& link);
  bool send_kept(Link& link);
  /// Deals with messages until the session ends.
  void converse(Link& link);
  [[nodiscard]] Result<std::optional<Frame>> receive(Link& link, Link::Deadline until,
                                                     Link::Message& memory);
  /// False if the session is over.
  bool deal_with(const Frame& frame);
  bool part(const Farewell& farewell);
  [[nodiscard]] std::shared_ptr<Model> free_model();
  bool expect(const JobOffer& offer);
  bool take_chunk(const Chunk& chunk);
  /// A job whose model is there.
  void hand_over();
  void drop(Ticket ticket);
  /// What the server said before it stopped listening.
  void hear_out(Link& link);
  void answer(Ticket ticket, Answer answer, std::string why);
  void fail_with(Errors errors);
  void say(const std::string& text) const;

  [[nodiscard]] Result<Answer> deliver(Parcel parcel);
  [[nodiscard]] bool ended() const { return over_ || error_.has_value(); }

  const Connect connect_;
  const ClientOptions options_;
  std::chrono::steady_clock::time_point handed_out_{};  ///< the caller's job
  std::atomic<bool> leaving_ = false;
  std::atomic<bool> stopping_ = false;  ///< the client is being destroyed
  std::atomic<Ticket> canceled_ = 0;    ///< of the caller's jobs, last

  mutable std::mutex mutex_;  ///< guards everything below
  std::condition_variable wake_;
  Welcome welcome_;
  bool welcomed_ = false;           ///< ever
  std::shared_ptr<Link> session_;   ///< to be closed when the client is destroyed
  std::shared_ptr<Link> link_;      ///< the same once it is ready for updates
  std::optional<Offered> offered_;  ///< waits for next_job()
  std::shared_ptr<const Model> model_in_use_;
  std::optional<Ticket> awaited_;  ///< the update whose answer the caller waits for
  std::optional<Answer> answer_;
  std::deque<Parcel> kept_;  ///< applied, not yet durable
  bool keep_last_ = false;   ///< the last answer asked to keep the update
  bool over_ = false;
  std::optional<Errors> error_;
  std::string why_;

  // The session's thread alone.
  std::optional<JobOffer> arriving_;            ///< its model is on its way
  bool unwanted_ = false;                       ///< it was canceled meanwhile
  std::vector<std::shared_ptr<Model>> models_;  ///< all there are: two or three
  std::shared_ptr<Model> filling_;
  std::size_t filled_ = 0;  ///< [bytes]
  std::shared_ptr<const Model> last_model_;
  bool said_leave_ = false;

  std::thread thread_;
};

}  // namespace tailrace::cluster
