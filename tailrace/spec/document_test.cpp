#include "tailrace/spec/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {
namespace {

using Files = std::map<std::string, std::string>;

Result<Node> load(const Files& files, const std::vector<std::string>& sets = {}) {
  std::vector<Override> overrides;
  for (const std::string& set : sets) overrides.push_back(*parse_set(set));
  const ReadFile read_file = [&](const std::string& path) -> Result<std::string> {
    const auto file = files.find(path);
    if (file != files.end()) return file->second;
    return fail({.code = "spec/cannot-read",
                 .what = "there is no file \"" + path + "\"",
                 .where = path,
                 .fix = "check the path"});
  };
  return load_document("main.toml", overrides, read_file);
}

std::string text_of(const Result<Node>& result) {
  return result ? to_toml(*result) : to_string(result.error());
}

TEST(Include, LaterFilesAndTheFileItselfWinKeyByKey) {
  const Files files = {
      {"main.toml", "include = [\"a.toml\", \"b.toml\"]\n[workers]\ncount = 3\n"},
      {"a.toml", "title = \"a\"\n[workers]\ncount = 1\nper = \"job\"\nspeed = 1\n"},
      {"b.toml", "[workers]\ncount = 2\nspeed = 2\n"}};

  EXPECT_EQ(text_of(load(files)),
            "{ title = \"a\", workers = { count = 3, per = \"job\", speed = 2 } }");
}

TEST(Include, LooksForFilesBesideTheOneThatNamesThem) {
  const Files files = {{"main.toml", "include = [\"base/a.toml\"]\n"},
                       {"base/a.toml", "include = [\"b.toml\"]\n"},
                       {"base/b.toml", "title = \"b\"\n"}};

  EXPECT_EQ(text_of(load(files)), "{ title = \"b\" }");
}

TEST(Include, DropsOptionsOfAComponentThatIsReplaced) {
  const Files files = {{"main.toml", "include = [\"a.toml\"]\n[problem]\nkind = \"quadratic\"\n"},
                       {"a.toml", "[problem]\nkind = \"logistic\"\ndata = \"a9a\"\n"}};

  EXPECT_EQ(text_of(load(files)), "{ problem = { kind = \"quadratic\" } }");
}

TEST(Include, KeepsTheLineOfTheIncludedFile) {
  const Files files = {{"main.toml", "include = [\"a.toml\"]\n"}, {"a.toml", "\n\ntitle = 3\n"}};

  EXPECT_EQ(place_of(*load(files), "title").to_string(), "a.toml:3:9");
}

TEST(Include, RefusesACycleAndShowsIt) {
  const Files files = {{"main.toml", "title = \"m\"\ninclude = [\"a.toml\"]\n"},
                       {"a.toml", "include = [\"./main.toml\"]\n"}};

  EXPECT_EQ(text_of(load(files)),
            "error[spec/include-cycle]: \"./main.toml\" includes itself: main.toml -> a.toml -> "
            "main.toml\n"
            "  at   a.toml:1:12  include\n"
            "  fix  remove one of these includes");
}

TEST(Include, RefusesAMissingFileWhereItIsNamed) {
  EXPECT_EQ(text_of(load({{"main.toml", "include = [\"gone.toml\"]\n"}})),
            "error[spec/cannot-read]: there is no file \"gone.toml\"\n"
            "  at   main.toml:1:12  include\n"
            "  fix  check the path");
}

TEST(Include, RefusesAnythingButAListOfTexts) {
  EXPECT_EQ(text_of(load({{"main.toml", "include = \"a.toml\"\n"}})),
            "error[spec/include]: include needs a list of texts, not the text \"a.toml\"\n"
            "  at   main.toml:1:11  include\n"
            "  fix  write include = [\"base.toml\"]");
}

TEST(Include, StopsFilesThatDoubleAtEveryLevel) {
  Files files = {{"main.toml", "include = [\"0.toml\", \"0.toml\"]\n"}};
  for (int i = 0; i < 40; ++i) {
    const std::string next = std::to_string(i + 1) + ".toml";
    files[std::to_string(i) + ".toml"] = "include = [\"" + next + "\", \"" + next + "\"]\n";
  }

  EXPECT_THAT(text_of(load(files)), testing::HasSubstr("more than 100 files are included"));
}

TEST(Set, ReplacesValuesAndMakesTablesOnTheWay) {
  const Files files = {{"main.toml", "[workers]\ncount = 1\n"}};

  EXPECT_EQ(text_of(load(files, {"workers.count=64", "run.stop.steps=10", "title=demo"})),
            "{ workers = { count = 64 }, run = { stop = { steps = 10 } }, title = \"demo\" }");
}

TEST(Set, ReachesMethodsByNumberNameAndRecipe) {
  const Files files = {
      {"main.toml",
       "[[method]]\nrecipe = \"a\"\n[[method]]\nname = \"mine\"\n[[method]]\nrecipe = \"c\"\n"}};

  EXPECT_EQ(text_of(load(files, {"method[0].x=1", "method.mine.x=2", "method.c.x=3"})),
            "{ method = [{ recipe = \"a\", x = 1 }, { name = \"mine\", x = 2 }, "
            "{ recipe = \"c\", x = 3 }] }");
}

TEST(Set, TurnsABareNameIntoATableForItsOptions) {
  const Files files = {{"main.toml", "[problem]\nnoise = \"pareto\"\n"}};

  EXPECT_EQ(text_of(load(files, {"problem.noise.scale=2"})),
            "{ problem = { noise = { kind = \"pareto\", scale = 2 } } }");
}

TEST(Set, TakesSingleWordsWithoutQuotes) {
  const Files files = {{"main.toml", "\n"}};

  EXPECT_EQ(text_of(load(files, {"a=20ms", "b=data/a9a.txt", "c=true", "d=[1, 2]", "e='x y'"})),
            "{ a = \"20ms\", b = \"data/a9a.txt\", c = true, d = [1, 2], e = \"x y\" }");
}

TEST(Set, GivesTheOptionItselfAsThePlaceOfItsValues) {
  const Result<Node> document = load({{"main.toml", "\n"}}, {"run.stop={ steps = 0 }"});

  EXPECT_EQ(place_of(*document, "run.stop.steps").to_string(), "--set run.stop={ steps = 0 }");
}

TEST(Set, RefusesWhatItCannotPlaceOrRead) {
  const Files files = {{"main.toml", "title = \"t\"\n[[method]]\nrecipe = \"async_sgd\"\n"}};

  EXPECT_EQ(text_of(load(files, {"method[3].x=1", "method.asinc_sgd.x=1", "a..b=1", "a=1, 2",
                                 "method[0][0]=1"})),
            "error[spec/set]: there is no number 3 in this list\n"
            "  at   --set method[3].x=1\n"
            "  fix  its length is 1, and the first is number 0\n"
            "error[spec/set]: nothing in this list is called \"asinc_sgd\"\n"
            "  at   --set method.asinc_sgd.x=1\n"
            "  fix  did you mean \"async_sgd\"?\n"
            "error[spec/set]: \"a..b\" is not a path of keys\n"
            "  at   --set a..b=1\n"
            "  fix  write it like workers.count=64 or method[0].step_size=0.1\n"
            "error[spec/set]: \"1, 2\" is not a TOML value\n"
            "  at   --set a=1, 2\n"
            "  fix  numbers, true, \"text\", [1, 2] or { key = 1 }; quote the whole option for the "
            "shell\n"
            "error[spec/set]: there is no number 0 in this list\n"
            "  at   --set method[0][0]=1\n"
            "  fix  it is not a list");
}

TEST(Set, NeedsAKeyAndAValue) {
  EXPECT_EQ(parse_set("workers.count").error()[0].what, "\"workers.count\" does not set anything");
  EXPECT_FALSE(parse_set("=3"));
}

TEST(Set, ReplacesWholeTables) {
  const Files files = {
      {"main.toml", "[run.stop]\nsteps = 9\ntarget = { metric = \"loss\", below = 1 }\n"}};

  EXPECT_EQ(text_of(load(files, {"run.stop={ time = \"10s\" }"})),
            "{ run = { stop = { time = \"10s\" } } }");
}

TEST(Set, IsThePlaceOfAValueThatItReplaces) {
  const Result<Node> document =
      load({{"main.toml", "[workers]\ncount = 1\n"}}, {"workers.count=64"});

  EXPECT_EQ(place_of(*document, "workers.count").to_string(), "--set workers.count=64");
}

}  // namespace
}  // namespace tailrace::spec
