#include "tailrace/cluster/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace tailrace::cluster {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

Error broken() {
  return {.code = "cluster/disconnected", .what = "broken", .where = {}, .fix = ""};
}

/// A server whose answers a test writes: it sees every frame as it is sent.
class Script {
 public:
  class Line;
  /// What it says to a frame.
  using Answer = std::function<void(Line& line, const Frame& frame)>;

  explicit Script(Answer answer) : answer_(std::move(answer)) {}

  [[nodiscard]] Client::Connect connect() {
    return [this]() -> Result<std::unique_ptr<Link>> {
      const std::lock_guard lock(mutex_);
      if (down_) return fail(broken());
      ++sessions_;
      return std::make_unique<End>(*this, std::make_shared<Line>(sessions_));
    };
  }
  void go_down() { down_ = true; }
  [[nodiscard]] int sessions() {
    const std::lock_guard lock(mutex_);
    return sessions_;
  }
  /// Everything that was sent, over all sessions.
  template <class T>
  [[nodiscard]] std::vector<T> sent() {
    const std::lock_guard lock(mutex_);
    std::vector<T> all;
    for (const Frame& frame : sent_) {
      if (const auto* match = std::get_if<T>(&frame)) all.push_back(*match);
    }
    return all;
  }
  /// Waits until so many of a kind have been sent.
  template <class T>
  [[nodiscard]] bool wait_for(std::size_t count) {
    const auto until = Clock::now() + 20s;
    while (sent<T>().size() < count && Clock::now() < until) std::this_thread::sleep_for(1ms);
    return sent<T>().size() >= count;
  }

  /// One session.
  class Line {
   public:
    explicit Line(int count) : session(count) {}
    void say(const Frame& frame) {
      const std::lock_guard lock(mutex_);
      messages_.push_back(encode(frame));
      wake_.notify_all();
    }
    /// A job with a model of two parameters, both `value`.
    void offer(Ticket ticket, Real value, JobNumber number = 0) {
      say(JobOffer{.ticket = ticket, .number = number, .model = 1, .bytes = 8});
      const Real model[] = {value, value};
      say(Chunk{0, std::as_bytes(std::span(model))});
    }
    void welcome(std::uint64_t incarnation = 1, Time lease = {10'000'000'000}) {
      say(Welcome{.incarnation = incarnation, .dimension = 2, .lease = lease, .chunk = 1000});
    }
    void hang_up() {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      wake_.notify_all();
    }
    [[nodiscard]] bool ended() {
      const std::lock_guard lock(mutex_);
      return ended_;
    }
    Result<std::optional<Link::Message>> take(Link::Deadline until) {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, until, [this] { return ended_ || !messages_.empty(); });
      if (messages_.empty() && ended_) return fail(broken());
      if (messages_.empty()) return std::nullopt;
      Link::Message message = std::move(messages_.front());
      messages_.pop_front();
      return message;
    }

    const int session;  ///< counted from 1

   private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Link::Message> messages_;
    bool ended_ = false;
  };

 private:
  class End final : public Link {
   public:
    End(Script& script, std::shared_ptr<Line> line) : script_(script), line_(std::move(line)) {}
    Status send(Outgoing message, std::size_t /*chunk*/) override {
      if (line_->ended()) return fail(broken());
      const Result<Frame> frame = decode(message.frame);
      {
        const std::lock_guard lock(script_.mutex_);
        script_.sent_.push_back(*frame);
      }
      script_.answer_(*line_, *frame);
      return {};
    }
    Result<std::optional<Message>> receive(Deadline until) override { return line_->take(until); }
    void close() override { line_->hang_up(); }

   private:
    Script& script_;
    std::shared_ptr<Line> line_;
  };

  Answer answer_;
  std::atomic<bool> down_ = false;
  std::mutex mutex_;
  int sessions_ = 0;
  std::vector<Frame> sent_;
};

template <class T>
bool is(const Frame& frame) {
  return std::holds_alternative<T>(frame);
}

std::unique_ptr<Client> client_of(Script& script, std::chrono::milliseconds give_up = 20s) {
  Result<std::unique_ptr<Client>> client =
      Client::connect(script.connect(), {.workers = {3}, .fingerprint = 7, .give_up = give_up});
  EXPECT_TRUE(client);
  return std::move(*client);
}

const std::vector<Real> values = {1, 2};

TEST(Client, SaysHelloComputesAJobAndHearsThatItsUpdateWasApplied) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1.5, 9);
    if (is<UpdateOffer>(frame)) line.say(Applied{5});
  });
  const auto client = client_of(script);

  const auto job = *client->next_job();

  ASSERT_TRUE(job);
  EXPECT_EQ(job->number, 9U);
  EXPECT_THAT(job->parameters, ElementsAre(1.5, 1.5));
  EXPECT_EQ(*client->send(*job, values), Client::Answer::applied);
  EXPECT_THAT(script.sent<Hello>()[0].workers, ElementsAre(3));
  EXPECT_EQ(script.sent<UpdateOffer>()[0].bytes, 8U);
}

TEST(Client, SaysWhyAnUpdateWasRefused) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1);
    if (is<UpdateOffer>(frame)) line.say(Refused{5, Refusal::norm_limit, "too large"});
  });
  const auto client = client_of(script);
  const auto job = **client->next_job();

  EXPECT_EQ(*client->send(job, values), Client::Answer::refused);

  EXPECT_EQ(client->why(), "too large");
}

TEST(Client, ConnectsAgainAndSendsAgainWhatWasNotAnswered) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome();
    if (is<Hello>(frame) && line.session == 1) line.offer(5, 1);
    if (is<UpdateOffer>(frame) && line.session < 3) line.hang_up();
    if (is<UpdateOffer>(frame) && line.session == 3) line.say(Applied{5});
  });
  const auto client = client_of(script);
  const auto job = **client->next_job();

  EXPECT_EQ(*client->send(job, values), Client::Answer::applied);

  EXPECT_EQ(script.sent<UpdateOffer>().size(), 3U);
}

/// The first session ends when the first update has been answered with `keep`, after `then`.
int updates_after_a_break(std::uint64_t next_incarnation, const std::vector<Frame>& then) {
  Script script([&](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(line.session == 1 ? 1 : next_incarnation);
    if (is<Hello>(frame) && line.session == 1) line.offer(5, 1);
    if (is<UpdateOffer>(frame)) line.say(Applied{.ticket = 5, .keep = true});
    if (is<UpdateOffer>(frame) && line.session == 1) {
      for (const Frame& each : then) line.say(each);
      line.offer(6, 1);
    }
    if (is<Failed>(frame) && line.session == 1) line.hang_up();
    if (is<Failed>(frame) && line.session == 2) line.say(Farewell{});
  });
  const auto client = client_of(script);
  EXPECT_EQ(*client->send(**client->next_job(), values), Client::Answer::applied);
  EXPECT_TRUE(client->fail_job(**client->next_job(), "to end the session"));
  EXPECT_TRUE(script.wait_for<Hello>(2));
  EXPECT_TRUE(client->fail_job({.ticket = 7}, "the session is ready"));
  EXPECT_FALSE(*client->next_job());
  return static_cast<int>(script.sent<UpdateOffer>().size());
}

TEST(Client, SendsKeptUpdatesAgainToAnotherServer) { EXPECT_EQ(updates_after_a_break(2, {}), 2); }

TEST(Client, TheSameServerRemembersWhatItApplied) { EXPECT_EQ(updates_after_a_break(1, {}), 1); }

TEST(Client, WhatIsDurableIsNotSentAgain) { EXPECT_EQ(updates_after_a_break(2, {Durable{}}), 1); }

TEST(Client, DropsAJobThatItsKeptUpdateHasDone) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(static_cast<std::uint64_t>(line.session)), line.offer(5, 1);
    if (is<UpdateOffer>(frame)) line.say(Applied{.ticket = 5, .keep = line.session == 1});
    if (is<UpdateOffer>(frame) && line.session == 1) line.hang_up();
    if (is<UpdateOffer>(frame) && line.session == 2) line.offer(6, 1);
  });
  const auto client = client_of(script);
  client->send(**client->next_job(), values).value();

  const auto job = **client->next_job();

  EXPECT_EQ(job.ticket, 6U);
}

TEST(Client, GivesUpWithoutAServer) {
  const auto client = Client::connect(
      []() -> Result<std::unique_ptr<Link>> {
        return fail({.code = "cluster/no-server", .what = "nobody", .where = {}, .fix = "wait"});
      },
      {.give_up = 50ms});

  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().front().code, "cluster/no-server");
}

TEST(Client, GivesUpWhenTheServerStaysAway) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1);
    if (is<UpdateOffer>(frame)) line.hang_up();
  });
  const auto client = client_of(script, 50ms);
  const auto job = **client->next_job();
  script.go_down();

  EXPECT_FALSE(client->send(job, values));
  EXPECT_FALSE(client->next_job());
}

TEST(Client, EndsWithTheServersWordsWhenItIsSentAwayForGood) {
  for (const Parting reason :
       {Parting::protocol, Parting::version, Parting::not_allowed, Parting::revoked,
        Parting::barred, Parting::other_run, Parting::replaced}) {
    Script script([&](Script::Line& line, const Frame& frame) {
      if (!is<Hello>(frame)) return;
      line.say(Farewell{reason, "for a reason"});
      line.hang_up();
    });

    const auto client = Client::connect(script.connect(), {});

    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().front().code, "cluster/parted");
    EXPECT_EQ(client.error().front().where, to_string(reason));
    EXPECT_THAT(client.error().front().what, HasSubstr("for a reason"));
    EXPECT_EQ(script.sessions(), 1);
  }
}

TEST(Client, ComesBackWhenItIsSentAwayForNow) {
  for (const Parting reason : {Parting::draining, Parting::full, Parting::lease_ended}) {
    Script script([&](Script::Line& line, const Frame& frame) {
      if (!is<Hello>(frame)) return;
      if (line.session == 1) return line.say(Farewell{reason, "later"});
      line.welcome();
      line.offer(5, 1);
    });

    const auto client = client_of(script);

    EXPECT_TRUE(*client->next_job());
    EXPECT_EQ(script.sessions(), 2);
  }
}

TEST(Client, HasNoMoreJobsWhenTheRunIsOver) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.say(Farewell{});
  });
  const auto client = client_of(script);

  EXPECT_FALSE(*client->next_job());
  EXPECT_FALSE(*client->next_job());
}

TEST(Client, FinishesTheJobInHandWhenItLeaves) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1);
    if (is<UpdateOffer>(frame)) line.say(Applied{5});
  });
  const auto client = client_of(script);
  const auto job = **client->next_job();

  client->leave();

  EXPECT_TRUE(script.wait_for<Leave>(1));
  EXPECT_EQ(*client->send(job, values), Client::Answer::applied);
  EXPECT_FALSE(*client->next_job());
}

TEST(Client, LeavingEndsTheWaitForAJob) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome();
  });
  const auto client = client_of(script);
  std::thread leaver([&] { client->leave(); });

  EXPECT_FALSE(*client->next_job());

  leaver.join();
}

TEST(Client, DoesNotWaitForAnAnswerWhenTheSessionBreaksWhileItLeaves) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1);
    if (is<Leave>(frame)) line.hang_up();
  });
  const auto client = client_of(script);
  const auto job = **client->next_job();

  client->leave();

  EXPECT_EQ(*client->send(job, values), Client::Answer::refused);
  EXPECT_FALSE(*client->next_job());
}

TEST(Client, HearsWhileItComputesThatNobodyWaitsAnyMore) {
  std::atomic<bool> computing = false;
  Script script([&](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(1, Time{8'000'000}), line.offer(5, 1);
    if (is<Beat>(frame) && computing) line.say(Canceled{5});
  });
  const auto client = client_of(script);
  const auto job = **client->next_job();
  computing = true;

  const auto until = Clock::now() + 20s;
  while (!client->canceled(job) && Clock::now() < until) std::this_thread::sleep_for(1ms);

  EXPECT_TRUE(client->canceled(job));
  EXPECT_EQ(*client->send(job, values), Client::Answer::refused);
  EXPECT_TRUE(script.sent<UpdateOffer>().empty());
}

TEST(Client, KeepsTheModelOfAJobThatWasCanceledOnItsWay) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (!is<Hello>(frame)) return;
    const Real model[] = {4, 4};
    line.welcome();
    line.say(JobOffer{.ticket = 5, .model = 1, .bytes = 8});
    line.say(Canceled{5});
    line.say(Chunk{0, std::as_bytes(std::span(model))});
    line.say(JobOffer{.ticket = 6, .model = 1, .bytes = 0});
  });
  const auto client = client_of(script);

  const auto job = **client->next_job();

  EXPECT_EQ(job.ticket, 6U);
  EXPECT_THAT(job.parameters, ElementsAre(4, 4));
  EXPECT_EQ(script.sessions(), 1);
}

TEST(Client, AsksAnotherTimeAfterAnAnswerThatMakesNoSense) {
  const Real model[] = {4, 4};
  const std::vector<Frame> nonsense = {JobOffer{.ticket = 5, .model = 1, .bytes = 12},
                                       JobOffer{.ticket = 5, .model = 1, .bytes = 0},
                                       Chunk{0, std::as_bytes(std::span(model))}};
  for (const Frame& frame : nonsense) {
    Script script([&](Script::Line& line, const Frame& said) {
      if (!is<Hello>(said)) return;
      line.welcome();
      if (line.session == 1) return line.say(frame);
      line.offer(6, 1);
    });
    const auto client = client_of(script);

    EXPECT_EQ((**client->next_job()).ticket, 6U) << name_of(frame);
  }
}

TEST(Client, AWelcomeWithoutRoomForChunksIsNoWelcome) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.say(Welcome{.dimension = 2, .chunk = 0});
  });

  EXPECT_FALSE(Client::connect(script.connect(), {.give_up = 50ms}));
}

TEST(Client, CanBeDestroyedWhileTheServerDoesNotAnswer) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame) && line.session == 1) line.welcome(), line.hang_up();
  });
  auto client = client_of(script);
  ASSERT_TRUE(script.wait_for<Hello>(2));  // and waits for the answer, up to 20 seconds

  const auto began = Clock::now();
  client.reset();

  EXPECT_LT(Clock::now() - began, 10s);
}

TEST(Client, CanBeDestroyedWhileThereIsNoServer) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.hang_up();
  });
  auto client = client_of(script);
  script.go_down();

  client.reset();
}

TEST(Client, CanBeDestroyedWithAJobInHandAndAnotherOnItsWay) {
  Script script([](Script::Line& line, const Frame& frame) {
    if (is<Hello>(frame)) line.welcome(), line.offer(5, 1);
    if (is<UpdateOffer>(frame)) {
      line.say(Applied{5});
      line.say(JobOffer{.ticket = 6, .model = 2, .bytes = 8});
    }
  });
  auto client = client_of(script);
  client->send(**client->next_job(), values).value();

  client.reset();
}

}  // namespace
}  // namespace tailrace::cluster
