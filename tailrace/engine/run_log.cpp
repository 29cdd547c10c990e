#include "tailrace/engine/run_log.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "tailrace/core/file.hpp"
#include "tailrace/core/hash.hpp"

namespace tailrace::engine {
namespace {

constexpr std::size_t frame_bytes = 1 << 16;
constexpr char magic[8] = {'t', 'r', 'u', 'n', 'l', 'o', 'g', '1'};

struct Header {
  char magic[8];
  std::uint64_t fingerprint;
};
static_assert(sizeof(Header) == RunLogWriter::header_bytes);

struct FrameHeader {
  std::uint32_t size;
  std::uint32_t checksum;
};

std::uint32_t checksum_of(std::span<const unsigned char> payload) {
  return static_cast<std::uint32_t>(hash_bytes(payload.data(), payload.size()));
}

constexpr std::uint64_t fresh_bit = std::uint64_t{1} << 32;

void put_varint(std::vector<unsigned char>& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<unsigned char>(value | 0x80));
  out.push_back(static_cast<unsigned char>(value));
}

/// False if the bytes end within the number or it has more than 64 bits.
bool get_varint(std::span<const unsigned char>& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const unsigned char byte = in.front();
    in = in.subspan(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

Error log_error(const std::string& what, const std::string& path, const std::string& fix) {
  return {.code = "engine/run-log", .what = what, .where = path, .fix = fix};
}

Error io_error(const std::string& path) {
  return log_error(std::string("cannot write the run log: ") + std::strerror(errno), path,
                   "check the disk's free space and the folder's rights");
}

}  // namespace

Result<RunLogWriter> RunLogWriter::open(const std::string& path, std::uint64_t fingerprint,
                                        bool keep) {
  std::FILE* file = keep ? std::fopen(path.c_str(), "r+b") : nullptr;
  const bool kept = file != nullptr;
  if (!kept) file = std::fopen(path.c_str(), "w+b");
  if (file == nullptr) return fail(io_error(path));
  RunLogWriter writer(file, path);
  Header header{};
  if (!kept || std::fread(&header, sizeof header, 1, file) != 1) {
    std::memcpy(header.magic, magic, sizeof magic);
    header.fingerprint = fingerprint;
    std::rewind(file);
    if (std::fwrite(&header, sizeof header, 1, file) != 1) return fail(io_error(path));
  }
  if (std::memcmp(header.magic, magic, sizeof magic) != 0 || header.fingerprint != fingerprint) {
    return fail(log_error("the run log belongs to another experiment, method or seed", path,
                          "start the run afresh with --overwrite, or resume another run folder"));
  }
  return writer;
}

RunLogWriter::~RunLogWriter() {
  // Callers that care flush and look at the answer; this only saves what an early return left
  // behind.
  if (file_ != nullptr) static_cast<void>(flush());
}

void RunLogWriter::add(const LogEntry& entry) {
  if (failed()) return;
  put_varint(buffer_, entry.worker | (entry.fresh ? fresh_bit : 0));
  put_varint(buffer_, static_cast<std::uint64_t>((entry.time - last_).ns));
  last_ = entry.time;
  if (buffer_.size() >= frame_bytes) static_cast<void>(flush());  // failed() tells
}

bool RunLogWriter::write_frame() {
  if (buffer_.empty()) return true;
  const FrameHeader frame{static_cast<std::uint32_t>(buffer_.size()), checksum_of(buffer_)};
  if (std::fwrite(&frame, sizeof frame, 1, file_.get()) != 1 ||
      std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
    return false;
  }
  size_ += sizeof frame + buffer_.size();
  buffer_.clear();
  return true;
}

Status RunLogWriter::flush() {
  if (!failed() && (!write_frame() || std::fflush(file_.get()) != 0)) {
    errors_ = {io_error(path_)};
  }
  if (failed()) return fail(errors_);
  return {};
}

Status RunLogWriter::sync() {
  if (Status flushed = flush(); !flushed) return flushed;
  if (::fsync(::fileno(file_.get())) != 0) return fail(io_error(path_));
  return {};
}

Status RunLogWriter::rewind(const Position& position) {
  buffer_.clear();
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_END) != 0) {
    return fail(io_error(path_));
  }
  if (std::ftell(file_.get()) < static_cast<long>(position.size)) {
    return fail(log_error("the run log is shorter than the checkpoint says", path_,
                          "start the run afresh with --overwrite"));
  }
  if (::ftruncate(::fileno(file_.get()), static_cast<off_t>(position.size)) != 0 ||
      std::fseek(file_.get(), 0, SEEK_END) != 0) {
    return fail(io_error(path_));
  }
  size_ = position.size;
  last_ = position.last;
  return {};
}

Result<RunLog> read_run_log(const std::string& path) {
  const Result<std::vector<std::byte>> bytes = read_whole(path);
  if (!bytes) return fail(bytes.error());
  std::span<const unsigned char> in(reinterpret_cast<const unsigned char*>(bytes->data()),
                                    bytes->size());
  Header header{};
  if (in.size() < sizeof header) {
    return fail(log_error("the run log is cut short", path, "record the run again"));
  }
  std::memcpy(&header, in.data(), sizeof header);
  if (std::memcmp(header.magic, magic, sizeof magic) != 0) {
    return fail(log_error("this is not a run log of this version", path,
                          "give the folder of a run recorded by this program"));
  }
  in = in.subspan(sizeof header);
  RunLog log{.fingerprint = header.fingerprint, .entries = {}, .torn = false};
  Time now;
  while (!in.empty()) {
    FrameHeader frame{};
    if (in.size() >= sizeof frame) std::memcpy(&frame, in.data(), sizeof frame);
    if (in.size() < sizeof frame || in.size() - sizeof frame < frame.size ||
        checksum_of(in.subspan(sizeof frame, frame.size)) != frame.checksum) {
      log.torn = true;
      return log;
    }
    std::span<const unsigned char> payload = in.subspan(sizeof frame, frame.size);
    in = in.subspan(sizeof frame + frame.size);
    while (!payload.empty()) {
      std::uint64_t worker = 0;
      std::uint64_t wait = 0;
      if (!get_varint(payload, worker) || !get_varint(payload, wait) ||
          worker >= (fresh_bit | LogEntry::timer) || wait > INT64_MAX) {
        return fail(log_error("the run log has an entry that makes no sense", path,
                              "the file was changed; record the run again"));
      }
      now = now + Time{static_cast<std::int64_t>(wait)};
      log.entries.push_back({.worker = static_cast<WorkerId>(worker & ~fresh_bit),
                             .time = now,
                             .fresh = (worker & fresh_bit) != 0});
    }
  }
  return log;
}

}  // namespace tailrace::engine
