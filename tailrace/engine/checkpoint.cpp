#include "tailrace/engine/checkpoint.hpp"

#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "tailrace/core/check.hpp"
#include "tailrace/core/file.hpp"
#include "tailrace/core/hash.hpp"

namespace tailrace::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t keep_max = 100;

struct Header {
  char magic[8] = {'t', 'r', 'c', 'h', 'e', 'c', 'k', '2'};
  std::uint64_t fingerprint = 0;
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;
};

tl::unexpected<Errors> unusable(const std::string& path, std::string what) {
  return fail(Error{.code = "engine/bad-checkpoint",
                    .what = std::move(what),
                    .where = path,
                    .fix = "start the run afresh with --overwrite, or resume another run folder"});
}

constexpr const char* other_run = "the checkpoint belongs to another experiment, method or seed";

/// The whole file, undamaged; its header stands first.
Result<std::vector<std::byte>> read_checkpoint(const std::string& path, std::uint64_t fingerprint) {
  Result<std::vector<std::byte>> bytes = read_whole(path);
  if (!bytes) return bytes;
  Header header;
  const Header expected;
  if (bytes->size() < sizeof header) return unusable(path, "the checkpoint is cut short");
  std::memcpy(&header, bytes->data(), sizeof header);
  if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0) {
    return unusable(path, "this is not a checkpoint of this version");
  }
  if (header.fingerprint != fingerprint) return unusable(path, other_run);
  const auto payload = std::span<const std::byte>(*bytes).subspan(sizeof header);
  if (payload.size() != header.size ||
      hash_bytes(payload.data(), payload.size()) != header.checksum) {
    return unusable(path, "the checkpoint is damaged");
  }
  return bytes;
}

Status io_error(const std::string& path, const std::error_code& error) {
  return fail(Error{.code = "core/io",
                    .what = "cannot move an earlier checkpoint: " + error.message(),
                    .where = path,
                    .fix = "check the folder's rights"});
}

}  // namespace

std::string Checkpoint::file(std::uint32_t age) const {
  return age == 0 ? options_.path : fmt::format("{}.{}", options_.path, age);
}

bool Checkpoint::exists(std::uint32_t age) const {
  std::error_code unknown;  // a path that cannot be looked at is read_whole()'s to explain
  return fs::exists(file(age), unknown) || unknown;
}

Result<bool> Checkpoint::restore(const State& state) {
  if (options_.path.empty() || !options_.resume) return false;
  for (std::uint32_t age = 0; age < keep_max; ++age) {
    if (!exists(age)) continue;
    const Result<std::vector<std::byte>> bytes = read_checkpoint(file(age), options_.fingerprint);
    if (!bytes) {
      const Error& why = bytes.error().front();
      if (why.what == other_run && passed_over_.empty()) return fail(bytes.error());
      passed_over_.push_back(why);
      useless_ = age + 1;
      continue;
    }
    Archive archive = Archive::reader(std::span<const std::byte>(*bytes).subspan(sizeof(Header)));
    state(archive);
    if (!archive.finished()) return unusable(file(age), "the checkpoint does not fit this run");
    restored_ = file(age);
    return true;
  }
  if (!passed_over_.empty()) return fail(passed_over_.front());
  return false;
}

Checkpoint::Snapshot Checkpoint::snapshot(const State& state) {
  Snapshot snapshot;
  if (options_.path.empty()) return snapshot;
  saved_ = std::chrono::steady_clock::now();
  Archive archive = Archive::writer();
  Header header;
  archive.raw(&header, sizeof header);
  state(archive);
  snapshot.file_ = archive.take();
  return snapshot;
}

Status Checkpoint::write(Snapshot snapshot) {
  std::vector<std::byte>& bytes = snapshot.file_;
  if (options_.path.empty()) return {};
  TAILRACE_CHECK(bytes.size() >= sizeof(Header));
  Header header;
  header.fingerprint = options_.fingerprint;
  header.size = bytes.size() - sizeof header;
  header.checksum = hash_bytes(bytes.data() + sizeof header, header.size);
  std::memcpy(bytes.data(), &header, sizeof header);
  if (Status room = make_room(); !room) return room;
  return write_whole(options_.path, bytes);
}

Status Checkpoint::make_room() {
  std::error_code error;
  if (!std::exchange(wrote_, true)) {
    // What this run cannot go on from must not take the place of what it can; and to a run that
    // begins anew the files of an earlier one mean nothing.
    for (std::uint32_t age = 1; age < keep_max && !options_.resume; ++age) {
      fs::remove(file(age), error);
    }
    for (std::uint32_t age = 1; age < useless_; ++age) fs::remove(file(age), error);
    if (useless_ > 0 || !options_.resume) return {};
  }
  std::uint32_t free = 0;
  while (free + 1 < options_.keep && exists(free)) ++free;
  for (; free > 0; --free) {
    fs::rename(file(free - 1), file(free), error);
    if (error) return io_error(file(free - 1), error);
  }
  return {};
}

Status Checkpoint::save(const State& state) { return write(snapshot(state)); }

bool Checkpoint::due() const {
  if (options_.path.empty()) return false;
  const std::chrono::duration<double> age = std::chrono::steady_clock::now() - saved_;
  return age.count() >= options_.every_wall_seconds;
}

}  // namespace tailrace::engine
