#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/result.hpp"

/// OpenSSL's objects as values; for the sources of this folder.
namespace tailrace::security {

struct Release {
  void operator()(BIO* stream) const;
  void operator()(EVP_PKEY* key) const;
  void operator()(X509* certificate) const;
  void operator()(X509_CRL* list) const;
};

template <class T>
using Owned = std::unique_ptr<T, Release>;

/// What OpenSSL says of its last failure, which it then forgets.
[[nodiscard]] std::string openssl_reason();

/// Certificates in PEM, one after the other; other text between them is skipped.
///
/// Errors  security/bad-certificate: none, or a damaged one.
[[nodiscard]] Result<std::vector<Owned<X509>>> certificates_from(std::string_view pem,
                                                                 const std::string& where);

/// A private key in PEM, not encrypted: nobody is asked for a password.
///
/// Errors  security/bad-key.
[[nodiscard]] Result<Owned<EVP_PKEY>> key_from(std::string_view pem, const std::string& where);

/// Lists of revoked certificates in PEM.
///
/// Errors  security/bad-revocations.
[[nodiscard]] Result<std::vector<Owned<X509_CRL>>> revocations_from(std::string_view pem,
                                                                    const std::string& where);

[[nodiscard]] std::string to_pem(X509* certificate);
[[nodiscard]] std::string to_pem(X509_CRL* list);
[[nodiscard]] std::string to_pem(EVP_PKEY* key);

/// Upper-case hexadecimal, an even number of digits.
[[nodiscard]] std::string serial_text(const ASN1_INTEGER* serial);

[[nodiscard]] std::chrono::sys_seconds time_of(const ASN1_TIME* time);

/// A file's text.
///
/// Errors  core/io.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

}  // namespace tailrace::security
