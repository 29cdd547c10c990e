#include "tailrace/security/credentials.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "tailrace/security/openssl.hpp"

namespace tailrace::security {
namespace {

namespace fs = std::filesystem;

using Store = std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)>;
using Verification = std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)>;

/// The certificates behind the first, as OpenSSL takes them; owns none of them.
struct Between {
  explicit Between(const std::vector<Owned<X509>>& chain) {
    for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(stack, chain[i].get());
  }
  ~Between() { sk_X509_free(stack); }
  Between(const Between&) = delete;
  Between& operator=(const Between&) = delete;

  STACK_OF(X509) * stack = sk_X509_new_null();
};

/// X509_V_OK, or why the authority does not vouch for the first of a chain.
int verify(const std::vector<Owned<X509>>& chain, const std::vector<Owned<X509>>& authorities,
           End end) {
  const Store store(X509_STORE_new(), &X509_STORE_free);
  for (const Owned<X509>& authority : authorities)
    X509_STORE_add_cert(store.get(), authority.get());
  const Between between(chain);
  const Verification check(X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  X509_STORE_CTX_init(check.get(), store.get(), chain.front().get(), between.stack);
  X509_STORE_CTX_set_flags(check.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_purpose(
      check.get(), end == End::server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
  (void)X509_verify_cert(check.get());
  ERR_clear_error();
  return X509_STORE_CTX_get_error(check.get());
}

Error refusal(int reason, const Certificate& about, const CredentialFiles& files, End end) {
  Error error{.where = files.certificate};
  const char* renew = "make a new one where the authority is: tailrace certs";
  switch (reason) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      error.code = "security/expired";
      error.what = fmt::format("the certificate of \"{}\", or its authority's, was valid until {}",
                               about.name, date_text(about.until));
      error.fix = renew;
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      error.code = "security/not-yet-valid";
      error.what = fmt::format("the certificate of \"{}\" is valid only from {}", about.name,
                               date_text(about.from));
      error.fix = "set this machine's clock";
      break;
    case X509_V_ERR_INVALID_PURPOSE:
      error.code = "security/wrong-usage";
      error.what = fmt::format("the certificate of \"{}\" is not one for a {}", about.name,
                               end == End::server ? "server" : "worker");
      error.fix = end == End::server ? "give the server's, such as certs/server.pem"
                                     : "give a worker's, such as certs/worker-3.pem";
      break;
    default:
      error.code = "security/wrong-authority";
      error.what = fmt::format("{} does not vouch for the certificate of \"{}\": {}",
                               files.authority, about.name, X509_verify_cert_error_string(reason));
      error.fix = "copy both again from where they were made, together";
  }
  return error;
}

}  // namespace

CredentialFiles CredentialFiles::of_server(const std::string& folder) {
  const fs::path in = folder;
  return {.certificate = in / "server.pem",
          .key = in / "server.key",
          .authority = in / "authority.pem"};
}

CredentialFiles CredentialFiles::of_worker(const std::string& base) {
  return {.certificate = base + ".pem",
          .key = base + ".key",
          .authority = fs::path(base).parent_path() / "authority.pem"};
}

Result<Credentials> load_credentials(const CredentialFiles& files, End end) {
  Credentials read;
  Errors errors;
  for (const auto& [path, text] :
       {std::pair(&files.certificate, &read.certificate), std::pair(&files.key, &read.key),
        std::pair(&files.authority, &read.authority)}) {
    Result<std::string> got = read_text(*path);
    if (got) *text = std::move(*got);
    if (!got) errors.insert(errors.end(), got.error().begin(), got.error().end());
  }
  if (!errors.empty()) return fail(std::move(errors));
  const auto chain = certificates_from(read.certificate, files.certificate);
  if (!chain) return fail(chain.error());
  const auto authorities = certificates_from(read.authority, files.authority);
  if (!authorities) return fail(authorities.error());
  const Result<Owned<EVP_PKEY>> key = key_from(read.key, files.key);
  if (!key) return fail(key.error());
  if (X509_check_private_key(chain->front().get(), key->get()) != 1) {
    (void)openssl_reason();
    return fail({.code = "security/bad-key",
                 .what = fmt::format("the key is not that of {}", files.certificate),
                 .where = files.key,
                 .fix = "copy the certificate and its key again, together"});
  }
  Result<Certificate> about = end == End::worker
                                  ? read_worker(read.certificate, files.certificate)
                                  : read_certificate(read.certificate, files.certificate);
  if (!about) return fail(about.error());
  read.about = std::move(*about);
  const int reason = verify(*chain, *authorities, end);
  if (reason != X509_V_OK) return fail(refusal(reason, read.about, files, end));
  return read;
}

}  // namespace tailrace::security
