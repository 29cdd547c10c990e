#include "tailrace/security/issue.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "tailrace/core/check.hpp"

namespace tailrace::security {
namespace {

using Number = std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)>;
using Moment = std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>;

/// 127 random bits behind a one: never 0, never negative, always as long.
Number random_serial() {
  std::array<unsigned char, 16> bytes{};
  TAILRACE_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  bytes.front() = static_cast<unsigned char>((bytes.front() & 0x3FU) | 0x40U);
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  Number serial(BN_to_ASN1_INTEGER(number, nullptr), &ASN1_INTEGER_free);
  BN_free(number);
  return serial;
}

Moment moment(std::chrono::sys_seconds time) {
  return {ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(time)), &ASN1_TIME_free};
}

void set_name(X509* certificate, const std::string& name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, const std::string& text) {
    TAILRACE_CHECK(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                              reinterpret_cast<const unsigned char*>(text.data()),
                                              static_cast<int>(text.size()), -1, 0) == 1);
  };
  add("O", "Tailrace");
  add("CN", name);
}

void add_extension(X509* certificate, X509V3_CTX* context, int kind, const std::string& text) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, context, kind, text.c_str());
  TAILRACE_CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void add_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const auto add = [&](int kind, const std::string& text) {
    add_extension(certificate, &context, kind, text);
  };
  const bool signs = request.usage == Usage::authority;
  add(NID_basic_constraints, signs ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE");
  add(NID_key_usage, signs ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!signs) {
    add(NID_ext_key_usage, request.usage == Usage::server ? "serverAuth" : "clientAuth");
  }
  add(NID_subject_key_identifier, "hash");
  add(NID_authority_key_identifier, "keyid:always");
  if (!request.hosts.empty()) add(NID_subject_alt_name, request.hosts);
}

/// As host names are written: labels of letters, digits and hyphens, the first perhaps "*"; the
/// last not a number, as in a mistyped address.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::string_view rest = host.starts_with("*.") ? host.substr(2) : host;
  std::string_view label;
  for (std::size_t begin = 0; begin <= rest.size(); begin += label.size() + 1) {
    label = rest.substr(begin, std::min(rest.find('.', begin), rest.size()) - begin);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::ranges::all_of(label,
                             [&](char c) { return is_digit(c) || is_letter(c) || c == '-'; }))
      return false;
  }
  return !std::ranges::all_of(label, is_digit);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

Owned<EVP_PKEY> make_key() {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  TAILRACE_CHECK(key != nullptr);
  return key;
}

Owned<X509> make_certificate(const CertificateRequest& request, EVP_PKEY* key, X509* issuer,
                             EVP_PKEY* issuer_key) {
  Owned<X509> certificate(X509_new());
  TAILRACE_CHECK(certificate != nullptr);
  X509* made = certificate.get();
  X509_set_version(made, X509_VERSION_3);
  X509_set_serialNumber(made, random_serial().get());
  X509_set1_notBefore(made, moment(request.from).get());
  X509_set1_notAfter(made, moment(request.until).get());
  X509_set_pubkey(made, key);
  set_name(made, request.name);
  X509* by = issuer == nullptr ? made : issuer;
  X509_set_issuer_name(made, X509_get_subject_name(by));
  add_extensions(made, by, request);
  TAILRACE_CHECK(X509_sign(made, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

Owned<X509_CRL> make_revocations(const X509_CRL* old, const ASN1_INTEGER* serial, X509* issuer,
                                 EVP_PKEY* issuer_key) {
  Owned<X509_CRL> list(X509_CRL_new());
  TAILRACE_CHECK(list != nullptr);
  X509_CRL* made = list.get();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  X509_CRL_set_version(made, X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(made, X509_get_subject_name(issuer));
  X509_CRL_set1_lastUpdate(made, moment(now - std::chrono::hours(1)).get());
  X509_CRL_set1_nextUpdate(made, X509_get0_notAfter(issuer));
  auto* before = old == nullptr ? nullptr : X509_CRL_get_REVOKED(const_cast<X509_CRL*>(old));
  for (int i = 0; i < sk_X509_REVOKED_num(before); ++i) {
    X509_CRL_add0_revoked(made, X509_REVOKED_dup(sk_X509_REVOKED_value(before, i)));
  }
  if (serial != nullptr) {
    X509_REVOKED* revoked = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(revoked, const_cast<ASN1_INTEGER*>(serial));
    X509_REVOKED_set_revocationDate(revoked, moment(now).get());
    X509_CRL_add0_revoked(made, revoked);
  }
  X509_CRL_sort(made);
  const Number number(ASN1_INTEGER_new(), &ASN1_INTEGER_free);
  ASN1_INTEGER_set(number.get(), sk_X509_REVOKED_num(X509_CRL_get_REVOKED(made)));
  X509_CRL_add1_ext_i2d(made, NID_crl_number, number.get(), 0, 0);
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, nullptr, nullptr, made, 0);
  X509_EXTENSION* key_of_issuer =
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always");
  TAILRACE_CHECK(key_of_issuer != nullptr && X509_CRL_add_ext(made, key_of_issuer, -1) == 1);
  X509_EXTENSION_free(key_of_issuer);
  TAILRACE_CHECK(X509_CRL_sign(made, issuer_key, EVP_sha256()) > 0);
  return list;
}

Result<std::string> alternative_names(const std::vector<std::string>& hosts) {
  std::vector<std::string> names;
  Errors errors;
  for (const std::string& host : hosts) {
    std::string name;
    if (is_address(host)) {
      name = "IP:" + host;
    } else if (is_host_name(host)) {
      name = "DNS:" + host;
    } else {
      errors.push_back({.code = "security/bad-host",
                        .what = fmt::format("\"{}\" is neither a host name nor an address", host),
                        .where = "",
                        .fix = "give a name such as server.example.org, or an address such as "
                               "10.0.0.7 or fd00::7, without a port"});
    }
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  if (!errors.empty()) return fail(std::move(errors));
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace tailrace::security
