#include "tailrace/security/credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/security/certificates_test.hpp"

namespace tailrace::security {
namespace {

namespace fs = std::filesystem;
using testing::code_of;
using ::testing::HasSubstr;
using testing::read_all;

class TheCredentials : public testing::WithAuthority {
 protected:
  TheCredentials() {
    (void)authority_.issue_server({}).value();
    (void)authority_.issue_worker({.first = 3, .last = 3}).value();
  }
  [[nodiscard]] std::string code_of_worker(const std::string& name) const {
    return code_of(load_credentials(CredentialFiles::of_worker(certs_ / name), End::worker));
  }
};

TEST_F(TheCredentials, OfBothEndsAreFoundInTheFolder) {
  const Credentials server =
      load_credentials(CredentialFiles::of_server(certs_), End::server).value();
  const Credentials worker =
      load_credentials(CredentialFiles::of_worker(certs_ / "worker-3"), End::worker).value();

  EXPECT_EQ(server.certificate, read_all(certs_ / "server.pem"));
  EXPECT_EQ(server.authority, read_all(certs_ / "authority.pem"));
  EXPECT_EQ(worker.key, read_all(certs_ / "worker-3.key"));
  EXPECT_EQ(worker.about.workers.front(), 3U);
}

TEST_F(TheCredentials, AreNamedWhenTheyAreMissing) {
  const auto missing =
      load_credentials(CredentialFiles::of_worker(certs_ / "worker-9"), End::worker);

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().size(), 2U);
  EXPECT_THAT(to_string(missing.error()), HasSubstr("worker-9.key"));
}

TEST_F(TheCredentials, ThatHaveExpiredAreNotShown) {
  ASSERT_TRUE(authority_.issue_worker({.first = 4, .last = 4}, long_ago()));

  EXPECT_EQ(code_of_worker("worker-4"), "security/expired");
}

TEST_F(TheCredentials, ThatAreNotYetValidBlameTheClock) {
  const Validity tomorrow{.from = Validity::an_hour_ago() + std::chrono::days(1)};
  ASSERT_TRUE(authority_.issue_worker({.first = 4, .last = 4}, tomorrow));

  EXPECT_EQ(code_of_worker("worker-4"), "security/not-yet-valid");
}

TEST_F(TheCredentials, OfTheOtherEndAreNotShown) {
  EXPECT_EQ(code_of_worker("server"), "security/not-a-worker");
  CredentialFiles files = CredentialFiles::of_server(certs_);
  files.certificate = certs_ / "worker-3.pem";
  files.key = certs_ / "worker-3.key";

  EXPECT_EQ(code_of(load_credentials(files, End::server)), "security/wrong-usage");
}

TEST_F(TheCredentials, OfAnotherAuthorityAreNotShown) {
  const Authority other = Authority::make(folder_ / "other").value();
  CredentialFiles files = CredentialFiles::of_worker(certs_ / "worker-3");
  files.authority = folder_ / "other/authority.pem";

  EXPECT_EQ(code_of(load_credentials(files, End::worker)), "security/wrong-authority");
}

TEST_F(TheCredentials, WithTheWrongKeyOrALockedOneAreNotShown) {
  fs::copy_file(certs_ / "server.key", certs_ / "worker-3.key",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(code_of_worker("worker-3"), "security/bad-key");

  testing::write_all(certs_ / "worker-3.key",
                     "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHs\n-----END ENCRYPTED PRIVATE "
                     "KEY-----\n");
  EXPECT_EQ(code_of_worker("worker-3"), "security/bad-key");
}

}  // namespace
}  // namespace tailrace::security
