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
