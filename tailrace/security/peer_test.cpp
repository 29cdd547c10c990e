#include "tailrace/security/peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "tailrace/security/certificates_test.hpp"

namespace tailrace::security {
namespace {

using testing::code_of;
using ::testing::ElementsAre;

TEST(WorkerName, NamesOneWorkerOrSeveral) {
  EXPECT_EQ(parse_worker_name("worker-3"), (WorkerRange{.first = 3, .last = 3}));
  EXPECT_EQ(parse_worker_name("worker-0"), (WorkerRange{.first = 0, .last = 0}));
  EXPECT_EQ(parse_worker_name("workers-0-7"), (WorkerRange{.first = 0, .last = 7}));
  EXPECT_EQ(parse_worker_name("worker-4294967295"),
            (WorkerRange{.first = 4294967295U, .last = 4294967295U}));
}

TEST(WorkerName, IsWrittenAsItIsRead) {
  EXPECT_EQ(worker_name({.first = 3, .last = 3}), "worker-3");
  EXPECT_EQ(worker_name({.first = 0, .last = 7}), "workers-0-7");
}

TEST(WorkerName, OfAnyOtherFormNamesNobody) {
  for (const char* name : {"",
                           "worker",
                           "worker-",
                           "worker--3",
                           "worker-+3",
                           "worker- 3",
                           "worker-3 ",
                           "worker-03",
                           "worker-3x",
                           "Worker-3",
                           "worker-0-7",
                           "workers-3",
                           "workers-",
                           "workers-0-",
                           "workers--7",
                           "workers-7-0",
                           "workers-0-7-9",
                           "workers-00-7",
                           "worker-4294967296",
                           "workers-0-1048576",
                           "server",
                           "xworker-3"}) {
    EXPECT_EQ(parse_worker_name(name), std::nullopt) << name;
  }
  EXPECT_TRUE(parse_worker_name("workers-0-1048575"));
}

class Peer : public testing::WithAuthority {};

TEST_F(Peer, SpeaksForTheWorkersOfItsName) {
  const Certificate issued = authority_.issue_worker({.first = 2, .last = 4}).value();

  const Certificate read =
      read_worker(testing::read_all(certs_ / "workers-2-4.pem"), "the other end").value();

  EXPECT_EQ(read.name, "workers-2-4");
  EXPECT_THAT(read.workers, ElementsAre(2, 3, 4));
  EXPECT_EQ(read.serial, issued.serial);
  EXPECT_EQ(read.serial.size(), 32U);
  EXPECT_EQ(read.until - read.from, std::chrono::days(365));
  EXPECT_GT(read.left(), std::chrono::days(364));
}

TEST_F(Peer, ThatIsTheServerSpeaksForNobody) {
  ASSERT_TRUE(authority_.issue_server({}));
  const std::string pem = testing::read_all(certs_ / "server.pem");

  EXPECT_TRUE(read_certificate(pem).value().workers.empty());
  EXPECT_EQ(code_of(read_worker(pem)), "security/not-a-worker");
}

TEST_F(Peer, IsRefusedWhenItsCertificateCannotBeRead) {
  ASSERT_TRUE(authority_.issue_worker({.first = 0, .last = 0}));
  const std::string pem = testing::read_all(certs_ / "worker-0.pem");

  for (std::size_t size = 0; size + 2 < pem.size(); size += 13) {
    EXPECT_EQ(code_of(read_certificate(pem.substr(0, size))), "security/bad-certificate") << size;
  }
  EXPECT_EQ(code_of(read_certificate("garbage")), "security/bad-certificate");
}

/// A certificate with these common names, signed by its own key.
std::string with_names(const std::vector<std::string>& names) {
  const Owned<EVP_PKEY> key = make_key();
  const Owned<X509> certificate = make_certificate(
      {.name = "x", .from = Validity::an_hour_ago(), .until = Validity::an_hour_ago()}, key.get(),
      nullptr, key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  while (X509_NAME_entry_count(subject) > 0) {
    X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject, 0));
  }
  for (const std::string& name : names) {
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
  }
  return to_pem(certificate.get());
}

TEST(PeerName, IsExactlyOneWithoutTricks) {
  EXPECT_EQ(read_worker(with_names({"worker-3"})).value().workers.front(), 3U);

  EXPECT_EQ(code_of(read_worker(with_names({}))), "security/bad-certificate");
  EXPECT_EQ(code_of(read_worker(with_names({"worker-3", "worker-4"}))), "security/bad-certificate");
  EXPECT_EQ(code_of(read_worker(with_names({std::string("worker-3\0.evil", 14)}))),
            "security/bad-certificate");
}

}  // namespace
}  // namespace tailrace::security
