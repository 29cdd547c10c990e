#include "tailrace/fetch/sources.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tailrace/data/known_sets.hpp"
#include "tailrace/fetch/url.hpp"

namespace tailrace::fetch {
namespace {

TEST(Sources, AreThereForEveryKnownSetInItsOrder) {
  ASSERT_EQ(sources().size(), data::known_sets().size());
  for (std::size_t i = 0; i < sources().size(); ++i) {
    EXPECT_EQ(sources()[i].name, data::known_sets()[i].name);
  }
}

TEST(Sources, AreEncryptedAndTheirChecksumsAreWholeOnes) {
  for (const Source& source : sources()) {
    for (const SourceFile& file : source.files) {
      const auto url = parse_url(file.url);
      ASSERT_TRUE(url) << file.url;
      EXPECT_TRUE(url->secure) << file.url;
      EXPECT_FALSE(file.file().empty()) << file.url;
      if (file.sha256.empty()) continue;
      EXPECT_EQ(file.sha256.size(), 64U) << file.url;
      EXPECT_EQ(file.sha256.find_first_not_of("0123456789abcdef"), std::string::npos) << file.url;
    }
    EXPECT_FALSE(source.terms.empty()) << source.name;
  }
}

TEST(Sources, KnowTheSizeOfASetOnlyIfTheyKnowAllOfIt) {
  EXPECT_EQ(source_of("mnist").size(), 9'912'422U + 28'881U + 1'648'877U + 4'542U);
  EXPECT_EQ(source_of("a9a").size(), 0U);
}

}  // namespace
}  // namespace tailrace::fetch
