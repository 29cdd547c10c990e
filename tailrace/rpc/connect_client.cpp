#include <array>
#include <string_view>
#include <utility>

#include "tailrace/rpc/connect.hpp"

namespace tailrace::rpc {
namespace {

/// Whether a server may be there later.
bool may_pass(const Errors& errors) {
  constexpr std::array<std::string_view, 3> passing = {"rpc/no-such-host", "rpc/nobody-listens",
                                                       "rpc/no-answer"};
  for (const std::string_view code : passing) {
    if (errors.front().code == code) return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<cluster::Client>> connect(const std::string& target,
                                                 const ConnectOptions& options) {
  auto first = open_link(target, options);
  if (!first && !may_pass(first.error())) return fail(std::move(first.error()));
  // The client asks for a connection whenever it needs one; the first is here already.
  auto ready = std::make_shared<std::unique_ptr<cluster::Link>>();
  if (first) *ready = std::move(*first);
  return cluster::Client::connect(
      [target, options, ready]() -> Result<std::unique_ptr<cluster::Link>> {
        if (*ready) return std::move(*ready);
        return open_link(target, options);
      },
      options.client);
}

}  // namespace tailrace::rpc
