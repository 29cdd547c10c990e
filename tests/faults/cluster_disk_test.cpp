#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/faults/evidence.hpp"

/// Disks that are full and files that are damaged.
namespace tailrace::faults {
namespace {

namespace fs = std::filesystem;
using engine::testing::read_text;
constexpr std::uint64_t endless = 1'000'000'000;

/// A small disk of its own.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& folder) : folder_(folder) {
    fs::create_directories(folder_);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=512k") == 0;
    if (!mounted_) why_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  /// Leaves not a page free.
  void fill() const {
    std::ofstream filler(folder_ + "/filler", std::ios::binary);
    const std::string page(4096, 'x');
    while (filler.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void clear() const { fs::remove(folder_ + "/filler"); }

 private:
  std::string folder_;
  bool mounted_ = false;
  std::string why_;
};

/// Moves a file of the run elsewhere, to be found there through a link.
void move_away(const std::string& file, const std::string& elsewhere) {
  fs::copy_file(file, elsewhere);
  fs::remove(file);
  fs::create_symlink(elsewhere, file);
}

void damage(const std::string& file) {
  std::string text = read_text(file);
  ASSERT_FALSE(text.empty());
  text[text.size() / 2] = static_cast<char>(~text[text.size() / 2]);
  std::ofstream(file, std::ios::binary) << text;
}

/// Some training, then SIGTERM.
void train_and_stop(Cluster& cluster) {
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  ASSERT_TRUE(eventually([&] { return fs::exists(cluster.file("checkpoint.1")); }));
  cluster.server().signal(SIGTERM);
  ASSERT_TRUE(cluster.server().wait().has_value());
}

TEST(AFullDisk, KeepsThePreviousCheckpointAndTheRunGoesOn) {
  Cluster cluster({.method = std::string(server_centric), .steps = endless});
  const SmallDisk disk(cluster.folder());
  if (!disk.mounted()) GTEST_SKIP() << "no small disk could be mounted: " << disk.why();
  ASSERT_NO_FATAL_FAILURE(train_and_stop(cluster));
  move_away(cluster.file("run.log"), cluster.beside("run.log"));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();

  disk.fill();
  ASSERT_TRUE(cluster.server().prints("checkpoint-failed")) << cluster.server_output();
  const auto grown = [&, before = fs::file_size(cluster.beside("run.log"))] {
    return fs::file_size(cluster.beside("run.log")) > before;
  };
  EXPECT_TRUE(eventually(grown)) << "the run does not go on";
  cluster.server().kill();
  Evidence evidence(cluster);
  evidence.server_died();  // expects a checkpoint that is whole

  EXPECT_EQ(evidence.deaths(), 1U) << "the previous checkpoint is lost";
  disk.clear();
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  evidence.expect_truth();
}

TEST(AFullDisk, EndsARunWhoseLogCannotBeWrittenAndWhatIsThereGoesOn) {
  Cluster cluster({.method = std::string(client_centric), .steps = endless});
  const SmallDisk disk(cluster.folder());
  if (!disk.mounted()) GTEST_SKIP() << "no small disk could be mounted: " << disk.why();
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();
  ASSERT_TRUE(cluster.gets_on());

  disk.fill();
  const std::optional<int> end = cluster.server().wait();

  ASSERT_TRUE(end.has_value()) << "it goes on without a log";
  EXPECT_NE(*end, 0);
  EXPECT_NE(cluster.server().output().find("cannot write the run log: No space left"),
            std::string::npos)
      << cluster.server_output();
  disk.clear();
  Evidence evidence(cluster);
  evidence.server_died();
  cluster.work_all();
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  evidence.expect_truth();
}

TEST(ALimitOnTheSizeOfFiles, IsToldAsAFailedCheckpointAndTheRunGoesOn) {
  // The log grows by less than a kilobyte a second, and the model alone takes 8,192 bytes.
  Cluster cluster({.method = std::string(server_centric),
                   .steps = endless,
                   .dimension = 2048,
                   .cluster = "limits.updates_per_second = 20"});
  cluster.ways.file_max = 8'000;
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();
  cluster.work_all();

  EXPECT_TRUE(cluster.server().prints("checkpoint-failed")) << cluster.server_output();

  EXPECT_FALSE(fs::exists(cluster.file("checkpoint")));
  EXPECT_TRUE(cluster.gets_on()) << cluster.server_output();
}

TEST(ADamagedCheckpoint, IsPassedOverForTheOneBeforeAndTheServerSaysSo) {
  Cluster cluster({.method = std::string(with_memory_and_local_steps), .steps = endless});
  ASSERT_NO_FATAL_FAILURE(train_and_stop(cluster));

  damage(cluster.file("checkpoint"));
  ASSERT_TRUE(cluster.serves()) << cluster.server_output();

  EXPECT_TRUE(cluster.server().prints("checkpoint-unusable")) << cluster.server_output();
  EXPECT_TRUE(cluster.gets_on());
  ASSERT_TRUE(cluster.goes_on_for(500)) << cluster.server_output();
  ASSERT_TRUE(cluster.finishes()) << cluster.server_output();
  Evidence(cluster).expect_truth();
}

TEST(ADamagedCheckpoint, EndsTheServerWithAnErrorWhereAllAreDamaged) {
  Cluster cluster({.method = std::string(server_centric), .steps = endless});
  ASSERT_NO_FATAL_FAILURE(train_and_stop(cluster));

  for (const std::string name : {"checkpoint", "checkpoint.1", "checkpoint.2"}) {
    const std::string file = cluster.file(name);
    if (fs::exists(file)) fs::resize_file(file, fs::file_size(file) / 2);
  }

  EXPECT_FALSE(cluster.serves());
  EXPECT_NE(cluster.server().output().find("engine/bad-checkpoint"), std::string::npos)
      << cluster.server_output();
}

}  // namespace
}  // namespace tailrace::faults
