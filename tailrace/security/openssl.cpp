#include "tailrace/security/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <limits>

#include "tailrace/core/check.hpp"
#include "tailrace/core/file.hpp"

namespace tailrace::security {
namespace {

Owned<BIO> reader_of(std::string_view text) {
  TAILRACE_CHECK(text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* stream) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(stream, &begin);
  return {begin, static_cast<std::size_t>(size)};
}

/// Whether reading stopped because there is nothing more to read.
bool is_at_end() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

int no_password(char*, int, int, void*) { return -1; }

/// All of a kind that a text holds.
///
///   read  (BIO*) -> T*, null at the end and when something is damaged
template <class T, class Read>
Result<std::vector<Owned<T>>> all_from(std::string_view pem, Error error, Read read) {
  ERR_clear_error();
  const Owned<BIO> stream = reader_of(pem);
  std::vector<Owned<T>> all;
  while (T* one = read(stream.get())) all.emplace_back(one);
  if (is_at_end() && !all.empty()) {
    ERR_clear_error();
    return all;
  }
  error.what += is_at_end() ? "nothing of the kind is in it" : openssl_reason();
  ERR_clear_error();
  return fail(std::move(error));
}

}  // namespace

void Release::operator()(BIO* stream) const { BIO_free_all(stream); }
void Release::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void Release::operator()(X509* certificate) const { X509_free(certificate); }
void Release::operator()(X509_CRL* list) const { X509_CRL_free(list); }

std::string openssl_reason() {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return reason == nullptr ? "OpenSSL does not say why" : reason;
}

Result<std::vector<Owned<X509>>> certificates_from(std::string_view pem, const std::string& where) {
  return all_from<X509>(
      pem,
      {.code = "security/bad-certificate",
       .what = "no certificate can be read: ",
       .where = where,
       .fix = "give a file in PEM, which begins with -----BEGIN CERTIFICATE-----"},
      [](BIO* stream) { return PEM_read_bio_X509(stream, nullptr, no_password, nullptr); });
}

Result<Owned<EVP_PKEY>> key_from(std::string_view pem, const std::string& where) {
  ERR_clear_error();
  const Owned<BIO> stream = reader_of(pem);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(stream.get(), nullptr, no_password, nullptr));
  if (key) return key;
  return fail({.code = "security/bad-key",
               .what = "no private key can be read: " + openssl_reason(),
               .where = where,
               .fix = "give a key in PEM without a password (openssl pkey -in KEY -out NEW)"});
}

Result<std::vector<Owned<X509_CRL>>> revocations_from(std::string_view pem,
                                                      const std::string& where) {
  return all_from<X509_CRL>(
      pem,
      {.code = "security/bad-revocations",
       .what = "no list of revoked certificates can be read: ",
       .where = where,
       .fix = "give a file in PEM, which begins with -----BEGIN X509 CRL-----"},
      [](BIO* stream) { return PEM_read_bio_X509_CRL(stream, nullptr, no_password, nullptr); });
}

std::string to_pem(X509* certificate) {
  const Owned<BIO> stream(BIO_new(BIO_s_mem()));
  TAILRACE_CHECK(PEM_write_bio_X509(stream.get(), certificate) == 1);
  return text_of(stream.get());
}

std::string to_pem(X509_CRL* list) {
  const Owned<BIO> stream(BIO_new(BIO_s_mem()));
  TAILRACE_CHECK(PEM_write_bio_X509_CRL(stream.get(), list) == 1);
  return text_of(stream.get());
}

std::string to_pem(EVP_PKEY* key) {
  const Owned<BIO> stream(BIO_new(BIO_s_secmem()));
  TAILRACE_CHECK(
      PEM_write_bio_PKCS8PrivateKey(stream.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(stream.get());
}

std::string serial_text(const ASN1_INTEGER* serial) {
  BIGNUM* number = ASN1_INTEGER_to_BN(serial, nullptr);
  char* digits = number == nullptr ? nullptr : BN_bn2hex(number);
  std::string text = digits == nullptr ? "" : digits;
  OPENSSL_free(digits);
  BN_free(number);
  return text;
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

Result<std::string> read_text(const std::string& path) {
  const Result<std::vector<std::byte>> bytes = read_whole(path);
  if (!bytes) return fail(bytes.error());
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

}  // namespace tailrace::security
