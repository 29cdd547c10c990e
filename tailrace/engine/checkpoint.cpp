#include "tailrace/engine/checkpoint.hpp"

#include <cstring>
#include <filesystem>

#include "tailrace/core/file.hpp"
#include "tailrace/core/hash.hpp"

namespace tailrace::engine {
namespace {

struct Header {
  char magic[8] = {'t', 'r', 'c', 'h', 'e', 'c', 'k', '1'};
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

}  // namespace

Result<bool> Checkpoint::restore(const State& state) const {
  if (options_.path.empty() || !options_.resume) return false;
  std::error_code unknown;  // a path that cannot be looked at is read_whole()'s to explain
  if (!std::filesystem::exists(options_.path, unknown) && !unknown) return false;
  Result<std::vector<std::byte>> bytes = read_whole(options_.path);
  if (!bytes) return fail(bytes.error());
  Header header;
  const Header expected;
  if (bytes->size() < sizeof header) return unusable(options_.path, "the checkpoint is cut short");
  std::memcpy(&header, bytes->data(), sizeof header);
  if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0) {
    return unusable(options_.path, "this is not a checkpoint of this version");
  }
  if (header.fingerprint != options_.fingerprint) {
    return unusable(options_.path, "the checkpoint belongs to another experiment, method or seed");
  }
  const auto payload = std::span<const std::byte>(*bytes).subspan(sizeof header);
  if (payload.size() != header.size ||
      hash_bytes(payload.data(), payload.size()) != header.checksum) {
    return unusable(options_.path, "the checkpoint is damaged");
  }
  Archive archive = Archive::reader(payload);
  state(archive);
  if (!archive.finished()) return unusable(options_.path, "the checkpoint does not fit this run");
  return true;
}

Status Checkpoint::save(const State& state) {
  if (options_.path.empty()) return {};
  Archive archive = Archive::writer();
  state(archive);
  Header header;
  header.fingerprint = options_.fingerprint;
  header.size = archive.bytes().size();
  header.checksum = hash_bytes(archive.bytes().data(), archive.bytes().size());
  std::vector<std::byte> file(sizeof header + archive.bytes().size());
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, archive.bytes().data(), archive.bytes().size());
  saved_ = std::chrono::steady_clock::now();
  return write_whole(options_.path, file);
}

bool Checkpoint::due() const {
  if (options_.path.empty()) return false;
  const std::chrono::duration<double> age = std::chrono::steady_clock::now() - saved_;
  return age.count() >= options_.every_wall_seconds;
}

}  // namespace tailrace::engine
