#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// How far a download is.
struct Progress {
  std::string file;
  std::uint64_t done = 0;   ///< bytes on disk
  std::uint64_t total = 0;  ///< bytes; 0: the server does not say
};

/// How a download is done.
struct DownloadOptions {
  std::chrono::milliseconds connect_time = std::chrono::seconds(15);
  std::chrono::milliseconds read_time = std::chrono::seconds(30);  ///< without a single byte
  int attempts = 4;  ///< without a single byte more, one after the other
  std::chrono::milliseconds pause = std::chrono::seconds(1);  ///< doubles from attempt to attempt
  std::chrono::milliseconds pause_max = std::chrono::seconds(60);
  std::uint64_t size_max = std::uint64_t{4} << 30;  ///< bytes
  bool insecure_http = false;                       ///< http:// from other machines, too
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Progress&)> progress = [](const Progress&) {};
  std::function<void(const std::string&)> note = [](const std::string&) {};  ///< a line for people
};

/// What to get.
struct Download {
  std::string url;
  std::filesystem::path part;  ///< where it goes; the folder must exist
  /// Whether the caller knows what the bytes must be, so that a mixture of two versions would be
  /// found out.
  bool is_checked = false;
};

/// Gets a file over HTTPS, all of it, into `part`; what an earlier call left there is gone on with.
///
///   resume    with a range, if the server has named the version of what it sent (a strong ETag or
///             the time of the last change, kept in PART.from) and still has that one, or if
///             `is_checked`; from the front otherwise, and with servers that know no ranges
///   retries   what may pass: no connection, a connection that breaks or says nothing for
///             `read_time`, the statuses 408, 429 and 500 to 599; after pauses that double, or as
///             long as the server asks (Retry-After), up to `pause_max`
///   security  certificates are verified against the system's; http:// only from this machine,
///             unless insecure_http; a redirection from https:// to http:// counts the same
///   proxies   those of the usual variables; see proxy.hpp
///
/// Errors  fetch/offline, fetch/status, fetch/certificate, fetch/proxy, fetch/insecure,
///         fetch/too-large, fetch/redirects, fetch/disk-full, fetch/io, fetch/interrupted,
///         data/bad-url. What has come stays in `part`.
[[nodiscard]] Status download(const Download& what, const DownloadOptions& options);

}  // namespace tailrace::fetch
