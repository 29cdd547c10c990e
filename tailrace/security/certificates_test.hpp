#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tailrace/security/authority.hpp"

/// Authorities of tests. For tests only.
namespace tailrace::security::testing {

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_all(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// The code of the first error; empty without one.
template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().front().code;
}

/// A fresh folder that goes with the test.
class WithFolder : public ::testing::Test {
 protected:
  WithFolder() {
    std::filesystem::remove_all(folder_);  // of a test that was killed
    std::filesystem::create_directories(folder_);
  }
  ~WithFolder() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  ("tailrace_security_test_" + std::to_string(getpid()));
};

/// An authority in folder_/certs.
class WithAuthority : public WithFolder {
 protected:
  /// A certificate of ten days that ended long ago.
  static Validity long_ago() {
    return {.days = 10, .from = Validity::an_hour_ago() - std::chrono::days(100)};
  }

  std::filesystem::path certs_ = folder_ / "certs";
  Authority authority_ = Authority::make(certs_).value();
};

}  // namespace tailrace::security::testing
