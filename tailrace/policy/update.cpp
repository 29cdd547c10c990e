#include "tailrace/policy/update.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "tailrace/core/check.hpp"
#include "tailrace/math/vector.hpp"

namespace tailrace::policy {

using math::block_size;
using math::chunk_size;

namespace {

/// Waking other threads costs tens of microseconds; sweeps over fewer chunks are over by then.
constexpr std::size_t shared_chunks_min = 3;

}  // namespace

void Update::reset() {
  sources_.clear();
  factor_ = 1;
  norm_.reset();
  queued_ = 0;
  discarded_ = false;
}

std::span<Real> Update::start(std::size_t dimension) {
  reset();
  dimension_ = dimension;
  values_.resize(dimension);
  return values_;
}

void Update::start(std::size_t dimension, std::span<const Source> sources) {
  TAILRACE_CHECK(!sources.empty());
  reset();
  dimension_ = dimension;
  sources_.assign(sources.begin(), sources.end());
  if (sources_.size() == 1) factor_ = sources_.front().weight;
}

void Update::absorb_extreme_factor() {
  const double size = std::fabs(factor_);
  if (size == 0 || (size > 1e-30 && size < 1e30)) return;
  settle();
  for (Real& value : values_) value = static_cast<Real>(factor_ * value);
  if (norm_) *norm_ *= size;
  factor_ = 1;
}

void Update::then(Pass pass) {
  absorb_extreme_factor();
  if (queued_ == queue_max) settle();
  queue_[queued_++] = {pass, static_cast<Real>(factor_)};
  factor_ = 1;
  norm_.reset();
}

template <class Body>
void Update::sweep(const Body& body) {
  const std::size_t size = dimension();
  if (size <= chunk_size) return body(std::size_t{0}, std::size_t{0}, size);
  const std::size_t chunks = (size + chunk_size - 1) / chunk_size;
  run_chunks(chunks < shared_chunks_min ? nullptr : pool_, chunks, [&](std::size_t chunk) {
    body(chunk, chunk * chunk_size, std::min(size, (chunk + 1) * chunk_size));
  });
}

const Real* Update::load(std::size_t begin, std::size_t size, Real* scratch, double* sum) const {
  const Real* in = only_source() + begin;
  if (sources_.size() > 1) {
    std::fill_n(sum, size, 0.0);
    for (const Source& source : sources_) {
      math::add_scaled(sum, source.weight, source.values + begin, size);
    }
    math::round_to_real(sum, scratch, size);
    in = scratch;
  }
  for (std::size_t i = 0; i < queued_; ++i) {
    queue_[i].pass.run(queue_[i].pass.self, {begin, size, in, queue_[i].scale, scratch});
    in = scratch;
  }
  return in;
}

void Update::settle_measuring(bool measure_norm) {
  const std::size_t size = dimension();
  values_.resize(size);
  std::vector<double> squares(measure_norm ? (size + chunk_size - 1) / chunk_size : 0);
  sweep([&](std::size_t chunk, std::size_t chunk_begin, std::size_t chunk_end) {
    double sum[block_size];
    for (std::size_t begin = chunk_begin; begin < chunk_end; begin += block_size) {
      const std::size_t count = std::min(block_size, chunk_end - begin);
      Real* out = values_.data() + begin;
      const Real* in = load(begin, count, out, sum);
      if (in != out) std::copy_n(in, count, out);
    }
    // The chunk is still in the second-level cache: the norm costs no trip to memory.
    if (measure_norm && chunk_end > chunk_begin) {
      squares[chunk] =
          math::squared_norm_chunk(values_.data() + chunk_begin, chunk_end - chunk_begin);
    }
  });
  sources_.clear();
  queued_ = 0;
  if (measure_norm) norm_ = root_of(squares);
}

double Update::root_of(std::span<const double> squares) {
  if (slices_ != nullptr) return std::sqrt(slices_->add_up(squares));
  double sum = 0;
  for (const double square : squares) sum += square;
  return std::sqrt(sum);
}

double Update::norm() {
  if (!settled()) {
    settle_measuring(true);
  } else if (!norm_) {
    const std::span<const Real> all{only_source(), dimension()};
    norm_ = slices_ == nullptr ? std::sqrt(math::squared_norm(all, pool_))
                               : root_of(math::squared_norms(all, pool_));
  }
  return std::fabs(factor_) * *norm_;
}

void Update::settle() {
  if (!settled() || !sources_.empty()) settle_measuring(false);
}

void Update::exchange(std::vector<Real>& spare) {
  settle();
  std::swap(values_, spare);
}

const std::vector<Real>& Update::values() {
  absorb_extreme_factor();
  settle();
  math::scale(values_.data(), static_cast<Real>(factor_), values_.data(), values_.size());
  if (norm_) *norm_ *= std::fabs(factor_);
  factor_ = 1;
  return values_;
}

std::span<Real> Update::edit() {
  static_cast<void>(values());
  norm_.reset();
  return values_;
}

bool Update::subtract_from(const Real* from, Real* to, double step_size) {
  factor_ *= step_size;
  absorb_extreme_factor();
  const auto scale = static_cast<Real>(factor_);
  std::atomic<bool> finite = true;
  sweep([&](std::size_t, std::size_t chunk_begin, std::size_t chunk_end) {
    Real scratch[block_size];
    double sum[block_size];
    for (std::size_t begin = chunk_begin; begin < chunk_end; begin += block_size) {
      const std::size_t count = std::min(block_size, chunk_end - begin);
      const Real* u = load(begin, count, scratch, sum);
      if (!math::subtract_scaled(from + begin, to + begin, scale, u, count)) {
        finite.store(false, std::memory_order_relaxed);
      }
    }
  });
  const bool here = finite.load(std::memory_order_relaxed);
  return slices_ == nullptr ? here : slices_->all(here);
}

}  // namespace tailrace::policy
