#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/policy/transform.hpp"

namespace tailrace::policy {

/// What a faulty worker sends in place of its update u.
enum class Fault {
  sign_flip,     ///< -scale * u
  scaled,        ///< scale * u
  zero,          ///< 0
  gaussian,      ///< independent normal numbers with standard deviation `scale`
  not_a_number,  ///< NaN everywhere
};

}  // namespace tailrace::policy

namespace tailrace {
template <>
struct EnumNames<policy::Fault> {
  static constexpr std::array values = {
      std::pair{std::string_view("sign_flip"), policy::Fault::sign_flip},
      std::pair{std::string_view("scaled"), policy::Fault::scaled},
      std::pair{std::string_view("zero"), policy::Fault::zero},
      std::pair{std::string_view("gaussian"), policy::Fault::gaussian},
      std::pair{std::string_view("not_a_number"), policy::Fault::not_a_number}};
};
}  // namespace tailrace

namespace tailrace::policy {

/// Makes some workers faulty, to see what a method withstands. A part of `send`.
///
///     u  <-  fault(u)   for floor(share * n) workers, drawn once by the seed
///
///   u      Update  (dim)
///   share  double  [1]    in [0, 1]: of the workers
///   scale  double  [1]    what it multiplies depends on the fault; not used by zero, not_a_number
///
/// State   none: who is faulty depends on the seed alone, and gaussian numbers on worker and job.
/// Cost    O(1); gaussian and not_a_number write the vector.
/// Errors  none.
/// Source  the attacks common in papers on Byzantine workers, such as arXiv:2012.10333.
struct FaultyWorkers {
  static constexpr std::string_view name = "faulty_workers";
  static constexpr std::string_view summary =
      "Makes some workers faulty, to see what a method withstands.";
  static constexpr std::string_view formula = "u <- fault(u) for floor(share n) of the workers";
  static constexpr std::string_view source =
      "attacks as in Karimireddy, He, Jaggi, arXiv:2012.10333";
  static constexpr bool on_worker = true;
  static constexpr Law laws = Law::none;
  static constexpr bool needs_job = true;

  double share = 0.2;
  Fault fault = Fault::sign_flip;
  double scale = 1;

  static void fields(auto& self, auto&& field) {
    field("share", self.share, Field{.min = 0, .max = 1, .doc = "of the workers; 0 is none"});
    field("fault", self.fault, Field{.doc = "what they send"});
    field("scale", self.scale, Field{.min = 0, .max = 1e30, .doc = "size of the fault"});
  }

  void prepare(const PartSetup& setup);
  void apply(const Arrival& arrival, Update& update) const;

  std::uint64_t key = 0;
  std::vector<std::uint8_t> faulty = {};  ///< by worker
};
static_assert(Transform<FaultyWorkers>);

}  // namespace tailrace::policy
