#include "tailrace/security/authority.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "tailrace/core/check.hpp"
#include "tailrace/core/file.hpp"
#include "tailrace/security/issue.hpp"

namespace tailrace::security {
namespace {

namespace fs = std::filesystem;

Status write_text(const std::string& path, std::string text, Readers readers) {
  Status written = write_whole(path, std::as_bytes(std::span(text)), readers);
  OPENSSL_cleanse(text.data(), text.size());
  return written;
}

bool exists(const std::string& path) {
  std::error_code unknown;
  return fs::exists(fs::symlink_status(path, unknown));
}

Error exists_error(const std::string& path, const std::string& fix) {
  return {.code = "security/exists",
          .what = fmt::format("\"{}\" is there already, and nothing is overwritten", path),
          .where = path,
          .fix = fix};
}

/// Puts a certificate and its key on the disk, the key first: where there is a certificate, there
/// is its key.
Status write_pair(const std::string& certificate_path, const std::string& key_path,
                  X509* certificate, EVP_PKEY* key) {
  const Status key_written = write_text(key_path, to_pem(key), Readers::owner);
  if (!key_written) return key_written;
  Status written = write_text(certificate_path, to_pem(certificate), Readers::everybody);
  std::error_code ignored;
  if (!written) fs::remove(key_path, ignored);
  return written;
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  if (!error && is_new) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error) return {};
  return fail({.code = "core/io",
               .what = "cannot make the folder: " + error.message(),
               .where = folder,
               .fix = "name a folder that can be written"});
}

Result<FileLock> lock_folder(const fs::path& folder) {
  auto lock = FileLock::take(folder / ".lock");
  if (lock) return std::move(*lock);
  if (lock.error() == EWOULDBLOCK) {
    return fail({.code = "security/in-use",
                 .what = "another program works on these certificates right now",
                 .where = folder,
                 .fix = "wait for it to end"});
  }
  return fail(
      {.code = "core/io",
       .what = "cannot write into the folder: " + std::generic_category().message(lock.error()),
       .where = folder,
       .fix = "name a folder that can be written"});
}

std::chrono::sys_seconds end_of(const Validity& validity) {
  return validity.from + std::chrono::days(validity.days);
}

/// A serial number as people copy it: with colons, 0x, small letters. Empty for anything else.
std::string parse_serial(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    const char upper = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool is_digit = (upper >= '0' && upper <= '9') || (upper >= 'A' && upper <= 'F');
    if (!is_digit || digits.size() >= 40) return {};
    digits.push_back(upper);
  }
  return digits;
}

using Serial = std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)>;

Serial serial_of(const std::string& digits) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, digits.c_str());
  Serial serial(BN_to_ASN1_INTEGER(number, nullptr), &ASN1_INTEGER_free);
  BN_free(number);
  return serial;
}

/// The list as it is on the disk, which nobody else may have written.
Result<Owned<X509_CRL>> read_revoked(const std::string& path, EVP_PKEY* key) {
  const Result<std::string> pem = read_text(path);
  if (!pem) return fail(pem.error());
  Result<std::vector<Owned<X509_CRL>>> lists = revocations_from(*pem, path);
  if (!lists) return fail(lists.error());
  Owned<X509_CRL> list = std::move(lists->front());
  if (X509_CRL_verify(list.get(), key) == 1) return list;
  (void)openssl_reason();
  return fail({.code = "security/bad-revocations",
               .what = "the list of revoked certificates was not signed by this authority",
               .where = path,
               .fix = "put the authority's own list back"});
}

/// The number in the list of what is to be revoked: of a certificate of the folder, or as given.
Result<std::string> serial_to_revoke(const CertificateFiles& files, std::string_view what) {
  if (what == "server") {
    return fail({.code = "security/unknown-certificate",
                 .what = "the server's certificate cannot be revoked: workers do not ask",
                 .where = files.certificate(what),
                 .fix = "if its key was stolen, make a new authority in another folder"});
  }
  const bool is_file = what.find('/') == std::string_view::npos && what != "authority" &&
                       what != "revoked" && exists(files.certificate(what));
  if (is_file) {
    const Result<Certificate> certificate = read_certificate_file(files.certificate(what));
    if (!certificate) return fail(certificate.error());
    return certificate->serial;
  }
  const std::string digits = parse_serial(what);
  if (!digits.empty()) return digits;
  return fail({.code = "security/unknown-certificate",
               .what = fmt::format("\"{}\" is neither a certificate of this folder nor a serial "
                                   "number",
                                   what),
               .where = files.folder,
               .fix = "give a name such as worker-3, or the serial number, which the server's log "
                      "names with every session"});
}

}  // namespace

std::chrono::sys_seconds Validity::an_hour_ago() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
         std::chrono::hours(1);
}

std::string CertificateFiles::certificate(std::string_view name) const {
  return folder / fmt::format("{}.pem", name);
}

std::string CertificateFiles::key(std::string_view name) const {
  return folder / fmt::format("{}.key", name);
}

Result<Authority> Authority::make(const fs::path& folder, Validity validity) {
  if (const Status made = make_folder(folder); !made) return fail(made.error());
  Result<FileLock> lock = lock_folder(folder);
  if (!lock) return fail(lock.error());
  Authority authority({folder}, std::move(*lock));
  const CertificateFiles& files = authority.files_;
  for (const std::string& path : {files.authority(), files.authority_key(), files.revoked()}) {
    if (exists(path)) {
      return fail(exists_error(path, "name another folder; or delete it, if it is not needed"));
    }
  }
  authority.key_ = make_key();
  EVP_PKEY* key = authority.key_.get();
  authority.certificate_ = make_certificate({.name = "Tailrace authority",
                                             .usage = Usage::authority,
                                             .from = validity.from,
                                             .until = end_of(validity)},
                                            key, nullptr, key);
  X509* certificate = authority.certificate_.get();
  // The list before the certificate, whose presence says that all is there.
  if (const Status written = authority.write_revoked(nullptr, nullptr); !written) {
    return fail(written.error());
  }
  const Status written = write_pair(files.authority(), files.authority_key(), certificate, key);
  if (!written) {
    std::error_code ignored;
    fs::remove(files.revoked(), ignored);
    return fail(written.error());
  }
  Result<Certificate> about = read_certificate(to_pem(certificate), files.authority());
  if (!about) return fail(about.error());
  authority.about_ = std::move(*about);
  return authority;
}

Result<Authority> Authority::open(const fs::path& folder) {
  const CertificateFiles files{folder};
  for (const std::string& path : {files.authority(), files.authority_key()}) {
    if (exists(path)) continue;
    return fail({.code = "security/no-authority",
                 .what = "there is no authority, or not its key",
                 .where = path,
                 .fix = "work where the authority was made; who has an authority of another kind "
                        "makes certificates with its own program"});
  }
  Result<FileLock> lock = lock_folder(folder);
  if (!lock) return fail(lock.error());
  Authority authority(files, std::move(*lock));
  const Result<std::string> pem = read_text(files.authority());
  if (!pem) return fail(pem.error());
  Result<std::vector<Owned<X509>>> certificates = certificates_from(*pem, files.authority());
  if (!certificates) return fail(certificates.error());
  authority.certificate_ = std::move(certificates->front());
  Result<Certificate> about = read_certificate(*pem, files.authority());
  if (!about) return fail(about.error());
  authority.about_ = std::move(*about);
  Result<std::string> key_pem = read_text(files.authority_key());
  if (!key_pem) return fail(key_pem.error());
  Result<Owned<EVP_PKEY>> key = key_from(*key_pem, files.authority_key());
  OPENSSL_cleanse(key_pem->data(), key_pem->size());
  if (!key) return fail(key.error());
  authority.key_ = std::move(*key);
  if (X509_check_private_key(authority.certificate_.get(), authority.key_.get()) != 1) {
    (void)openssl_reason();
    return fail({.code = "security/bad-key",
                 .what = "the key is not that of authority.pem",
                 .where = files.authority_key(),
                 .fix = "put the two files back that were made together"});
  }
  return authority;
}

Result<Certificate> Authority::issue_server(const std::vector<std::string>& hosts,
                                            Validity validity) const {
  std::vector<std::string> all = {"localhost", "127.0.0.1", "::1"};
  all.insert(all.end(), hosts.begin(), hosts.end());
  Result<std::string> names = alternative_names(all);
  if (!names) return fail(names.error());
  return issue("server", Usage::server, std::move(*names), validity);
}

Result<Certificate> Authority::issue_worker(WorkerRange workers, Validity validity) const {
  TAILRACE_CHECK(workers.first <= workers.last && workers.last - workers.first < workers_max);
  return issue(worker_name(workers), Usage::worker, "", validity);
}

Result<Certificate> Authority::issue(const std::string& name, Usage usage, std::string hosts,
                                     Validity validity) const {
  const std::string path = files_.certificate(name);
  for (const std::string& file : {path, files_.key(name)}) {
    if (exists(file)) {
      return fail(exists_error(file, fmt::format("to make another, delete {0}.pem and {0}.key",
                                                 (files_.folder / name).string())));
    }
  }
  const Owned<EVP_PKEY> key = make_key();
  const Owned<X509> certificate =
      make_certificate({.name = name,
                        .usage = usage,
                        .from = validity.from,
                        .until = std::min(end_of(validity), about_.until),
                        .hosts = std::move(hosts)},
                       key.get(), certificate_.get(), key_.get());
  const Status written = write_pair(path, files_.key(name), certificate.get(), key.get());
  if (!written) return fail(written.error());
  return read_certificate(to_pem(certificate.get()), path);
}

Result<Authority::Revoked> Authority::revoke(std::string_view what) const {
  const Result<std::string> digits = serial_to_revoke(files_, what);
  if (!digits) return fail(digits.error());
  const Result<Owned<X509_CRL>> list = read_revoked(files_.revoked(), key_.get());
  if (!list) return fail(list.error());
  const Serial serial = serial_of(*digits);
  Revoked revoked{.serial = serial_text(serial.get())};
  X509_REVOKED* before = nullptr;
  revoked.was_before = X509_CRL_get0_by_serial(list->get(), &before, serial.get()) != 0;
  if (revoked.was_before) return revoked;
  const Status written = write_revoked(list->get(), serial.get());
  if (!written) return fail(written.error());
  return revoked;
}

Status Authority::write_revoked(const X509_CRL* old, const ASN1_INTEGER* serial) const {
  const Owned<X509_CRL> list = make_revocations(old, serial, certificate_.get(), key_.get());
  return write_text(files_.revoked(), to_pem(list.get()), Readers::everybody);
}

}  // namespace tailrace::security
