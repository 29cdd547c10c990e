#include "tailrace/security/revocation.hpp"

#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "tailrace/security/openssl.hpp"

namespace tailrace::security {
namespace {

bool is_signed_by(X509_CRL* list, const std::vector<Owned<X509>>& authorities) {
  const bool found = std::ranges::any_of(authorities, [&](const Owned<X509>& authority) {
    return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority.get())) == 0 &&
           X509_CRL_verify(list, X509_get0_pubkey(authority.get())) == 1;
  });
  (void)openssl_reason();
  return found;
}

}  // namespace

Result<std::vector<std::string>> read_revocations(const std::string& path,
                                                  const std::string& authority) {
  const Result<std::string> authority_pem = read_text(authority);
  if (!authority_pem) return fail(authority_pem.error());
  const auto authorities = certificates_from(*authority_pem, authority);
  if (!authorities) return fail(authorities.error());
  const Result<std::string> pem = read_text(path);
  if (!pem) return fail(pem.error());
  const auto lists = revocations_from(*pem, path);
  if (!lists) return fail(lists.error());
  std::vector<std::string> serials;
  for (const Owned<X509_CRL>& list : *lists) {
    if (!is_signed_by(list.get(), *authorities)) {
      return fail({.code = "security/bad-revocations",
                   .what = "the list of revoked certificates was not signed by the authority",
                   .where = path,
                   .fix = "copy the list again from where the authority is"});
    }
    STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(list.get());
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
      serials.push_back(
          serial_text(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i))));
    }
  }
  std::ranges::sort(serials);
  const auto repeated = std::ranges::unique(serials);
  serials.erase(repeated.begin(), repeated.end());
  return serials;
}

Result<RevocationFile> RevocationFile::open(std::string path, std::string authority) {
  RevocationFile file(std::move(path), std::move(authority));
  const Result<bool> read = file.changed();
  if (!read) return fail(read.error());
  return file;
}

Result<bool> RevocationFile::changed() {
  // Looked at before the file is read: what is written meanwhile is seen the next time.
  const std::optional<Stamp> now = stamp();
  if (now && now == stamp_) return false;
  Result<std::vector<std::string>> serials = read_revocations(path_, authority_);
  if (!serials) {
    stamp_.reset();
    if (serials.error() == said_) return false;
    said_ = serials.error();
    return fail(said_);
  }
  stamp_ = now;
  said_.clear();
  if (*serials == serials_) return false;
  serials_ = std::move(*serials);
  return true;
}

std::optional<RevocationFile::Stamp> RevocationFile::stamp() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return std::nullopt;
  return Stamp{.file = status.st_ino,
               .size = static_cast<std::uint64_t>(status.st_size),
               .seconds = status.st_mtim.tv_sec,
               .nanoseconds = status.st_mtim.tv_nsec};
}

}  // namespace tailrace::security
