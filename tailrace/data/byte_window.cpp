#include "tailrace/data/byte_window.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "tailrace/core/check.hpp"

namespace tailrace::data {
namespace {

constexpr std::size_t packed_size = std::size_t{1} << 16;

std::string reason(int error) { return std::generic_category().message(error); }

bool starts_with(std::span<const char> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

struct ByteSource::Inflater {
  z_stream stream{};
  bool between_members = false;  ///< a gzip file may be several gzip files after one another

  Inflater() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    TAILRACE_CHECK(inflateInit2(&stream, gzip_only) == Z_OK);
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

ByteSource::ByteSource(const std::filesystem::path& path) : packed_(packed_size) {
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) {
    failure_ = {"data/unreadable", "cannot open the file: " + reason(errno),
                "give the path of a readable file"};
  }
}

ByteSource::ByteSource(std::string_view memory) : memory_(memory), packed_(packed_size) {}

ByteSource::~ByteSource() {
  if (file_ >= 0) ::close(file_);
}

std::size_t ByteSource::read(std::span<char> out) {
  if (!detected_) detect();
  std::size_t filled = 0;
  while (filled < out.size() && !failure_) {
    const std::span<char> rest = out.subspan(filled);
    std::size_t count = 0;
    if (inflater_) {
      count = inflate_some(rest);
    } else if (!unread_.empty()) {
      count = std::min(rest.size(), unread_.size());
      std::copy_n(unread_.begin(), count, rest.begin());
      unread_ = unread_.subspan(count);
    } else {
      count = read_packed(rest);
    }
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

/// Looks at the first bytes: gzip is unpacked, other packers are named instead of being misread.
void ByteSource::detect() {
  detected_ = true;
  std::size_t count = 0;
  while (count < 6) {  // a pipe may give them one by one
    const std::size_t more = read_packed(std::span(packed_).subspan(count));
    if (more == 0) break;
    count += more;
  }
  unread_ = std::span(packed_).first(count);
  using namespace std::string_view_literals;
  if (starts_with(unread_, "\x1f\x8b"sv)) {
    inflater_ = std::make_unique<Inflater>();
  } else if (starts_with(unread_, "BZh"sv) || starts_with(unread_,
                                                          "\xfd"
                                                          "7zXZ\0"sv)) {
    failure_ = {"data/corrupt", "this is a bzip2 or xz file; only plain text and gzip are read",
                "unpack it first (bunzip2 or unxz)"};
  }
}

std::size_t ByteSource::read_packed(std::span<char> out) {
  if (file_ < 0) {
    const std::size_t count = std::min(out.size(), memory_.size());
    std::copy_n(memory_.begin(), count, out.begin());
    memory_.remove_prefix(count);
    return count;
  }
  for (;;) {
    const ssize_t count = ::read(file_, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    failure_ = {"data/unreadable", "cannot read the file: " + reason(errno),
                "give the path of a readable file"};
    return 0;
  }
}

/// At least one byte, unless the stream ends or fails.
std::size_t ByteSource::inflate_some(std::span<char> out) {
  z_stream& stream = inflater_->stream;
  for (;;) {
    if (unread_.empty()) unread_ = std::span(packed_).first(read_packed(packed_));
    if (failure_) return 0;
    if (inflater_->between_members) {
      if (unread_.empty()) return 0;
      inflateReset(&stream);
      inflater_->between_members = false;
    }
    if (unread_.empty()) {
      failure_ = {"data/corrupt", "the gzip file ends too early", "copy or download it again"};
      return 0;
    }
    stream.next_in = reinterpret_cast<Bytef*>(unread_.data());
    stream.avail_in = static_cast<uInt>(unread_.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), ByteWindow::size));
    const uInt room = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    unread_ = unread_.last(stream.avail_in);
    if (status == Z_STREAM_END) {
      inflater_->between_members = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      failure_ = {"data/corrupt",
                  std::string("the gzip file is damaged: ") +
                      (stream.msg != nullptr ? stream.msg : "unknown reason"),
                  "copy or download it again"};
    }
    const std::size_t count = room - stream.avail_out;
    if (count > 0 || failure_) return count;
  }
}

ByteWindow::ByteWindow(ByteSource& source)
    : source_(source), buffer_(new char[size + 1]), next_(buffer_.get()), end_(buffer_.get()) {
  refill();
}

void ByteWindow::refill() {
  char* begin = buffer_.get();
  const auto left = static_cast<std::size_t>(end_ - next_);
  passed_ += static_cast<std::uint64_t>(next_ - begin);
  std::memmove(begin, next_, left);
  const std::size_t count = source_.read({begin + left, size - left});
  finished_ = count < size - left;
  next_ = begin;
  end_ = begin + left + count;
  begin[left + count] = '\0';
}

}  // namespace tailrace::data
