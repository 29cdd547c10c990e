#include "tailrace/fetch/checksum.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "tailrace/core/check.hpp"
#include "tailrace/fetch/out_file.hpp"

namespace tailrace::fetch {

Result<std::string> sha256_of(const std::filesystem::path& file, const std::atomic<bool>* stop) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(disk_error(errno, file));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  TAILRACE_CHECK(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  std::vector<char> buffer(std::size_t{1} << 18);
  while (stream) {
    if (stop != nullptr && stop->load()) return fail(interrupted(file));
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto size = static_cast<std::size_t>(stream.gcount());
    TAILRACE_CHECK(EVP_DigestUpdate(context.get(), buffer.data(), size) == 1);
  }
  if (stream.bad()) return fail(disk_error(errno, file));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  TAILRACE_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace tailrace::fetch
