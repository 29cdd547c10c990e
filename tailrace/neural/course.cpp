#include "tailrace/neural/course.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tailrace/neural/blame.hpp"

namespace tailrace::neural {

Result<Course> make_course(const Learning& learning, SharedSamples train, SharedSamples test,
                           Score score, std::size_t workers, std::uint64_t seed) {
  auto partition =
      data::split(learning.shards,
                  {.count = train->count(), .labels = train->labels(), .groups = train->groups()},
                  workers, Stream(seed, Purpose::shards));
  if (!partition) return fail_at("shards", std::move(partition.error()));
  std::size_t smallest = train->count();
  for (std::size_t worker = 0; worker < workers; ++worker) {
    smallest = std::min(smallest, partition->shard(worker).size());
  }
  if (learning.batch > smallest) {
    return fail(
        {"problem/batch-too-large",
         fmt::format("batch = {} is more than the {} samples of the smallest shard", learning.batch,
                     smallest),
         "batch",
         fmt::format("choose at most {}, fewer workers, or shards of more equal size", smallest)});
  }
  return Course{std::move(train), std::move(test), score, learning, std::move(*partition), seed};
}

std::vector<std::uint32_t> evenly(std::size_t count, std::size_t limit) {
  if (limit == 0 || limit > count) limit = count;
  std::vector<std::uint32_t> numbers(limit);
  for (std::size_t i = 0; i < limit; ++i) {
    numbers[i] = static_cast<std::uint32_t>(i * count / limit);
  }
  return numbers;
}

}  // namespace tailrace::neural
