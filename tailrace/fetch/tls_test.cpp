#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "tailrace/fetch/download.hpp"
#include "tailrace/fetch/files_test.hpp"

namespace tailrace::fetch {
namespace {

namespace fs = std::filesystem;
using testing::read_all;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// A certificate for `host` that nobody but itself vouches for, valid from an hour ago for two.
Certificate self_signed(EVP_PKEY* key, const std::string& host) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

/// A server with such a certificate, and the file in which people may say that they trust it.
class Encrypted : public testing::WithFolder {
 protected:
  Encrypted() {
    if (const char* old = std::getenv("SSL_CERT_FILE")) old_ = old;
    options_.attempts = 1;
  }
  ~Encrypted() override {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
    old_ ? setenv("SSL_CERT_FILE", old_->c_str(), 1) : unsetenv("SSL_CERT_FILE");
  }

  /// Starts it and returns a file's address there.
  std::string serve(const std::string& host) {
    const Key key(EVP_RSA_gen(2048), &EVP_PKEY_free);
    const Certificate certificate = self_signed(key.get(), host);
    std::FILE* file = std::fopen(trusted_.c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
    server_ = std::make_unique<httplib::SSLServer>(certificate.get(), key.get());
    server_->Get("/file", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("secret", "text/plain");
    });
    const int port = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    return "https://localhost:" + std::to_string(port) + "/file";
  }

  [[nodiscard]] std::string code_of_download(const std::string& url) const {
    const Status got = download({.url = url, .part = folder_ / "part"}, options_);
    return got ? "" : got.error().front().code;
  }

  fs::path trusted_ = folder_ / "trusted.pem";
  std::unique_ptr<httplib::SSLServer> server_;
  std::thread thread_;
  DownloadOptions options_;
  std::optional<std::string> old_;
};

TEST_F(Encrypted, TrustsACertificateThatTheSystemTrusts) {
  const std::string url = serve("localhost");
  setenv("SSL_CERT_FILE", trusted_.c_str(), 1);

  EXPECT_EQ(code_of_download(url), "");

  EXPECT_EQ(read_all(folder_ / "part"), "secret");
}

TEST_F(Encrypted, RefusesACertificateThatNobodyVouchesFor) {
  const std::string url = serve("localhost");

  EXPECT_EQ(code_of_download(url), "fetch/certificate");

  EXPECT_FALSE(fs::exists(folder_ / "part"));
}

TEST_F(Encrypted, RefusesACertificateOfAnotherHost) {
  const std::string url = serve("other.example.org");
  setenv("SSL_CERT_FILE", trusted_.c_str(), 1);

  EXPECT_EQ(code_of_download(url), "fetch/certificate");
}

}  // namespace
}  // namespace tailrace::fetch
