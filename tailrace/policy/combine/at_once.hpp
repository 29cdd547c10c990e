#pragma once

#include "tailrace/policy/combine.hpp"

namespace tailrace::policy {

/// Every update is a step of its own, as soon as it arrives.
struct AtOnce {
  static constexpr std::string_view name = "at_once";
  static constexpr std::string_view summary = "Every update is a server step of its own.";
  static constexpr std::string_view formula = "x <- x - eta u";
  static constexpr std::string_view source =
      "asynchronous SGD: Recht et al.: Hogwild!, NeurIPS 2011; Agarwal, Duchi, NeurIPS 2011";
  static constexpr bool sliceable = true;
  static void fields(auto& /*self*/, auto&& /*field*/) {}

  [[nodiscard]] std::uint64_t waits_for(std::uint32_t /*workers*/) const { return 1; }
  [[nodiscard]] std::unique_ptr<Combiner> make(const PartSetup& /*setup*/) const {
    struct Immediate final : Combiner {
      Combined add(const Arrival& arrival, JobNumber /*job*/, Update& update) override {
        return {&update, arrival.staleness};
      }
      void state(Archive& /*archive*/) override {}
    };
    return std::make_unique<Immediate>();
  }
};

}  // namespace tailrace::policy
