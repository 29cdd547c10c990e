#include "tailrace/rpc/errands.hpp"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace tailrace::rpc {
namespace {

TEST(Errands, AreDoneByAThreadOfTheirOwn) {
  std::promise<std::thread::id> ran;
  Errands errands;

  errands.post([&] { ran.set_value(std::this_thread::get_id()); });

  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
}

TEST(Errands, OfABatchAreDoneHereAtTheEndOfTheOutermost) {
  std::vector<int> done;
  Errands errands;
  {
    const Errands::Batch outer;
    {
      const Errands::Batch inner;
      errands.post([&] {
        done.push_back(1);
        errands.post([&] { done.push_back(3); });
      });
      errands.post([&] { done.push_back(2); });
    }
    EXPECT_TRUE(done.empty());
  }

  EXPECT_EQ(done, (std::vector{1, 2, 3}));
}

TEST(Errands, ThatAreDueLaterComeInTheOrderOfTheirMoments) {
  std::promise<void> last;
  std::vector<int> done;
  const auto now = Errands::Clock::now();
  Errands errands;

  errands.post_at(now + std::chrono::milliseconds(30), [&] {
    done.push_back(2);
    last.set_value();
  });
  errands.post_at(now + std::chrono::milliseconds(10), [&] { done.push_back(1); });

  last.get_future().wait();
  EXPECT_EQ(done, (std::vector{1, 2}));
}

TEST(Errands, AreForgottenWhenTheyAreStopped) {
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = owner;
  Errands errands;
  errands.post_at(Errands::Clock::now() + std::chrono::hours(1), [kept = std::move(owner)] {});

  errands.stop();
  errands.post([] { FAIL() << "it was stopped"; });

  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace tailrace::rpc
