#pragma once

#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/security/peer.hpp"

namespace tailrace::security {

/// Where the files of one end of a session are.
struct CredentialFiles {
  std::string certificate;  ///< may be followed by certificates between it and the authority's
  std::string key;
  std::string authority;

  /// Of a folder as `tailrace certs` makes it: server.pem, server.key, authority.pem.
  [[nodiscard]] static CredentialFiles of_server(const std::string& folder);
  /// Of "certs/worker-3": certs/worker-3.pem, certs/worker-3.key, certs/authority.pem.
  [[nodiscard]] static CredentialFiles of_worker(const std::string& base);
};

/// What one end of a session shows, and whom it believes; in PEM.
struct Credentials {
  std::string certificate;
  std::string key;
  std::string authority;
  Certificate about;
};

/// What a certificate is to be used for.
enum class End { server, worker };

/// Reads them, and finds out what the other end would refuse without saying why.
///
/// Errors  core/io; security/bad-certificate, security/bad-key; security/not-a-worker;
///         security/expired, security/not-yet-valid; security/wrong-usage;
///         security/wrong-authority: it does not vouch for the certificate.
[[nodiscard]] Result<Credentials> load_credentials(const CredentialFiles& files, End end);

}  // namespace tailrace::security
