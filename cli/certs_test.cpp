#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/program_test.hpp"
#include "tailrace/security/credentials.hpp"
#include "tailrace/security/revocation.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;
using security::CredentialFiles;
using security::Credentials;
using security::End;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::read_file;

class Certs : public testing::Program {};

TEST_F(Certs, AreMadeForAServerAndItsWorkersAndBelieveEachOther) {
  const Ended made = run("certs trial --workers 2 --worker workers-2-5 --host ml1.example.org");

  EXPECT_EQ(made.exit, 0) << made.output;
  const Result<Credentials> server =
      security::load_credentials(CredentialFiles::of_server(folder_ / "trial"), End::server);
  ASSERT_TRUE(server) << to_string(server.error());
  EXPECT_EQ(server->about.hosts.back(), "ml1.example.org");
  for (const char* name : {"trial/worker-0", "trial/worker-1", "trial/workers-2-5"}) {
    EXPECT_TRUE(security::load_credentials(CredentialFiles::of_worker(folder_ / name), End::worker))
        << name;
  }
  EXPECT_THAT(made.output, HasSubstr("authority.pem server.pem server.key revoked.pem"));
  EXPECT_THAT(made.output, HasSubstr("tailrace work SERVER:7000 --certificate trial/worker-0"));
}

TEST_F(Certs, ThatAreThereStayAndOthersAreAdded) {
  ASSERT_EQ(run("certs trial --workers 1").exit, 0);
  const std::string before = read_file(folder_ / "trial/worker-0.pem");

  const Ended again = run("certs trial --workers 2");

  EXPECT_EQ(again.exit, 0) << again.output;
  EXPECT_EQ(read_file(folder_ / "trial/worker-0.pem"), before);
  EXPECT_TRUE(fs::exists(folder_ / "trial/worker-1.key"));
  EXPECT_THAT(again.output, HasSubstr("(it was here)"));
}

TEST_F(Certs, OfTheServerAreNotKeptWithoutAHostThatIsAskedFor) {
  ASSERT_EQ(run("certs trial").exit, 0);

  const Ended again = run("certs trial --host ml1.example.org");

  EXPECT_EQ(again.exit, 1);
  EXPECT_THAT(again.output, HasSubstr("without \"ml1.example.org\""));
}

TEST_F(Certs, AreRevokedByName) {
  ASSERT_EQ(run("certs trial --workers 2").exit, 0);

  const Ended revoked = run("certs trial --revoke worker-1 --revoke 0xAB");

  EXPECT_EQ(revoked.exit, 0) << revoked.output;
  EXPECT_EQ(
      security::read_revocations(folder_ / "trial/revoked.pem", folder_ / "trial/authority.pem")
          .value()
          .size(),
      2U);
  EXPECT_THAT(run("certs trial --revoke worker-1").output, HasSubstr("was already revoked"));
}

TEST_F(Certs, NeverShowAKey) {
  EXPECT_THAT(run("certs trial --workers 1").output, Not(HasSubstr("PRIVATE")));
}

TEST_F(Certs, SayWhatTheyDoNotUnderstand) {
  EXPECT_EQ(run("certs").exit, 2);
  EXPECT_EQ(run("certs trial --workers -1").exit, 2);
  EXPECT_EQ(run("certs trial --days 0").exit, 2);
  EXPECT_EQ(run("certs trial --revoke worker-1 --workers 2").exit, 2);
  EXPECT_EQ(run("certs trial --worker walker-1").exit, 1);
  EXPECT_EQ(run("certs trial --host a_b").exit, 1);
  EXPECT_EQ(run("certs nowhere --revoke worker-1").exit, 1);
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
}

}  // namespace
}  // namespace tailrace::cli
