#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tailrace/catalog.hpp"

/// The methods that every engine has to carry out alike.
namespace tailrace::testing {

struct NamedMethod {
  std::string name;
  policy::Method method;
};

/// Every recipe of the catalog with its defaults, and those options that change what happens when:
/// waiting, schemes, local steps, jobs in flight, and TailOPT's whole grid. For four workers or
/// more.
inline std::vector<NamedMethod> named_methods() {
  std::vector<NamedMethod> methods;
  const auto add = [&](std::string name, const auto& recipe) {
    methods.push_back({std::move(name), recipe.method()});
  };
  Recipes::each([&]<class Recipe>() { add(std::string(Recipe::name), Recipe{}); });

  add("async_sgd, waiting 3", recipe::AsyncSgd{.wait = 3});
  add("random_async_sgd, waiting 3", recipe::RandomAsyncSgd{.wait = 3, .concurrency = 9});
  add("shuffled_async_sgd, waiting 3", recipe::ShuffledAsyncSgd{.wait = 3, .concurrency = 9});
  add("ringmaster, restarting", recipe::Ringmaster{.threshold = 5, .restart = true});
  add("rennala, restarting", recipe::Rennala{.restart = true});
  add("malenia, restarting", recipe::Malenia{.total = 12, .restart = true});
  add("ace, over workers", recipe::Ace{.mean = policy::TableMean::workers});
  add("mifa, sampled", recipe::Mifa{.local_steps = 2, .participants = 3});
  add("fedavg, sampled", recipe::FedAvg{.local_steps = 2, .participants = 3});
  add("fedbuff, relative, adam",
      recipe::FedBuff{.relative = true, .examples = true, .optimizer = policy::Adam{}});
  for (const recipe::RobustAsyncSgd::Rule& rule :
       {recipe::RobustAsyncSgd::Rule(policy::CenteredClipping{.size = 3, .iterations = 2}),
        recipe::RobustAsyncSgd::Rule(policy::GeometricMedian{.size = 5}),
        recipe::RobustAsyncSgd::Rule(policy::Krum{.size = 6, .select = 3}),
        recipe::RobustAsyncSgd::Rule(policy::TrimmedMean{.size = 5, .cut = 1})}) {
    add(fmt::format("robust_async_sgd, {}",
                    std::visit([](const auto& part) { return part.name; }, rule)),
        recipe::RobustAsyncSgd{.rule = rule, .when = policy::When::after_step});
  }
  const policy::StalenessRule downplaying = policy::PolynomialWeight{};
  for (const auto& [name, scheme] : EnumNames<recipe::Scheme>::values) {
    add(fmt::format("sgdclip, {}", name),
        recipe::SgdClip{.scheme = scheme, .local_steps = 3, .staleness = downplaying});
    add(fmt::format("clip2, {}", name), recipe::Clip2{.scheme = scheme,
                                                      .local_steps = 3,
                                                      .form = policy::ClipForm::coordinates,
                                                      .compensation = 0.04});
  }
  std::apply(
      [&]<class... Outers>(Outers... outers) {
        const auto with_every_inner = [&](const recipe::Outer& outer, std::string_view outer_name) {
          for (const recipe::Inner& inner :
               {recipe::Inner(recipe::PlainSgd{}), recipe::Inner(policy::BiClip{}),
                recipe::Inner(recipe::L2Clip{.power = 0.25})}) {
            const auto inner_name = std::visit([](const auto& part) { return part.name; }, inner);
            add(fmt::format("tailopt, {} over {}", outer_name, inner_name),
                recipe::TailOpt{.local_steps = 2, .inner = inner, .outer = outer});
          }
        };
        (with_every_inner(outers, Outers::name), ...);
      },
      std::tuple<recipe::Average, policy::AdaGrad, policy::Adam, policy::BiClip,
                 policy::RmsProp>());
  return methods;
}

/// The methods whose every step waits for one update from each worker, or that have one job in
/// flight: the order of arrivals makes no difference to them.
inline std::vector<NamedMethod> methods_without_races(std::uint32_t workers) {
  std::vector<NamedMethod> methods = named_methods();
  std::erase_if(methods, [&](const NamedMethod& each) {
    const policy::Next& next = each.method.next;
    const bool waits_for_all = each.method.combine.waits_for(workers) == workers &&
                               next.when == policy::When::after_step && !next.who.may_queue();
    return !waits_for_all && next.concurrency(workers) > 1;
  });
  return methods;
}

}  // namespace tailrace::testing
