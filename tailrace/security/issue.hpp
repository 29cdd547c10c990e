#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tailrace/core/result.hpp"
#include "tailrace/security/openssl.hpp"

namespace tailrace::security {

/// What a certificate is for.
enum class Usage { authority, server, worker };

/// What is to be written into a certificate.
struct CertificateRequest {
  std::string name;  ///< the subject's common name
  Usage usage = Usage::worker;
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds until;
  std::string hosts;  ///< "DNS:localhost,IP:127.0.0.1"; empty: none
};

/// A new key on the curve P-256.
[[nodiscard]] Owned<EVP_PKEY> make_key();

/// Makes a certificate for a key.
///
///   issuer, issuer_key  who vouches for it; null, `key`: it does itself
[[nodiscard]] Owned<X509> make_certificate(const CertificateRequest& request, EVP_PKEY* key,
                                           X509* issuer, EVP_PKEY* issuer_key);

/// Makes a list of revoked certificates: those of `old` (null: none) and one more (null: none).
[[nodiscard]] Owned<X509_CRL> make_revocations(const X509_CRL* old, const ASN1_INTEGER* serial,
                                               X509* issuer, EVP_PKEY* issuer_key);

/// What X.509 takes for these names and addresses of a server: "DNS:localhost,IP:127.0.0.1".
///
/// Errors  security/bad-host.
[[nodiscard]] Result<std::string> alternative_names(const std::vector<std::string>& hosts);

}  // namespace tailrace::security
