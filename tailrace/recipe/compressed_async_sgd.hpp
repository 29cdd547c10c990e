#pragma once

#include <variant>

#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/method.hpp"
#include "tailrace/policy/transform/bf16.hpp"
#include "tailrace/policy/transform/fp16.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/natural.hpp"
#include "tailrace/policy/transform/random_k.hpp"
#include "tailrace/policy/transform/sign.hpp"
#include "tailrace/policy/transform/top_k.hpp"
#include "tailrace/recipe/options.hpp"

namespace tailrace::recipe {

using Compressor = std::variant<policy::Bf16, policy::Fp16, policy::Int8, policy::Natural,
                                policy::RandomK, policy::Sign, policy::TopK>;

/// Asynchronous SGD whose workers compress what they send, and send along with the next message
/// what the last ones left out. On a slow network a step takes a fraction of the time.
///
/// Source  Stich, Karimireddy: The error-feedback framework, JMLR 2020, arXiv:1909.05350, which
///         covers compression and delay in one analysis; there delays are bounded and the server
///         steps by all messages of a round, here by each as it arrives.
struct CompressedAsyncSgd {
  static constexpr std::string_view name = "compressed_async_sgd";
  static constexpr std::string_view title = "Compressed asynchronous SGD with error feedback";
  static constexpr std::string_view summary =
      "Workers send a fraction of every gradient and remember the rest for the next one.";
  static constexpr std::string_view source = "Stich, Karimireddy, arXiv:1909.05350";
  static constexpr std::string_view box = R"(give workers concurrency jobs from x
worker i:  p <- gradient of f_i at x + e_i
           send C(p), a compressed message
           e_i <- p - C(p)                      (compressors without error feedback: e_i = 0)
whenever a message arrives from worker i
  x <- x - step_size_t * C(p)
  worker i gets a job from the new x
  C = bf16 | fp16 | int8 | natural | random_k | sign | top_k)";

  policy::Schedule step_size = policy::ConstantStep{};
  Compressor compressor = policy::TopK{};
  std::uint64_t concurrency = 0;

  static void fields(auto& self, auto&& field) {
    field("step_size", self.step_size, step_size_field);
    field("compressor", self.compressor, Field{.doc = "C, and whether it remembers"});
    field("concurrency", self.concurrency, concurrency_field);
  }

  [[nodiscard]] policy::Method method() const {
    return {
        .send = std::visit([](const auto& chosen) { return policy::Chain{chosen}; }, compressor),
        .combine = policy::AtOnce{},
        .next = {.who = policy::Sender{}, .in_flight = concurrency},
        .step_size = step_size,
    };
  }
};

}  // namespace tailrace::recipe
