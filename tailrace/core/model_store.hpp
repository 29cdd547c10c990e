#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/ids.hpp"

namespace tailrace {

/// The model and those of its past versions that somebody still needs.
///
/// A job pins the version it starts from and releases it when its update has been dealt with. A
/// server step writes the next version *beside* the current one when the current one is pinned, and
/// in place when nobody reads it: no version is ever copied, and none outlives its last reader.
/// Buffers are reused; once a run is warm nothing is allocated.
///
///   buffer   Real (dimension), 16-byte aligned, 64-byte for dimension >= 1024; never moves
///
/// Not thread-safe: an engine calls it under the lock under which it calls the server. The
/// *contents* of a pinned buffer do not change, so they may be read without a lock.
class ModelStore {
 public:
  /// Names a buffer; valid from pin() to the matching release().
  using Slot = std::uint32_t;

  explicit ModelStore(std::span<const Real> start);

  [[nodiscard]] std::size_t dimension() const { return dimension_; }
  [[nodiscard]] Version version() const { return version_; }
  [[nodiscard]] std::span<const Real> current() const { return at(current_); }

  /// Keeps the current version until release().
  Slot pin() {
    ++pins_[current_];
    return current_;
  }
  /// One more reader of a version that is already pinned.
  void pin_again(Slot slot) { ++pins_[slot]; }
  void release(Slot slot) {
    if (--pins_[slot] == 0 && slot != current_) free_.push_back(slot);
  }
  [[nodiscard]] std::span<const Real> at(Slot slot) const { return {buffer(slot), dimension_}; }

  /// A hint that this version will be read and released soon.
  void fetch(Slot slot) const {
    __builtin_prefetch(&pins_[slot]);
    __builtin_prefetch(buffer(slot));
  }

  /// Where a step reads from and writes to; the same buffer if nobody reads the current version.
  struct Step {
    const Real* from;
    Real* to;
  };
  /// Begins version + 1. The caller writes all of `to`, then calls end_step().
  Step begin_step();
  void end_step();

  /// Buffers in use: the current version and every pinned one.
  [[nodiscard]] std::size_t versions_alive() const { return pins_.size() - free_.size(); }

  /// Saves every version in use under its slot; restoring keeps slots valid and drops no pin.
  void state(Archive& archive);

 private:
  [[nodiscard]] Real* buffer(Slot slot) const {
    return slabs_[slot >> slab_bits_].get() + (slot & ((Slot{1} << slab_bits_) - 1)) * stride_;
  }
  Slot allocate();
  void grow();

  struct FreeAligned {
    void operator()(Real* data) const;
  };
  std::size_t dimension_;
  std::size_t stride_;  ///< elements from one buffer to the next in a slab
  unsigned slab_bits_;  ///< log2(buffers per slab)
  std::vector<std::unique_ptr<Real[], FreeAligned>> slabs_;
  std::vector<std::uint32_t> pins_;  ///< readers of each buffer
  std::vector<Slot> free_;
  Slot current_ = 0;
  Slot next_ = 0;
  Version version_ = 0;
};

}  // namespace tailrace
