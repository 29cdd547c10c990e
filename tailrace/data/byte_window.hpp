#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tailrace::data {

/// Bytes of a file or of memory, front to back; from gzip unpacked on the way.
class ByteSource {
 public:
  /// What keeps a source from giving more bytes; the reader adds where that was.
  struct Failure {
    std::string code;
    std::string what;
    std::string fix;
  };

  explicit ByteSource(const std::filesystem::path& path);
  explicit ByteSource(std::string_view memory);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills `out` from the front, as far as there are bytes: fewer than asked for means the end or a
  /// failure.
  std::size_t read(std::span<char> out);

  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

 private:
  struct Inflater;

  std::size_t read_packed(std::span<char> out);
  std::size_t inflate_some(std::span<char> out);
  void detect();

  int file_ = -1;
  std::string_view memory_;
  std::vector<char> packed_;  ///< bytes read ahead: the first few, and later gzip's input
  std::span<char> unread_;    ///< the part of packed_ not yet used
  std::unique_ptr<Inflater> inflater_;
  bool detected_ = false;
  std::optional<Failure> failure_;
};

/// A source seen through a window of fixed size in which the next `lookahead` bytes always lie in
/// one piece, followed by a zero byte at the end of the source.
class ByteWindow {
 public:
  static constexpr std::size_t size = std::size_t{1} << 20;
  static constexpr std::size_t lookahead = 512;

  explicit ByteWindow(ByteSource& source);

  /// The next byte; 0 at the end.
  [[nodiscard]] char peek() const { return *next_; }
  [[nodiscard]] bool at_end() const { return next_ == end_; }
  [[nodiscard]] const char* next() const { return next_; }
  [[nodiscard]] const char* end() const { return end_; }

  /// How many bytes were passed so far.
  [[nodiscard]] std::uint64_t position() const {
    return passed_ + static_cast<std::uint64_t>(next_ - buffer_.get());
  }

  /// Passes bytes that were seen: to <= end().
  void advance_to(const char* to) {
    next_ = to;
    if (static_cast<std::size_t>(end_ - next_) < lookahead && !finished_) refill();
  }
  void skip() { advance_to(next_ + 1); }

 private:
  void refill();

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  const char* next_;
  const char* end_;
  std::uint64_t passed_ = 0;  ///< bytes of the source in front of the buffer
  bool finished_ = false;
};

}  // namespace tailrace::data
