/// One server step at d = 10^8: the time it takes against the time its bytes take at the triad
/// bandwidth of this run.

#include <cstdlib>
#include <vector>

#include "bench/measure.hpp"
#include "tailrace/core/parallel.hpp"
#include "tailrace/math/vector.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/biclip.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/momentum.hpp"
#include "tailrace/policy/transform/scale_by_staleness.hpp"

namespace {

using namespace tailrace;

/// a = b + s c over arrays far larger than every cache; bytes as the STREAM benchmark counts them.
class Triad {
 public:
  explicit Triad(std::size_t dimension) : a_(dimension), b_(dimension, 1), c_(dimension, 2) {}

  double seconds_per_byte(Pool* pool) {
    const std::size_t chunks = a_.size() / math::chunk_size;
    const double seconds = bench::seconds([&] {
      run_chunks(pool, chunks, [&](std::size_t chunk) {
        Real* a = a_.data() + chunk * math::chunk_size;
        const Real* b = b_.data() + chunk * math::chunk_size;
        const Real* c = c_.data() + chunk * math::chunk_size;
        for (std::size_t i = 0; i < math::chunk_size; ++i) a[i] = b[i] + Real{3} * c[i];
      });
    });
    return seconds / (12.0 * static_cast<double>(chunks * math::chunk_size));
  }

 private:
  std::vector<Real> a_, b_, c_;
};

/// A server that is handed the same update again and again.
class ServerStep {
 public:
  ServerStep(const policy::Method& method, std::size_t dimension, Pool* pool)
      : dimension_(dimension) {
    const std::vector<Real> start(dimension, 1);
    server_ = policy::make_server(method, {.start = start, .workers = 1, .seed = 1, .pool = pool});
    for (Real& value : update_.start(dimension)) value = 1e-3F;
  }

  double seconds() {
    static_cast<void>(update_.start(dimension_));
    actions_.clear();
    const Version version = server_->version();
    return bench::seconds([&] {
      server_->arrive({.worker = 0, .job = 0, .started = version, .start = {}}, update_, actions_);
    });
  }

 private:
  std::size_t dimension_;
  std::unique_ptr<policy::Server> server_;
  policy::Update update_;
  policy::Actions actions_;
};

void measure(std::string_view name, const policy::Method& method, double bytes_per_element,
             std::size_t dimension, std::size_t threads, Triad& triad) {
  Pool pool(threads);
  ServerStep step(method, dimension, &pool);
  static_cast<void>(step.seconds());
  const double bytes = bytes_per_element * static_cast<double>(dimension);
  const auto [ours, limit] = bench::best_of(
      7, [&] { return step.seconds(); }, [&] { return bytes * triad.seconds_per_byte(&pool); });
  bench::report(fmt::format("{}, {} core{}", name, threads, threads == 1 ? "" : "s"), ours * 1e3,
                limit * 1e3, "ms", ours / limit, "<= 1.25");
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t dimension = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000'000;
  Triad triad(dimension);
  bench::heading(
      fmt::format("server step, d = {} (time, against its bytes at triad bandwidth)", dimension));
  policy::Method clip;
  clip.each = {policy::ClipNorm{.threshold = 1}, policy::ScaleByStaleness{}};
  clip.then = {policy::Momentum{}};
  policy::Method biclip;
  biclip.each = {
      policy::BiClip{.form = policy::ClipForm::coordinates, .lower = 1e-4, .upper = 1e-2},
      policy::ScaleByStaleness{}};
  biclip.then = {policy::Momentum{}};
  for (const std::size_t threads : {1UL, 2UL}) {
    // The norm reads u (4); the sweep reads u, m, x and writes m, x (20).
    measure("L2 clip + staleness + momentum + update", clip, 24, dimension, threads, triad);
    // Coordinate-wise clipping needs no norm: one sweep.
    measure("BiClip + staleness + momentum + update", biclip, 20, dimension, threads, triad);
  }
}
