#include "tailrace/security/authority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <set>

#include "tailrace/security/certificates_test.hpp"

namespace tailrace::security {
namespace {

namespace fs = std::filesystem;
using testing::code_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::read_all;

class AnAuthority : public testing::WithAuthority {
 protected:
  [[nodiscard]] Owned<X509> load(const fs::path& path) const {
    return std::move(certificates_from(read_all(path), path.string()).value().front());
  }

  /// What OpenSSL says when an end of a session shows a certificate: X509_V_OK or a reason.
  [[nodiscard]] int verify(const fs::path& shown, int purpose, const fs::path& authority,
                           bool with_revocations = false) const {
    const Owned<X509> root = load(authority);
    const Owned<X509> leaf = load(shown);
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                        &X509_STORE_free);
    X509_STORE_add_cert(store.get(), root.get());
    if (with_revocations) {
      const auto lists = revocations_from(read_all(certs_ / "revoked.pem"), "").value();
      X509_STORE_add_crl(store.get(), lists.front().get());
      X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK);
    }
    X509_STORE_set_flags(store.get(), X509_V_FLAG_X509_STRICT);
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check(
        X509_STORE_CTX_new(), &X509_STORE_CTX_free);
    X509_STORE_CTX_init(check.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_purpose(check.get(), purpose);
    X509_verify_cert(check.get());
    return X509_STORE_CTX_get_error(check.get());
  }
  [[nodiscard]] int verify(const fs::path& shown, int purpose) const {
    return verify(shown, purpose, certs_ / "authority.pem");
  }
};

TEST_F(AnAuthority, VouchesForServersAsServersOnlyAndForWorkersAsClientsOnly) {
  ASSERT_TRUE(authority_.issue_server({}));
  ASSERT_TRUE(authority_.issue_worker({.first = 3, .last = 3}));

  EXPECT_EQ(verify(certs_ / "server.pem", X509_PURPOSE_SSL_SERVER), X509_V_OK);
  EXPECT_EQ(verify(certs_ / "worker-3.pem", X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(verify(certs_ / "server.pem", X509_PURPOSE_SSL_CLIENT), X509_V_ERR_INVALID_PURPOSE);
  EXPECT_EQ(verify(certs_ / "worker-3.pem", X509_PURPOSE_SSL_SERVER), X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(AnAuthority, DoesNotVouchForWhatAnotherOneMade) {
  const Authority other = Authority::make(folder_ / "other").value();
  ASSERT_TRUE(other.issue_worker({.first = 3, .last = 3}));

  // Both authorities have the same name, so that the signature itself has to be found wrong.
  EXPECT_NE(verify(folder_ / "other/worker-3.pem", X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(verify(folder_ / "other/worker-3.pem", X509_PURPOSE_SSL_CLIENT,
                   folder_ / "other/authority.pem"),
            X509_V_OK);
}

TEST_F(AnAuthority, DoesNotVouchForWhatHasExpired) {
  ASSERT_TRUE(authority_.issue_worker({.first = 3, .last = 3}, long_ago()));

  EXPECT_EQ(verify(certs_ / "worker-3.pem", X509_PURPOSE_SSL_CLIENT), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(AnAuthority, CannotBeMadeFromAWorkersCertificate) {
  ASSERT_TRUE(authority_.issue_worker({.first = 3, .last = 3}));
  const Owned<X509> worker = load(certs_ / "worker-3.pem");
  const Owned<EVP_PKEY> worker_key = key_from(read_all(certs_ / "worker-3.key"), "").value();
  const Owned<EVP_PKEY> key = make_key();
  const Validity validity;
  const Owned<X509> forged =
      make_certificate({.name = "worker-4",
                        .from = validity.from,
                        .until = validity.from + std::chrono::days(validity.days)},
                       key.get(), worker.get(), worker_key.get());
  testing::write_all(certs_ / "forged.pem", to_pem(forged.get()));

  EXPECT_NE(verify(certs_ / "forged.pem", X509_PURPOSE_SSL_CLIENT, certs_ / "worker-3.pem"),
            X509_V_OK);
}

TEST_F(AnAuthority, NamesEveryHostOfTheServerOnce) {
  const Certificate server =
      authority_.issue_server({"ml1.example.org", "10.0.0.7", "fd00::7", "localhost"}).value();

  EXPECT_THAT(server.hosts, ElementsAre("localhost", "127.0.0.1", "::1", "ml1.example.org",
                                        "10.0.0.7", "fd00::7"));
}

TEST_F(AnAuthority, RefusesWhatIsNoHost) {
  for (const char* host : {"", "a b", "a,DNS:b", "10.0.0.300", "server:7000", "-a", "a-", "a..b",
                           "a.", "*", "*.*.a", "[::1]", "m\xC3\xBCnchen"}) {
    EXPECT_EQ(code_of(authority_.issue_server({host})), "security/bad-host") << host;
  }
  EXPECT_FALSE(fs::exists(certs_ / "server.pem"));
  EXPECT_TRUE(authority_.issue_server({"*.example.org"}));
}

TEST_F(AnAuthority, KeepsEveryKeyForItsOwner) {
  ASSERT_TRUE(authority_.issue_server({}));
  ASSERT_TRUE(authority_.issue_worker({.first = 0, .last = 7}));

  for (const char* name : {"authority.key", "server.key", "workers-0-7.key"}) {
    EXPECT_EQ(fs::status(certs_ / name).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << name;
  }
  EXPECT_EQ(fs::status(certs_).permissions(), fs::perms::owner_all);
}

TEST_F(AnAuthority, OverwritesNothing) {
  ASSERT_TRUE(authority_.issue_worker({.first = 3, .last = 3}));
  const std::string before = read_all(certs_ / "worker-3.pem");
  testing::write_all(certs_ / "server.key", "somebody's");

  EXPECT_EQ(code_of(authority_.issue_worker({.first = 3, .last = 3})), "security/exists");
  EXPECT_EQ(code_of(authority_.issue_server({})), "security/exists");

  EXPECT_EQ(read_all(certs_ / "worker-3.pem"), before);
  EXPECT_EQ(read_all(certs_ / "server.key"), "somebody's");
  EXPECT_FALSE(fs::exists(certs_ / "server.pem"));
}

TEST_F(AnAuthority, IsNotMadeOverAnotherOne) {
  testing::write_all(folder_ / "authority.key", "somebody's");

  EXPECT_EQ(code_of(Authority::make(folder_)), "security/exists");

  EXPECT_EQ(read_all(folder_ / "authority.key"), "somebody's");
}

TEST_F(AnAuthority, IsUsedByOneProgramAtATime) {
  EXPECT_EQ(code_of(Authority::open(certs_)), "security/in-use");
}

TEST_F(AnAuthority, LivesLongerThanWhatItVouchesFor) {
  const Validity week{.days = 7};
  const Authority brief = Authority::make(folder_ / "brief", week).value();

  const Certificate worker = brief.issue_worker({.first = 0, .last = 0}, {.days = 365}).value();

  EXPECT_EQ(worker.until, brief.certificate().until);
}

TEST_F(AnAuthority, GivesEveryCertificateANumberOfItsOwn) {
  std::set<std::string> serials = {authority_.certificate().serial};

  for (WorkerId worker = 0; worker < 20; ++worker) {
    serials.insert(authority_.issue_worker({.first = worker, .last = worker}).value().serial);
  }

  EXPECT_EQ(serials.size(), 21U);
}

TEST_F(AnAuthority, RevokesByNameOrNumberForOpenSslToo) {
  ASSERT_TRUE(authority_.issue_worker({.first = 0, .last = 0}));
  const Certificate one = authority_.issue_worker({.first = 1, .last = 1}).value();
  ASSERT_TRUE(authority_.issue_worker({.first = 2, .last = 2}));

  const Authority::Revoked first = authority_.revoke("worker-0").value();
  const Authority::Revoked second = authority_.revoke("0x" + one.serial).value();

  EXPECT_FALSE(first.was_before);
  EXPECT_EQ(second.serial, one.serial);
  const auto check = [&](const char* name) {
    return verify(certs_ / name, X509_PURPOSE_SSL_CLIENT, certs_ / "authority.pem", true);
  };
  EXPECT_EQ(check("worker-0.pem"), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(check("worker-1.pem"), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(check("worker-2.pem"), X509_V_OK);
}

TEST_F(AnAuthority, RevokesOnceHoweverTheNumberIsWritten) {
  const Certificate worker = authority_.issue_worker({.first = 0, .last = 0}).value();
  std::string small = worker.serial;
  for (char& c : small) c = static_cast<char>(std::tolower(c));
  ASSERT_TRUE(authority_.revoke("worker-0"));

  const Authority::Revoked again = authority_.revoke(small.insert(2, ":")).value();

  EXPECT_TRUE(again.was_before);
  EXPECT_EQ(again.serial, worker.serial);
}

TEST_F(AnAuthority, SaysWhatItCannotRevoke) {
  for (const char* what : {"worker-9", "server", "authority", "", "../certs/worker-3", "xyz"}) {
    EXPECT_EQ(code_of(authority_.revoke(what)), "security/unknown-certificate") << what;
  }
}

TEST_F(AnAuthority, AddsOnlyToItsOwnList) {
  const Authority other = Authority::make(folder_ / "other").value();
  fs::copy_file(folder_ / "other/revoked.pem", certs_ / "revoked.pem",
                fs::copy_options::overwrite_existing);

  EXPECT_EQ(code_of(authority_.revoke("AB")), "security/bad-revocations");
}

TEST(ClosedAuthority, IsOpenedAgainWithItsKeyOnly) {
  const fs::path folder =
      fs::path(::testing::TempDir()) / ("tailrace_closed_authority_" + std::to_string(getpid()));
  const std::string serial = Authority::make(folder / "a").value().certificate().serial;
  (void)Authority::make(folder / "b").value();

  EXPECT_EQ(Authority::open(folder / "a").value().certificate().serial, serial);
  fs::copy_file(folder / "b/authority.key", folder / "a/authority.key",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(code_of(Authority::open(folder / "a")), "security/bad-key");
  fs::remove(folder / "a/authority.key");
  EXPECT_EQ(code_of(Authority::open(folder / "a")), "security/no-authority");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace tailrace::security
