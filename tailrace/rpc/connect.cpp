#include "tailrace/rpc/connect.hpp"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/credentials.h>

#include <optional>
#include <utility>

#include "tailrace/rpc/address.hpp"
#include "tailrace/rpc/probe.hpp"
#include "tailrace/rpc/settings.hpp"
#include "tailrace/rpc/stream.hpp"
#include "tailrace/security/credentials.hpp"

namespace tailrace::rpc {
namespace {

/// Nothing: plain text.
Result<std::optional<security::Credentials>> credentials_of(const Address& address,
                                                            const ConnectOptions& options) {
  if (options.plaintext) {
    if (auto allowed = allow_plaintext(address); !allowed) return fail(allowed.error());
    return std::nullopt;
  }
  auto files = security::CredentialFiles::of_worker(options.certificates);
  if (!options.authority.empty()) files.authority = options.authority;
  auto read = security::load_credentials(files, security::End::worker);
  if (!read) return fail(std::move(read.error()));
  return std::move(*read);
}

std::shared_ptr<grpc::ChannelCredentials> channel_credentials(
    const std::optional<security::Credentials>& own) {
  if (!own) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = own->authority;
  options.pem_private_key = own->key;
  options.pem_cert_chain = own->certificate;
  return grpc::SslCredentials(options);
}

/// Whether it connected; the first failure is the last.
bool wait_until_connected(grpc::Channel& channel, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::system_clock::now() + patience;
  for (;;) {
    const grpc_connectivity_state state = channel.GetState(true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return false;
    if (!channel.WaitForStateChange(state, deadline)) return false;
  }
}

}  // namespace

Result<std::unique_ptr<cluster::Link>> open_link(const std::string& target,
                                                 const ConnectOptions& options) {
  const auto address = parse_address(target);
  if (!address) return fail(address.error());
  const auto credentials = credentials_of(*address, options);
  if (!credentials) return fail(credentials.error());

  grpc::ChannelArguments arguments = channel_settings();
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  const auto channel =
      grpc::CreateCustomChannel(address->text(), channel_credentials(*credentials), arguments);
  if (wait_until_connected(*channel, options.patience)) return open_stream(channel);

  return fail(why_not_connected(*address, *credentials ? &**credentials : nullptr,
                                options.server_name.empty() ? address->host : options.server_name,
                                options.patience, {}));
}

}  // namespace tailrace::rpc
