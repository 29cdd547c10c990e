#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tailrace {

/// Writes state to bytes and reads it back through one function, so that the two cannot disagree:
///
///     void state(Archive& archive) { archive(version_, step_sizes_, table_); }
///
/// Trivially copyable values go as their bytes, vectors and strings as a length and their elements,
/// types with a member `state(Archive&)` recursively. Native byte order: a checkpoint is read by
/// the same build on the same kind of machine (its header says which).
///
/// A reader that meets the end too early, or a length that cannot be right, stops reading, leaves
/// the rest untouched and reports ok() == false. Lengths are not trusted: what it allocates is
/// bounded by a small multiple of the bytes it was given.
class Archive {
 public:
  static Archive writer() { return Archive(); }
  static Archive reader(std::span<const std::byte> bytes) {
    Archive archive;
    archive.source_ = bytes;
    archive.reading_ = true;
    return archive;
  }

  [[nodiscard]] bool reading() const { return reading_; }
  [[nodiscard]] bool ok() const { return ok_; }
  /// True when everything was read and nothing is left over.
  [[nodiscard]] bool finished() const { return ok_ && position_ == source_.size(); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return written_; }
  /// Hands over what was written.
  [[nodiscard]] std::vector<std::byte> take() { return std::move(written_); }

  template <class... Ts>
  void operator()(Ts&... values) {
    (item(values), ...);
  }

  void raw(void* data, std::size_t size) {
    if (!reading_) {
      const auto* first = static_cast<const std::byte*>(data);
      written_.insert(written_.end(), first, first + size);
      return;
    }
    if (!ok_ || source_.size() - position_ < size) {
      ok_ = false;
      return;
    }
    if (size > 0) std::memcpy(data, source_.data() + position_, size);
    position_ += size;
  }

  /// Marks what was read as unusable: its values contradict each other.
  void refuse() { ok_ = false; }

 private:
  template <class T>
  void item(T& value) {
    if constexpr (requires { value.state(*this); }) {
      value.state(*this);
    } else if constexpr (std::is_same_v<T, bool>) {
      auto byte = static_cast<std::uint8_t>(value);
      raw(&byte, sizeof byte);
      if (byte > 1) return refuse();  // any other byte in a bool is undefined behavior
      if (ok_) value = byte == 1;
    } else {
      static_assert(std::is_trivially_copyable_v<T>, "give it a member state(Archive&)");
      raw(&value, sizeof value);
    }
  }

  template <class T>
  void item(std::vector<T>& values) {
    static_assert(!std::is_same_v<T, bool>);
    const std::size_t count = length(values.size());
    constexpr bool plain = std::is_trivially_copyable_v<T> && !requires(T & t, Archive & a) {
      t.state(a);
    };
    if constexpr (plain) {
      if (reading_ && !fits(count, sizeof(T))) return;
      if (reading_) values.resize(count);
      raw(values.data(), count * sizeof(T));
    } else {
      if (!ok_) return;
      if (reading_) values.clear();
      for (std::size_t i = 0; i < count && ok_; ++i) {
        if (reading_) values.emplace_back();
        item(values[i]);
      }
    }
  }

  void item(std::string& text) {
    const std::size_t count = length(text.size());
    if (reading_ && !fits(count, 1)) return;
    if (reading_) text.resize(count);
    raw(text.data(), count);
  }

  std::size_t length(std::size_t count) {
    auto stored = static_cast<std::uint64_t>(count);
    raw(&stored, sizeof stored);
    return static_cast<std::size_t>(stored);
  }

  bool fits(std::size_t count, std::size_t size) {
    if (!ok_ || count > (source_.size() - position_) / size) ok_ = false;
    return ok_;
  }

  std::vector<std::byte> written_;
  std::span<const std::byte> source_;
  std::size_t position_ = 0;
  bool reading_ = false;
  bool ok_ = true;
};

}  // namespace tailrace
