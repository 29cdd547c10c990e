#include "tailrace/core/model_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "tailrace/core/check.hpp"

namespace tailrace {
namespace {

constexpr std::size_t alignment = 64;
/// Small models share slabs of about this many bytes.
constexpr std::size_t slab_bytes = std::size_t{1} << 18;

std::size_t stride_for(std::size_t dimension) {
  const std::size_t unit = dimension >= 1024 ? alignment / sizeof(Real) : 16 / sizeof(Real);
  return (std::max<std::size_t>(dimension, 1) + unit - 1) / unit * unit;
}

unsigned slab_bits_for(std::size_t stride) {
  unsigned bits = 0;
  while ((stride * sizeof(Real)) << (bits + 1) <= slab_bytes) ++bits;
  return bits;
}

}  // namespace

void ModelStore::FreeAligned::operator()(Real* data) const { std::free(data); }

ModelStore::ModelStore(std::span<const Real> start)
    : dimension_(start.size()),
      stride_(stride_for(start.size())),
      slab_bits_(slab_bits_for(stride_)) {
  current_ = allocate();
  std::copy(start.begin(), start.end(), buffer(current_));
}

void ModelStore::grow() {
  const std::size_t count = std::size_t{1} << slab_bits_;
  std::size_t bytes = count * stride_ * sizeof(Real);
  bytes = (bytes + alignment - 1) / alignment * alignment;
  auto* data = static_cast<Real*>(std::aligned_alloc(alignment, bytes));
  if (data == nullptr) throw std::bad_alloc();
  const auto first = static_cast<Slot>(pins_.size());
  slabs_.emplace_back(data);
  pins_.resize(pins_.size() + count, 0);
  for (std::size_t i = count; i-- > 0;) free_.push_back(first + static_cast<Slot>(i));
}

ModelStore::Slot ModelStore::allocate() {
  if (free_.empty()) grow();
  const Slot slot = free_.back();
  free_.pop_back();
  return slot;
}

ModelStore::Step ModelStore::begin_step() {
  next_ = pins_[current_] == 0 ? current_ : allocate();
  return {buffer(current_), buffer(next_)};
}

void ModelStore::end_step() {
  current_ = next_;
  ++version_;
}

void ModelStore::state(Archive& archive) {
  std::uint64_t dimension = dimension_;
  std::uint64_t slots = pins_.size();
  archive(dimension, slots, version_, current_);
  std::vector<Slot> used;
  if (!archive.reading()) {
    std::vector<char> is_free(pins_.size(), 0);
    for (const Slot slot : free_) is_free[slot] = 1;
    for (Slot slot = 0; slot < slots; ++slot) {
      if (!is_free[slot]) used.push_back(slot);
    }
  }
  archive(used);
  const bool possible = archive.ok() && dimension == dimension_ && !used.empty() &&
                        std::all_of(used.begin(), used.end(), [&](Slot s) { return s < slots; }) &&
                        std::find(used.begin(), used.end(), current_) != used.end();
  if (archive.reading() && !possible) return archive.refuse();
  if (archive.reading()) {
    while (pins_.size() < slots) grow();
    std::fill(pins_.begin(), pins_.end(), 0);
    std::vector<char> is_used(pins_.size(), 0);
    for (const Slot slot : used) is_used[slot] = 1;
    free_.clear();
    for (std::size_t slot = pins_.size(); slot-- > 0;) {
      if (!is_used[slot]) free_.push_back(static_cast<Slot>(slot));
    }
  }
  for (const Slot slot : used) {
    archive(pins_[slot]);
    archive.raw(buffer(slot), dimension_ * sizeof(Real));
  }
}

}  // namespace tailrace
