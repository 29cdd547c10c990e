#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/file_lock.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/security/issue.hpp"
#include "tailrace/security/openssl.hpp"
#include "tailrace/security/peer.hpp"

namespace tailrace::security {

/// When something is valid.
struct Validity {
  int days = 365;  ///< 1 to 3650; never longer than the authority itself
  std::chrono::sys_seconds from = an_hour_ago();  ///< since clocks differ

  [[nodiscard]] static std::chrono::sys_seconds an_hour_ago();
};

/// The files of an authority, a folder with
///
///   authority.pem  its certificate: every machine gets a copy
///   authority.key  its key, which stays where it is: who has it can speak for anybody
///   revoked.pem    the list of revoked certificates: the server gets a copy
///   NAME.pem       a certificate: "server", "worker-3", "workers-0-7"
///   NAME.key       its key, as the other keys readable by the owner alone
struct CertificateFiles {
  std::filesystem::path folder;

  [[nodiscard]] std::string authority() const { return folder / "authority.pem"; }
  [[nodiscard]] std::string authority_key() const { return folder / "authority.key"; }
  [[nodiscard]] std::string revoked() const { return folder / "revoked.pem"; }
  [[nodiscard]] std::string certificate(std::string_view name) const;
  [[nodiscard]] std::string key(std::string_view name) const;
};

/// Vouches for a run's server and workers.
///
///   keys          elliptic curve P-256
///   certificates  X.509 version 3, random serial numbers of 128 bits; the server's are for servers
///                 only and the workers' for clients only
///   revocation    a list (CRL version 2) that the authority signs
///
/// Nothing is ever overwritten but that list. Two programs cannot work on a folder at the same
/// time.
///
/// Source  RFC 5280 for the certificates and the list; RFC 5480 for the keys.
class Authority {
 public:
  /// Makes one, with an empty list of revoked certificates. The folder is made if it is not there,
  /// for its owner only.
  ///
  /// Errors  security/exists; security/in-use; core/io, core/disk-full.
  [[nodiscard]] static Result<Authority> make(const std::filesystem::path& folder,
                                              Validity validity = {.days = 3650});
  /// Errors  security/no-authority; security/in-use; security/bad-certificate, security/bad-key;
  ///         core/io.
  [[nodiscard]] static Result<Authority> open(const std::filesystem::path& folder);

  [[nodiscard]] const CertificateFiles& files() const { return files_; }
  [[nodiscard]] const Certificate& certificate() const { return about_; }

  /// Makes the server's certificate and key.
  ///
  ///   hosts  names and addresses that workers may reach it by; localhost, 127.0.0.1 and ::1 are
  ///          always among them
  ///
  /// Errors  security/bad-host; security/exists; core/io, core/disk-full.
  [[nodiscard]] Result<Certificate> issue_server(const std::vector<std::string>& hosts,
                                                 Validity validity = {}) const;
  /// Makes a certificate and key for these workers.
  ///
  /// Errors  security/exists; core/io, core/disk-full.
  [[nodiscard]] Result<Certificate> issue_worker(WorkerRange workers, Validity validity = {}) const;

  /// What revoke() did.
  struct Revoked {
    std::string serial;
    bool was_before = false;
  };
  /// Adds a certificate to the list of revoked ones.
  ///
  ///   what  its name, if it is in the folder, or its serial number in hexadecimal
  ///
  /// Errors  security/unknown-certificate; security/bad-revocations; core/io, core/disk-full.
  [[nodiscard]] Result<Revoked> revoke(std::string_view what) const;

 private:
  Authority(CertificateFiles files, FileLock lock)
      : files_(std::move(files)), lock_(std::move(lock)) {}
  [[nodiscard]] Result<Certificate> issue(const std::string& name, Usage usage, std::string hosts,
                                          Validity validity) const;
  [[nodiscard]] Status write_revoked(const X509_CRL* old, const ASN1_INTEGER* serial) const;

  CertificateFiles files_;
  FileLock lock_;
  Certificate about_;
  Owned<X509> certificate_;
  Owned<EVP_PKEY> key_;
};

}  // namespace tailrace::security
