#include "tailrace/security/peer.hpp"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <numeric>

#include "tailrace/security/openssl.hpp"

namespace tailrace::security {
namespace {

/// A number as worker_name() writes it.
std::optional<WorkerId> parse_number(std::string_view text) {
  WorkerId number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  const bool has_zero_in_front = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || at != end || has_zero_in_front) return std::nullopt;
  return number;
}

/// The text after a prefix, if it is there.
std::optional<std::string_view> after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

Error not_readable(std::string what, const std::string& where) {
  return {.code = "security/bad-certificate",
          .what = std::move(what),
          .where = where,
          .fix = "its subject has one common name (CN) of printable ASCII, such as worker-3"};
}

/// The subject's only common name.
Result<std::string> common_name(const X509* certificate, const std::string& where) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return fail(not_readable("the certificate's subject has no common name", where));
  if (X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) {
    return fail(not_readable("the certificate's subject has several common names", where));
  }
  unsigned char* bytes = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  std::string name(reinterpret_cast<const char*>(bytes), size < 0 ? 0 : std::size_t(size));
  OPENSSL_free(bytes);
  // A name with a zero in it would end early for whoever reads it as C does.
  if (!std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; })) {
    return fail(not_readable("the certificate's common name is not printable ASCII", where));
  }
  return name;
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const int size = ASN1_STRING_length(address);
  if (size != 4 && size != 16) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text.data(),
            text.size());
  return text.data();
}

/// Names and addresses in the order of the certificate.
std::vector<std::string> hosts_of(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::vector<std::string> hosts;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) {
      hosts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      hosts.push_back(address_text(name->d.iPAddress));
    }
  }
  return hosts;
}

}  // namespace

std::optional<WorkerRange> parse_worker_name(std::string_view name) {
  if (const auto text = after("worker-", name)) {
    const auto number = parse_number(*text);
    if (!number) return std::nullopt;
    return WorkerRange{.first = *number, .last = *number};
  }
  const auto text = after("workers-", name);
  const std::size_t dash = text ? text->find('-') : std::string_view::npos;
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text->substr(0, dash));
  const auto last = parse_number(text->substr(dash + 1));
  if (!first || !last || *first > *last || *last - *first >= workers_max) return std::nullopt;
  return WorkerRange{.first = *first, .last = *last};
}

std::string worker_name(WorkerRange workers) {
  return workers.first == workers.last ? fmt::format("worker-{}", workers.first)
                                       : fmt::format("workers-{}-{}", workers.first, workers.last);
}

std::chrono::seconds Certificate::left() const {
  return until - std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Result<Certificate> read_certificate(std::string_view pem, const std::string& where) {
  const Result<std::vector<Owned<X509>>> read = certificates_from(pem, where);
  if (!read) return fail(read.error());
  const X509* first = read->front().get();
  Result<std::string> name = common_name(first, where);
  if (!name) return fail(name.error());
  Certificate certificate{.name = std::move(*name),
                          .serial = serial_text(X509_get0_serialNumber(first)),
                          .from = time_of(X509_get0_notBefore(first)),
                          .until = time_of(X509_get0_notAfter(first)),
                          .hosts = hosts_of(first)};
  if (const auto range = parse_worker_name(certificate.name)) {
    certificate.workers.resize(range->last - range->first + 1);
    std::iota(certificate.workers.begin(), certificate.workers.end(), range->first);
  }
  return certificate;
}

Result<Certificate> read_certificate_file(const std::string& path) {
  const Result<std::string> text = read_text(path);
  if (!text) return fail(text.error());
  return read_certificate(*text, path);
}

Result<Certificate> read_worker(std::string_view pem, const std::string& where) {
  Result<Certificate> certificate = read_certificate(pem, where);
  if (!certificate || !certificate->workers.empty()) return certificate;
  return fail(
      {.code = "security/not-a-worker",
       .what = fmt::format("the certificate of \"{}\" speaks for no worker", certificate->name),
       .where = where,
       .fix = "its common name has to be like worker-3, or workers-0-7 for several"});
}

std::string date_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace tailrace::security
