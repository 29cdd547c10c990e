#include "tailrace/policy/servers/looking_ahead.hpp"

#include <array>
#include <vector>

#include "tailrace/math/kernel.hpp"
#include "tailrace/policy/parts_server.hpp"

namespace tailrace::policy {
namespace {

TAILRACE_KERNEL void add(const Real* in, Real* sum, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) sum[i] += in[i];
}

/// m <- beta m + share d;  d <- 0
TAILRACE_KERNEL void move(Real beta, Real share, Real* gathered, Real* momentum, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    momentum[i] = beta * momentum[i] + share * gathered[i];
    gathered[i] = 0;
  }
}

/// to <- x - of_momentum m - of_gathered d
TAILRACE_KERNEL void look(Real of_momentum, Real of_gathered, const Real* x, const Real* momentum,
                          const Real* gathered, Real* to, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    to[i] = x[i] - (of_momentum * momentum[i] + of_gathered * gathered[i]);
  }
}

class LookingAheadServer final : public PartsServer {
 public:
  LookingAheadServer(const LookingAhead& options, const Method& method, const ServerSetup& setup)
      : PartsServer(method, setup),
        beta_(options.beta),
        step_size_(method.step_size),
        ahead_(setup.start),
        momentum_(setup.start.size(), 0),
        gathered_(setup.start.size(), 0) {
    equip(combined_);
  }

  void begin(Actions& actions) override {
    for (WorkerId worker = 0; worker < workers(); ++worker) start(worker, actions);
  }

  void arrive(const Arrived& arrived, Update& update, Actions& actions) override {
    const Arrival arrival = describe(arrived, in_flight_);
    --in_flight_;
    if (accept(arrived, arrival, update)) take(arrival, update, actions);
    start(arrived.worker, actions);
  }

  void state(Archive& archive) override {
    PartsServer::state(archive);
    const std::size_t dimension = models_.dimension();
    archive(ahead_, momentum_, gathered_, count_, in_flight_);
    if (archive.ok() && momentum_.size() == dimension && gathered_.size() == dimension &&
        count_ < workers()) {
      return;
    }
    momentum_.resize(dimension);
    gathered_.resize(dimension);
    count_ = 0;
    archive.refuse();
  }

 private:
  static constexpr std::uint32_t ahead_branch = 1;

  ModelStore& branch_models(std::uint32_t /*branch*/) override { return ahead_; }

  void start(WorkerId worker, Actions& actions) {
    actions.start.push_back({.worker = worker, .branch = ahead_branch});
    ++in_flight_;
  }

  void take(const Arrival& arrival, Update& update, Actions& actions) {
    const std::vector<Real>& values = update.values();
    const std::size_t size = values.size();
    add(values.data(), gathered_.data(), size);
    combined_.start(size, std::array{Update::Source{values.data(), 1},
                                     Update::Source{momentum_.data(), beta_}});
    step(arrival, {&combined_, arrival.staleness}, actions);
    if (++count_ == workers()) {
      move(static_cast<Real>(beta_), static_cast<Real>(1.0 / workers()), gathered_.data(),
           momentum_.data(), size);
      count_ = 0;
    }
    look_ahead(step_size_at(step_size_, arrival.step()));
  }

  void look_ahead(double step_size) {
    const double n = workers();
    const auto c = static_cast<double>(count_);
    const double of_momentum = step_size * beta_ * (n - c + c * beta_);
    const double of_gathered = step_size * beta_ * c / n;
    Real* const to = ahead_.begin_step().to;
    look(static_cast<Real>(of_momentum), static_cast<Real>(of_gathered), models_.current().data(),
         momentum_.data(), gathered_.data(), to, models_.dimension());
    ahead_.end_step();
  }

  double beta_;
  Schedule step_size_;
  ModelStore ahead_;            ///< y
  std::vector<Real> momentum_;  ///< m
  std::vector<Real> gathered_;  ///< d
  std::uint64_t count_ = 0;     ///< c, below n
  std::uint64_t in_flight_ = 0;
  Update combined_;
};

}  // namespace

std::unique_ptr<Server> LookingAhead::make(const Method& method, const ServerSetup& setup) const {
  return std::make_unique<LookingAheadServer>(*this, method, setup);
}

}  // namespace tailrace::policy
