#include "tailrace/policy/transform/gaussian_privacy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "tailrace/core/check.hpp"
#include "tailrace/core/distributions.hpp"

namespace tailrace::policy {
namespace {

void add_noise(std::span<Real> values, double deviation, Stream& stream) {
  constexpr std::size_t batch = 512;  // even, as normal numbers come in pairs
  std::array<double, batch> noise{};
  for (std::size_t begin = 0; begin < values.size(); begin += batch) {
    const std::size_t count = std::min(batch, values.size() - begin);
    fill_standard_normal(stream, {noise.data(), count});
    for (std::size_t j = 0; j < count; ++j) {
      Real& value = values[begin + j];
      value = static_cast<Real>(static_cast<double>(value) + deviation * noise[j]);
    }
  }
}

}  // namespace

void GaussianPrivacy::apply(const Arrival& arrival, Update& update) {
  note_sent(arrival.worker);
  const double norm = update.norm();
  if (!(norm <= clip)) update.scale(clip / norm);
  if (noise_multiplier == 0) return;
  Stream stream(key, arrival.worker, arrival.job);
  add_noise(update.edit(), noise_multiplier * clip, stream);
}

void GaussianPrivacy::note_sent(WorkerId worker) {
  TAILRACE_CHECK(worker < releases.size());
  ++releases[worker];
}

math::PrivacyLoss GaussianPrivacy::loss() const {
  const std::uint64_t most =
      releases.empty() ? 0 : *std::max_element(releases.begin(), releases.end());
  const double sensitivity = neighbors == Neighbors::replace ? 2 : 1;  // in units of C
  return math::privacy_loss(
      {.noise_multiplier = noise_multiplier / sensitivity, .count = static_cast<double>(most)},
      delta);
}

std::string GaussianPrivacy::remark() const {
  const math::PrivacyLoss lost = loss();
  return fmt::format(
      "privacy: what a worker has sent is ({:.4g}, {:g})-differentially private, at most {} "
      "updates "
      "each ({})",
      lost.epsilon, lost.delta,
      releases.empty() ? 0 : *std::max_element(releases.begin(), releases.end()),
      name_of(neighbors));
}

void GaussianPrivacy::state(Archive& archive) {
  const std::size_t workers = releases.size();
  archive(releases);
  if (releases.size() == workers) return;
  releases.assign(workers, 0);
  archive.refuse();
}

}  // namespace tailrace::policy
