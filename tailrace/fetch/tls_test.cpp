#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
using ::testing::HasSubstr;
using ::testing::Not;
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

/// A proxy that leads every tunnel to one port of this machine, whatever host is asked for; one
/// client after the other.
class Proxy {
 public:
  /// Every byte that comes by goes into `seen`, which may be read once this proxy is gone.
  Proxy(int port, std::string& seen) : port_(port), seen_(seen) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind(listener_, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
    listen(listener_, 8);
    socklen_t size = sizeof address_;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
    thread_ = std::thread([this] { serve(); });
  }
  ~Proxy() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
  }

 private:
  void serve() {
    for (int client = -1; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
      std::array<char, 4096> buffer{};
      const ssize_t asked = read(client, buffer.data(), buffer.size());
      seen_.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(asked, 0)));
      const std::string yes = "HTTP/1.1 200 Connection established\r\n\r\n";
      send(client, yes.data(), yes.size(), MSG_NOSIGNAL);
      sockaddr_in target = address_;
      target.sin_port = htons(static_cast<std::uint16_t>(port_));
      const int host = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      connect(host, reinterpret_cast<sockaddr*>(&target), sizeof target);
      std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {host, POLLIN, 0}}};
      for (bool open = true; open && poll(ends.data(), ends.size(), -1) > 0;) {
        for (std::size_t from = 0; from < 2; ++from) {
          if (ends[from].revents == 0) continue;
          const ssize_t size = read(ends[from].fd, buffer.data(), buffer.size());
          if (size <= 0) open = false;
          if (size <= 0) break;
          seen_.append(buffer.data(), static_cast<std::size_t>(size));
          send(ends[1 - from].fd, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
        }
      }
      close(host);
    }
  }

  int port_;
  sockaddr_in address_{};
  int listener_ = -1;
  std::string& seen_;
  std::thread thread_;
};

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
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    return "https://localhost:" + std::to_string(port_) + "/file";
  }

  [[nodiscard]] std::string code_of_download(const std::string& url) const {
    const Status got = download({.url = url, .part = folder_ / "part"}, options_);
    return got ? "" : got.error().front().code;
  }

  fs::path trusted_ = folder_ / "trusted.pem";
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
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

TEST_F(Encrypted, StaysSoThroughAProxy) {
  serve("data.example.org");
  setenv("SSL_CERT_FILE", trusted_.c_str(), 1);
  std::string right;
  std::string wrong;
  std::string seen;

  {
    const Proxy proxy(port_, seen);
    setenv("https_proxy", proxy.url().c_str(), 1);
    right = code_of_download("https://data.example.org/file");
    wrong = code_of_download("https://other.example.org/file");
    unsetenv("https_proxy");
  }

  EXPECT_EQ(right, "");
  EXPECT_EQ(wrong, "fetch/certificate");
  EXPECT_EQ(read_all(folder_ / "part"), "secret");
  EXPECT_THAT(seen, HasSubstr("CONNECT data.example.org:443"));
  EXPECT_THAT(seen, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace tailrace::fetch
