#include "tailrace/engine/checkpoint.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tailrace/engine/engine_test.hpp"

namespace tailrace::engine {
namespace {

using testing::read_text;
using testing::TemporaryFolder;
using testing::write_text;

/// Something to save.
struct Notes {
  std::uint64_t number = 0;
  std::string text = {};
  [[nodiscard]] Checkpoint::State state() {
    return [this](Archive& archive) { archive(number, text); };
  }
  bool operator==(const Notes&) const = default;
};

class CheckpointTest : public ::testing::Test {
 protected:
  [[nodiscard]] CheckpointOptions options() const {
    return {.path = folder_.file("checkpoint"),
            .every_wall_seconds = 1e9,
            .resume = true,
            .fingerprint = 42};
  }
  [[nodiscard]] Status save(Notes notes) const { return Checkpoint(options()).save(notes.state()); }

  TemporaryFolder folder_;
};

TEST_F(CheckpointTest, GivesBackWhatWasSaved) {
  ASSERT_TRUE(save({7, "seven"}));

  Notes restored;
  const Result<bool> found = Checkpoint(options()).restore(restored.state());

  ASSERT_TRUE(found);
  EXPECT_TRUE(*found);
  EXPECT_EQ(restored, (Notes{7, "seven"}));
  EXPECT_FALSE(std::filesystem::exists(options().path + ".partial"));
}

TEST_F(CheckpointTest, ReplacesTheOneBefore) {
  ASSERT_TRUE(save({1, "a longer text than the second"}));
  ASSERT_TRUE(save({2, "short"}));

  Notes restored;
  ASSERT_TRUE(Checkpoint(options()).restore(restored.state()));

  EXPECT_EQ(restored, (Notes{2, "short"}));
}

TEST_F(CheckpointTest, HasNothingToRestoreWithoutAFileOrWithoutBeingAsked) {
  Notes restored;
  EXPECT_FALSE(Checkpoint(options()).restore(restored.state()).value());

  ASSERT_TRUE(save({7, "seven"}));
  CheckpointOptions fresh = options();
  fresh.resume = false;

  EXPECT_FALSE(Checkpoint(fresh).restore(restored.state()).value());
  EXPECT_FALSE(Checkpoint({.resume = true}).restore(restored.state()).value());
  EXPECT_EQ(restored, Notes{});
}

TEST_F(CheckpointTest, RefusesAFileCutShortAtAnyByte) {
  ASSERT_TRUE(save({7, "seven"}));
  const std::string whole = read_text(options().path);

  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_text(options().path, whole.substr(0, size));
    Notes restored;
    const Result<bool> found = Checkpoint(options()).restore(restored.state());

    ASSERT_FALSE(found) << size << " bytes";
    EXPECT_EQ(found.error().front().code, "engine/bad-checkpoint");
    EXPECT_EQ(found.error().front().where, options().path);
    EXPECT_EQ(restored, Notes{}) << "nothing is read before the checksum fits";
  }
}

TEST_F(CheckpointTest, RefusesAFileWithAnyBitFlipped) {
  ASSERT_TRUE(save({7, "seven"}));
  const std::string whole = read_text(options().path);

  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    write_text(options().path, damaged);
    Notes restored;

    ASSERT_FALSE(Checkpoint(options()).restore(restored.state())) << "bit " << bit;
    EXPECT_EQ(restored, Notes{});
  }
}

TEST_F(CheckpointTest, RefusesAFileWithSomethingAfterItsEnd) {
  ASSERT_TRUE(save({7, "seven"}));
  write_text(options().path, read_text(options().path) + '\0');

  Notes restored;

  EXPECT_FALSE(Checkpoint(options()).restore(restored.state()));
}

TEST_F(CheckpointTest, RefusesTheFileOfAnotherRun) {
  ASSERT_TRUE(save({7, "seven"}));
  CheckpointOptions other = options();
  other.fingerprint = 43;

  Notes restored;
  const Result<bool> found = Checkpoint(other).restore(restored.state());

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().what,
            "the checkpoint belongs to another experiment, method or seed");
}

TEST_F(CheckpointTest, RefusesAStateOfAnotherShape) {
  ASSERT_TRUE(save({7, "seven"}));

  std::uint64_t number = 0;
  const Result<bool> found =
      Checkpoint(options()).restore([&](Archive& archive) { archive(number); });

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().what, "the checkpoint does not fit this run");
}

TEST_F(CheckpointTest, ExplainsAFolderThatIsNotThere) {
  CheckpointOptions nowhere = options();
  nowhere.path = folder_.file("no/such/folder/checkpoint");

  Notes notes;
  const Status saved = Checkpoint(nowhere).save(notes.state());

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().front().code, "core/io");
  EXPECT_NE(saved.error().front().what.find("No such file or directory"), std::string::npos);
}

TEST_F(CheckpointTest, ExplainsAPathThatCannotBeLookedAt) {
  CheckpointOptions endless = options();
  endless.path = folder_.file(std::string(300, 'x'));  // names have at most 255 bytes

  Notes notes;
  const Result<bool> found = Checkpoint(endless).restore(notes.state());

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().code, "core/io");
}

TEST_F(CheckpointTest, LeavesTheOneBeforeWhenTheDiskIsFull) {
  ASSERT_TRUE(save({7, "seven"}));
  std::filesystem::create_symlink("/dev/full", options().path + ".partial");

  const Status saved = save({8, "eight"});

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().front().code, "core/disk-full");
  Notes restored;
  ASSERT_TRUE(Checkpoint(options()).restore(restored.state()));
  EXPECT_EQ(restored, (Notes{7, "seven"}));
  EXPECT_FALSE(std::filesystem::is_symlink(options().path + ".partial"));
}

TEST_F(CheckpointTest, LeavesTheOneBeforeWhenAWriteStopsInTheMiddle) {
  ASSERT_TRUE(save({7, "seven"}));

  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(save({8, std::string(10000, '8')}) ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);

  EXPECT_EQ(status, 0) << "the child's save was to fail";
  Notes restored;
  ASSERT_TRUE(Checkpoint(options()).restore(restored.state()));
  EXPECT_EQ(restored, (Notes{7, "seven"}));
  EXPECT_FALSE(std::filesystem::exists(options().path + ".partial"));
}

TEST_F(CheckpointTest, KeepsAsManyAsItIsTold) {
  CheckpointOptions three = options();
  three.keep = 3;
  Checkpoint checkpoint(three);
  for (std::uint64_t number = 1; number <= 5; ++number) {
    Notes notes{number, "a note"};
    ASSERT_TRUE(checkpoint.save(notes.state()));
  }

  EXPECT_FALSE(std::filesystem::exists(options().path + ".3"));
  for (const std::uint64_t newest : {5, 4, 3}) {
    Checkpoint again(three);
    Notes restored;
    ASSERT_TRUE(again.restore(restored.state()).value());
    EXPECT_EQ(restored.number, newest);
    std::filesystem::remove(again.restored());
  }
}

TEST_F(CheckpointTest, PassesOverDamagedOnesAndSaysSo) {
  CheckpointOptions three = options();
  three.keep = 3;
  Checkpoint checkpoint(three);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    Notes notes{number, "a note"};
    ASSERT_TRUE(checkpoint.save(notes.state()));
  }
  write_text(options().path, read_text(options().path) + "more");
  write_text(options().path + ".1", "torn");

  Checkpoint again(three);
  Notes restored;
  ASSERT_TRUE(again.restore(restored.state()).value());

  EXPECT_EQ(restored.number, 1U);
  EXPECT_EQ(again.restored(), options().path + ".2");
  ASSERT_EQ(again.passed_over().size(), 2U);
  EXPECT_EQ(again.passed_over()[0].where, options().path);
  EXPECT_EQ(again.passed_over()[1].what, "the checkpoint is cut short");
}

TEST_F(CheckpointTest, PutsNoDamagedOneInThePlaceOfAnOlderOne) {
  CheckpointOptions two = options();
  two.keep = 2;
  {
    Checkpoint checkpoint(two);
    Notes first{1, "usable"};
    ASSERT_TRUE(checkpoint.save(first.state()));
    ASSERT_TRUE(checkpoint.save(first.state()));
  }
  write_text(options().path, "torn");

  Checkpoint again(two);
  Notes notes;
  ASSERT_TRUE(again.restore(notes.state()).value());
  notes.number = 2;
  ASSERT_TRUE(again.save(notes.state()));

  write_text(options().path, "torn again");
  Notes restored;
  ASSERT_TRUE(Checkpoint(two).restore(restored.state()).value());
  EXPECT_EQ(restored.number, 1U);
}

TEST_F(CheckpointTest, FindsTheNewestAfterAKillAtAnyMomentOfASave) {
  CheckpointOptions three = options();
  three.keep = 3;
  const std::string path = options().path;
  // What a save does, rename by rename: 2 -> gone, 1 -> 2, 0 -> 1, and the new one in its place.
  const std::vector<std::vector<std::uint64_t>> stages = {
      {3, 2, 1}, {3, 0, 2}, {0, 3, 2}, {4, 3, 2}};
  for (const std::vector<std::uint64_t>& stage : stages) {
    for (std::size_t age = 0; age < 3; ++age) {
      const std::string file = age == 0 ? path : path + '.' + std::to_string(age);
      std::filesystem::remove(file);
      if (stage[age] == 0) continue;
      const TemporaryFolder elsewhere;
      CheckpointOptions one = options();
      one.path = elsewhere.file("one");
      Notes notes{stage[age], "a note"};
      ASSERT_TRUE(Checkpoint(one).save(notes.state()));
      std::filesystem::copy_file(one.path, file);
    }

    Checkpoint checkpoint(three);
    Notes notes;
    ASSERT_TRUE(checkpoint.restore(notes.state()).value());
    EXPECT_EQ(notes.number, std::max(stage[0], stage[1]));
    EXPECT_TRUE(checkpoint.passed_over().empty());
    notes.number = 5;
    ASSERT_TRUE(checkpoint.save(notes.state()));
    EXPECT_TRUE(Checkpoint(three).restore(notes.state()).value());
    EXPECT_EQ(notes.number, 5U);
  }
}

TEST_F(CheckpointTest, LeavesNothingOfAnEarlierRunToOneThatBeginsAnew) {
  CheckpointOptions two = options();
  two.keep = 2;
  Notes old{1, "of an earlier run"};
  Checkpoint earlier(two);
  ASSERT_TRUE(earlier.save(old.state()));
  ASSERT_TRUE(earlier.save(old.state()));

  CheckpointOptions anew = two;
  anew.resume = false;
  Notes notes{2, "of this one"};
  ASSERT_TRUE(Checkpoint(anew).save(notes.state()));

  EXPECT_FALSE(std::filesystem::exists(options().path + ".1"));
}

TEST_F(CheckpointTest, WritesTheMomentOfItsSnapshot) {
  Checkpoint checkpoint(options());
  Notes notes{7, "seven"};

  Checkpoint::Snapshot snapshot = checkpoint.snapshot(notes.state());
  notes = {8, "the run has gone on"};
  ASSERT_TRUE(checkpoint.write(std::move(snapshot)));

  Notes restored;
  ASSERT_TRUE(Checkpoint(options()).restore(restored.state()));
  EXPECT_EQ(restored, (Notes{7, "seven"}));
}

TEST_F(CheckpointTest, IsDueAfterItsTimeAndNeverWithoutAPath) {
  CheckpointOptions always = options();
  always.every_wall_seconds = 0;

  EXPECT_TRUE(Checkpoint(always).due());
  EXPECT_FALSE(Checkpoint(options()).due());
  EXPECT_FALSE(Checkpoint({.every_wall_seconds = 0}).due());
}

TEST_F(CheckpointTest, SavesNothingWithoutAPath) {
  Notes notes{7, "seven"};

  EXPECT_TRUE(Checkpoint({}).save(notes.state()));
}

}  // namespace
}  // namespace tailrace::engine
