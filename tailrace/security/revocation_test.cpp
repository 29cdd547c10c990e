#include "tailrace/security/revocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tailrace/security/certificates_test.hpp"

namespace tailrace::security {
namespace {

namespace fs = std::filesystem;
using testing::code_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::read_all;
using testing::write_all;

class Revocations : public testing::WithAuthority {
 protected:
  std::string list_ = certs_ / "revoked.pem";
  std::string trusted_ = certs_ / "authority.pem";
};

TEST_F(Revocations, AreEmptyAtFirst) {
  EXPECT_THAT(RevocationFile::open(list_, trusted_).value().serials(), IsEmpty());
}

TEST_F(Revocations, AreSeenWhileAServerRuns) {
  RevocationFile file = RevocationFile::open(list_, trusted_).value();
  const Certificate worker = authority_.issue_worker({.first = 3, .last = 3}).value();
  EXPECT_FALSE(file.changed().value());

  ASSERT_TRUE(authority_.revoke("worker-3"));

  EXPECT_TRUE(file.changed().value());
  EXPECT_THAT(file.serials(), ElementsAre(worker.serial));
  EXPECT_FALSE(file.changed().value());
}

TEST_F(Revocations, StayWhenTheNewFileIsDamagedWhichIsSaidOnce) {
  ASSERT_TRUE(authority_.revoke("AB"));
  RevocationFile file = RevocationFile::open(list_, trusted_).value();
  ASSERT_TRUE(authority_.revoke("CD"));
  const std::string whole = read_all(list_);
  write_all(list_, whole.substr(0, whole.size() / 2));

  EXPECT_EQ(code_of(file.changed()), "security/bad-revocations");
  EXPECT_FALSE(file.changed().value());
  EXPECT_THAT(file.serials(), ElementsAre("AB"));

  write_all(list_, whole);
  EXPECT_TRUE(file.changed().value());
  EXPECT_THAT(file.serials(), ElementsAre("AB", "CD"));
}

TEST_F(Revocations, StayWhenTheFileIsGone) {
  ASSERT_TRUE(authority_.revoke("AB"));
  RevocationFile file = RevocationFile::open(list_, trusted_).value();

  fs::remove(list_);

  EXPECT_EQ(code_of(file.changed()), "core/io");
  EXPECT_THAT(file.serials(), ElementsAre("AB"));
}

TEST_F(Revocations, OfAnotherAuthorityDoNotCount) {
  const Authority other = Authority::make(folder_ / "other").value();
  ASSERT_TRUE(other.revoke("AB"));
  RevocationFile file = RevocationFile::open(list_, trusted_).value();

  write_all(list_, read_all(folder_ / "other/revoked.pem"));

  EXPECT_EQ(code_of(file.changed()), "security/bad-revocations");
  EXPECT_THAT(file.serials(), IsEmpty());
}

TEST_F(Revocations, OfSeveralAuthoritiesAreReadTogether) {
  const Authority other = Authority::make(folder_ / "other").value();
  ASSERT_TRUE(authority_.revoke("CD"));
  ASSERT_TRUE(other.revoke("AB"));
  ASSERT_TRUE(other.revoke("CD"));

  write_all(folder_ / "lists", read_all(list_) + read_all(folder_ / "other/revoked.pem"));
  write_all(folder_ / "both", read_all(trusted_) + read_all(folder_ / "other/authority.pem"));

  EXPECT_THAT(read_revocations(folder_ / "lists", folder_ / "both").value(),
              ElementsAre("AB", "CD"));
}

TEST_F(Revocations, WithAnyByteChangedAreNotBelieved) {
  ASSERT_TRUE(authority_.revoke("AB"));
  const std::string whole = read_all(list_);
  const std::size_t begin = whole.find('\n') + 1;
  const std::size_t end = whole.rfind("\n-----END");

  for (std::size_t at = begin; at < end; ++at) {
    std::string changed = whole;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    write_all(list_, changed);
    const auto read = read_revocations(list_, trusted_);
    // The last digits hold bits that mean nothing.
    if (at + 4 < end) {
      EXPECT_FALSE(read) << at;
    }
    if (read) {
      EXPECT_THAT(*read, ElementsAre("AB"));
    }
  }
}

}  // namespace
}  // namespace tailrace::security
