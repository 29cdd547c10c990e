#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/fetch_progress.hpp"
#include "cli/program_test.hpp"
#include "tailrace/data/known_sets.hpp"
#include "tailrace/fetch/server_test.hpp"
#include "tailrace/fetch/sources.hpp"

namespace tailrace::cli {
namespace {

namespace fs = std::filesystem;
using fetch::testing::answer;
using fetch::testing::answer_file;
using fetch::testing::Request;
using fetch::testing::Server;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::read_file;

/// The program on a machine without data.
class Data : public testing::Program {
 protected:
  [[nodiscard]] Ended run_without_data(const std::string& arguments,
                                       const std::string& variables = "") const {
    return shell("env -u TAILRACE_DATA -u TAILRACE_DATA_MIRROR HOME=home " + variables + ' ' +
                 TAILRACE_PROGRAM + " data " + arguments);
  }

  Server server_{[](const Request& request) {
    return request.path.ends_with("/phishing") ? answer_file(request, "1 1:1\n0 2:1\n")
                                               : answer("404 Not Found", "");
  }};
};

TEST_F(Data, ListsEverySetAndWhereItIs) {
  fs::create_directories(folder_ / "data/libsvm");
  write("data/libsvm/phishing", "1 1:1\n");

  const Ended listed = run_without_data("list");

  EXPECT_EQ(listed.exit, 0);
  for (const data::KnownSet& set : data::known_sets()) {
    EXPECT_THAT(listed.output, HasSubstr(set.name));
    EXPECT_THAT(listed.output, HasSubstr(set.title));
  }
  EXPECT_THAT(listed.output, HasSubstr("170 MB"));
  EXPECT_THAT(listed.output, HasSubstr("not here"));
  EXPECT_THAT(listed.output, HasSubstr("data/libsvm\n"));
  EXPECT_THAT(listed.output, HasSubstr("home/.cache/tailrace"));
}

TEST_F(Data, FetchesASetThatExperimentsThenFind) {
  const Ended fetched = run_without_data("fetch Phishing --from " + server_.url("/binary"));

  EXPECT_EQ(fetched.exit, 0) << fetched.output;
  EXPECT_THAT(fetched.output, HasSubstr("phishing is here: home/.cache/tailrace/libsvm"));
  EXPECT_THAT(fetched.output, HasSubstr("no checksum of \"phishing\" is known"));
  EXPECT_EQ(read_file(folder_ / "home/.cache/tailrace/libsvm/phishing"), "1 1:1\n0 2:1\n");
  EXPECT_EQ(server_.requests().front().path, "/binary/phishing");
  EXPECT_THAT(run_without_data("fetch phishing").output, HasSubstr("is here already"));
}

TEST_F(Data, FetchesFromAMirrorIntoAFolderAndSaysHowToUseIt) {
  const Ended fetched = run_without_data("fetch phishing --to there",
                                         "TAILRACE_DATA_MIRROR=" + server_.url("/mirror"));

  EXPECT_EQ(fetched.exit, 0) << fetched.output;
  EXPECT_THAT(fetched.output, HasSubstr("--data there"));
  EXPECT_TRUE(fs::exists(folder_ / "there/libsvm/phishing"));
  EXPECT_EQ(server_.requests().front().path, "/mirror/phishing/phishing");
}

TEST_F(Data, SaysWhichNamesItDoesNotKnow) {
  const Ended fetched = run_without_data("fetch mnits no-such-set");

  EXPECT_EQ(fetched.exit, 1);
  EXPECT_THAT(fetched.output, HasSubstr("did you mean \"mnist\"?"));
  EXPECT_THAT(fetched.output, HasSubstr("fashion-mnist"));
}

TEST_F(Data, EndsWithThreeWhenTheSourceHasNoSuchFile) {
  const Ended fetched = run_without_data("fetch w8a --from " + server_.url("/x"));

  EXPECT_EQ(fetched.exit, 3);
  EXPECT_THAT(fetched.output, HasSubstr("fetch/status"));
}

TEST_F(Data, RemovesWhatHasAWrongChecksum) {
  const Server liar([](const Request&) { return answer("200 OK", "To be?"); });

  const Ended fetched = run_without_data("fetch shakespeare --from " + liar.url("/x"));

  EXPECT_EQ(fetched.exit, 3);
  EXPECT_THAT(fetched.output, HasSubstr("fetch/checksum"));
  EXPECT_FALSE(fs::exists(folder_ / "home/.cache/tailrace/shakespeare/input.txt"));
}

TEST_F(Data, RefusesOneFolderForSeveralSetsAndUnencryptedStrangers) {
  const Ended several = run_without_data("fetch a9a w8a --from https://host/x");
  const Ended open = run_without_data("fetch a9a --from http://192.0.2.1/x");

  EXPECT_EQ(several.exit, 1);
  EXPECT_THAT(several.output, HasSubstr("TAILRACE_DATA_MIRROR"));
  EXPECT_EQ(open.exit, 3);
  EXPECT_THAT(open.output, HasSubstr("--insecure-http"));
}

TEST_F(Data, UnderstandsItsCommandsOrSaysWhatItDoesNot) {
  EXPECT_EQ(run_without_data("").exit, 2);
  EXPECT_EQ(run_without_data("fetch").exit, 2);
  EXPECT_THAT(run_without_data("fetsh a9a").output, HasSubstr("did you mean \"fetch\"?"));
  EXPECT_THAT(run_without_data("fetch a9a --form x").output, HasSubstr("did you mean \"--from\"?"));
}

TEST_F(Data, ExperimentsLookFirstInTheFolderThatIsNamed) {
  fs::create_directories(folder_ / "mine");
  std::ofstream rows(folder_ / "mine/tiny_rows");
  for (int i = 0; i < 20; ++i) rows << "1 1:1\n-1 2:1\n";
  rows.close();
  write("rows.toml", R"(title = "rows"
[problem]
kind = "logistic"
data = "tiny_rows"
[workers]
count = 2
[run]
stop = { steps = 3 }
[[method]]
recipe = "async_sgd"
step_size = 0.1
)");

  EXPECT_EQ(run("check rows.toml").exit, 1);
  EXPECT_EQ(run("check rows.toml --data mine").exit, 0)
      << run("check rows.toml --data mine").output;
  EXPECT_EQ(run("run rows.toml --data mine --quiet").exit, 0);
  EXPECT_THAT(run("check rows.toml --data nowhere").output, HasSubstr("data/no-folder"));
}

TEST(FetchLine, TellsHowFarHowFastAndHowLong) {
  EXPECT_EQ(to_text({.file = "a.gz",
                     .done = 71'400'000,
                     .total = 170'000'000,
                     .came = 31'000'000,
                     .seconds = 10}),
            "a.gz   42%  71.4/170 MB  3.10 MB/s  32 s left");
  EXPECT_EQ(to_text({.file = "a.gz", .done = 1500}), "a.gz  1.50 kB");
}

TEST(DataDocument, KnowsEverySetItsSourceAndItsTerms) {
  const std::string document = read_file(fs::path(TAILRACE_SOURCE_DIR) / "docs/data.md");

  for (const fetch::Source& source : fetch::sources()) {
    EXPECT_THAT(document, HasSubstr("`" + source.name + "`"));
    EXPECT_THAT(document, HasSubstr(source.terms)) << source.name;
    for (const fetch::SourceFile& file : source.files) {
      EXPECT_THAT(document, HasSubstr(file.url.substr(0, file.url.rfind('/')))) << source.name;
    }
  }
}

}  // namespace
}  // namespace tailrace::cli
