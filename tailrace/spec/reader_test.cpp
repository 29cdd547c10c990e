#include "tailrace/spec/reader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tailrace/delay/bandwidth.hpp"
#include "tailrace/spec/toml.hpp"

namespace tailrace::spec {

enum class Color { red, green };

}  // namespace tailrace::spec

template <>
struct tailrace::EnumNames<tailrace::spec::Color> {
  static constexpr std::array values = {std::pair{"red", tailrace::spec::Color::red},
                                        std::pair{"green", tailrace::spec::Color::green}};
};

namespace tailrace::spec {
namespace {

struct Circle {
  static constexpr std::string_view name = "circle";
  static constexpr std::string_view summary = "Round.";
  static constexpr bool from_number = true;
  double radius = 1;
  static void fields(auto& self, auto&& field) {
    field("radius", self.radius, Field{.min = 0, .above_min = true, .doc = "half its width"});
  }
};

struct Point {
  static constexpr std::string_view name = "point";
  static constexpr std::string_view summary = "No size.";
  static void fields(auto& /*self*/, auto&& /*field*/) {}
};

struct Label {
  static constexpr std::string_view name = "label";
  static constexpr std::string_view summary = "A text.";
  std::string text = {};
  static void fields(auto& self, auto&& field) {
    field("text", self.text, Field{.required = true, .doc = "what it says"});
  }
};

using Shape = std::variant<Point, Circle, Label>;

struct Drawing {
  bool visible = false;
  std::uint32_t copies = 1;
  std::int64_t offset = 0;
  double scale = 1;
  std::string title = {};
  Time delay;
  delay::Bandwidth bandwidth;
  Color color = Color::red;
  std::optional<double> limit;
  std::vector<double> weights;
  Shape shape = Point{};
  std::vector<Shape> shapes;

  static void fields(auto& self, auto&& field) {
    field("visible", self.visible, Field{.doc = "shown"});
    field("copies", self.copies, Field{.min = 1, .max = 10, .doc = "how many"});
    field("offset", self.offset, Field{});
    field("scale", self.scale, Field{.min = 0, .max = 1, .below_max = true, .doc = "0 hides it"});
    field("title", self.title, Field{});
    field("delay", self.delay, Field{.unit = "s", .max = 3600, .doc = "before it shows"});
    field("bandwidth", self.bandwidth, Field{.unit = "bytes/s", .doc = "such as \"1MB/s\""});
    field("color", self.color, Field{});
    field("limit", self.limit, Field{.min = 0});
    field("weights", self.weights, Field{.min = 0});
    field("shape", self.shape, Field{});
    field("shapes", self.shapes, Field{});
  }
};

struct ReadDrawing {
  Drawing drawing;
  std::string errors;
};

ReadDrawing read(std::string_view text) {
  ReadDrawing result;
  Findings findings;
  Reader(findings).options(*parse_toml(text, "d.toml"), result.drawing,
                           {.path = {}, .owner = {}, .key = "drawing"});
  result.errors = to_string(findings.errors());
  return result;
}

TEST(Reader, ReadsEveryTypeOfOption) {
  const auto [drawing, errors] = read(R"(
visible = true
copies = 3
offset = -4
scale = 0.5
title = "t"
delay = "20ms"
bandwidth = "8Mbit/s"
color = "green"
limit = 2
weights = [1, 0.25]
)");

  EXPECT_EQ(errors, "");
  EXPECT_TRUE(drawing.visible);
  EXPECT_EQ(drawing.copies, 3U);
  EXPECT_EQ(drawing.offset, -4);
  EXPECT_EQ(drawing.scale, 0.5);
  EXPECT_EQ(drawing.title, "t");
  EXPECT_EQ(drawing.delay, Time{20'000'000});
  EXPECT_EQ(drawing.bandwidth.bytes_per_second, 1e6);
  EXPECT_EQ(drawing.color, Color::green);
  EXPECT_EQ(drawing.limit, 2.0);
  EXPECT_EQ(drawing.weights, (std::vector<double>{1, 0.25}));
}

TEST(Reader, KeepsDefaultsOfWhatIsNotWritten) {
  const auto [drawing, errors] = read("");

  EXPECT_EQ(errors, "");
  EXPECT_EQ(drawing.copies, 1U);
  EXPECT_EQ(drawing.limit, std::nullopt);
}

TEST(Reader, TakesAPlainNumberAsSeconds) {
  EXPECT_EQ(read("delay = 1.5").drawing.delay, Time{1'500'000'000});
}

TEST(Reader, ReadsAChoiceInAllItsForms) {
  EXPECT_EQ(
      std::get<Circle>(read("shape = { kind = \"circle\", radius = 2 }").drawing.shape).radius, 2);
  EXPECT_EQ(std::get<Circle>(read("shape = { circle = { radius = 3 } }").drawing.shape).radius, 3);
  EXPECT_EQ(std::get<Circle>(read("shape = { circle = 4 }").drawing.shape).radius, 4);
  EXPECT_EQ(std::get<Circle>(read("shape = 5").drawing.shape).radius, 5);
  EXPECT_EQ(std::get<Circle>(read("shape = \"circle\"").drawing.shape).radius, 1);
  EXPECT_TRUE(std::holds_alternative<Point>(read("shape = \"point\"").drawing.shape));
}

TEST(Reader, ReadsAListOfChoices) {
  const auto [drawing, errors] =
      read("shapes = [\"point\", { circle = 2 }, { label = { text = \"a\" } }]");

  EXPECT_EQ(errors, "");
  ASSERT_EQ(drawing.shapes.size(), 3U);
  EXPECT_EQ(std::get<Circle>(drawing.shapes[1]).radius, 2);
  EXPECT_EQ(std::get<Label>(drawing.shapes[2]).text, "a");
}

struct Framed {
  static constexpr std::string_view name = "framed";
  static constexpr std::string_view summary = "A shape in a frame.";
  Shape inner = Point{};
  static void fields(auto& self, auto&& field) {
    field("inner", self.inner, Field{.doc = "what is framed"});
  }
};

TEST(Reader, LetsTheValueOfAnOnlyOptionThatIsAChoiceStandForIt) {
  for (const std::string_view text :
       {"item = { framed = { kind = \"circle\", radius = 2 } }",
        "item = { framed = { circle = 2 } }", "item = { framed = { inner = { circle = 2 } } }",
        "item = { kind = \"framed\", inner = { circle = 2 } }"}) {
    std::variant<Point, Framed> item;
    Findings findings;
    Reader(findings).read(*parse_toml(text, "d.toml")->find("item"), item, Field{},
                          {.path = "item", .owner = {}, .key = "item"});

    EXPECT_TRUE(findings.errors().empty()) << text << '\n' << to_string(findings.errors());
    ASSERT_TRUE(std::holds_alternative<Framed>(item)) << text;
    ASSERT_TRUE(std::holds_alternative<Circle>(std::get<Framed>(item).inner)) << text;
    EXPECT_EQ(std::get<Circle>(std::get<Framed>(item).inner).radius, 2) << text;
  }
}

struct BadCase {
  std::string_view name;
  std::string_view text;
  std::string_view error;
};

class ReaderRefuses : public testing::TestWithParam<BadCase> {};

TEST_P(ReaderRefuses, WithThisText) { EXPECT_EQ(read(GetParam().text).errors, GetParam().error); }

INSTANTIATE_TEST_SUITE_P(
    BadInput, ReaderRefuses,
    testing::Values(
        BadCase{"UnknownKey", "titel = \"x\"",
                "error[spec/unknown-key]: drawing has no option \"titel\"\n"
                "  at   d.toml:1:1  titel\n"
                "  fix  did you mean \"title\"?"},
        BadCase{"NumberAboveItsRange", "\ncopies = 11",
                "error[spec/out-of-range]: drawing.copies = 11 is outside [1, 10]\n"
                "  at   d.toml:2:10  copies\n"
                "  fix  choose at least 1 and at most 10; how many"},
        BadCase{"NumberAtAnOpenEnd", "scale = 1",
                "error[spec/out-of-range]: drawing.scale = 1 is outside [0, 1)\n"
                "  at   d.toml:1:9  scale\n"
                "  fix  choose at least 0 and less than 1; 0 hides it"},
        BadCase{"NaN", "limit = nan",
                "error[spec/out-of-range]: drawing.limit = nan is outside [0, inf]\n"
                "  at   d.toml:1:9  limit\n"
                "  fix  choose 0 or more"},
        BadCase{"FractionForAWholeNumber", "copies = 2.0",
                "error[spec/wrong-type]: drawing.copies needs a whole number, not the number 2.0\n"
                "  at   d.toml:1:10  copies\n"
                "  fix  write a whole number"},
        BadCase{"TextForANumber", "scale = \"half\"",
                "error[spec/wrong-type]: drawing.scale needs a number, not the text \"half\"\n"
                "  at   d.toml:1:9  scale\n"
                "  fix  write a number"},
        BadCase{"NumberForAText", "title = 7",
                "error[spec/wrong-type]: drawing.title needs a text in quotes, not the number 7\n"
                "  at   d.toml:1:9  title\n"
                "  fix  write a text in quotes"},
        BadCase{"TextForAFlag", "visible = \"yes\"",
                "error[spec/wrong-type]: drawing.visible needs true or false, not the text "
                "\"yes\"\n"
                "  at   d.toml:1:11  visible\n"
                "  fix  write true or false"},
        BadCase{"DateForAText", "title = 2026-01-01",
                "error[spec/wrong-type]: drawing.title needs a text in quotes, not a date\n"
                "  at   d.toml:1:9  title\n"
                "  fix  write a text in quotes"},
        BadCase{"TimeWithoutAUnit", "delay = \"20\"",
                "error[spec/wrong-value]: drawing.delay = \"20\" is not a time\n"
                "  at   d.toml:1:9  delay\n"
                "  fix  write a number and a unit (ns, us, ms, s, min, h, d), such as \"20ms\" or "
                "\"1.5s\""},
        BadCase{"TimeBeyondItsRange", "delay = \"2h\"",
                "error[spec/out-of-range]: drawing.delay = 120min is outside [0, 3600]\n"
                "  at   d.toml:1:9  delay\n"
                "  fix  choose at least 0 and at most 3600; before it shows"},
        BadCase{"NegativeTime", "delay = -1",
                "error[spec/out-of-range]: drawing.delay = -1 is outside [0, 3600]\n"
                "  at   d.toml:1:9  delay\n"
                "  fix  choose at least 0 and at most 3600; before it shows"},
        BadCase{"BandwidthWithoutAUnit", "bandwidth = \"8 fast\"",
                "error[spec/wrong-value]: \"8 fast\" is no drawing.bandwidth\n"
                "  at   d.toml:1:13  bandwidth\n"
                "  fix  the unit is bytes/s; such as \"1MB/s\""},
        BadCase{"UnknownNameOfAnEnum", "color = \"gren\"",
                "error[spec/unknown-color]: no color is called \"gren\"\n"
                "  at   d.toml:1:9  color\n"
                "  fix  did you mean \"green\"?"},
        BadCase{"OneElementOfAList", "weights = [1, -1]",
                "error[spec/out-of-range]: drawing.weights = -1 is outside [0, inf]\n"
                "  at   d.toml:1:15  weights[1]\n"
                "  fix  choose 0 or more"},
        BadCase{"ValueForAList", "weights = 1",
                "error[spec/wrong-type]: drawing.weights needs a list, not the number 1\n"
                "  at   d.toml:1:11  weights\n"
                "  fix  write a list"},
        BadCase{"UnknownKind", "shape = { kind = \"cirle\" }",
                "error[spec/unknown-shape]: no shape is called \"cirle\"\n"
                "  at   d.toml:1:18  shape.kind\n"
                "  fix  did you mean \"circle\"?"},
        BadCase{"UnknownKindWithNothingLikeIt", "shape = \"dodecahedron\"",
                "error[spec/unknown-shape]: no shape is called \"dodecahedron\"\n"
                "  at   d.toml:1:9  shape\n"
                "  fix  choose one of \"point\", \"circle\", \"label\""},
        BadCase{"MissingKind", "shape = { radius = 2 }",
                "error[spec/missing-kind]: this shape does not say which\n"
                "  at   d.toml:1:9  shape\n"
                "  fix  add kind = one of \"point\", \"circle\", \"label\""},
        BadCase{"UnknownOptionOfAComponent", "shape = { kind = \"circle\", radios = 2 }",
                "error[spec/unknown-key]: circle has no option \"radios\"\n"
                "  at   d.toml:1:28  shape.radios\n"
                "  fix  did you mean \"radius\"?"},
        BadCase{"OptionOfAComponentOutOfRange", "shapes = [\"point\", { circle = 0 }]",
                "error[spec/out-of-range]: circle = 0 is outside (0, inf]\n"
                "  at   d.toml:1:31  shapes[1].circle\n"
                "  fix  choose more than 0; half its width"},
        BadCase{"RequiredOptionOfABareName", "shape = \"label\"",
                "error[spec/missing]: label.text is missing\n"
                "  at   d.toml:1:9  shape.text\n"
                "  fix  set \"text\"; what it says"},
        BadCase{"BareNumberForAComponentWithoutOne", "shape = { label = 3 }",
                "error[spec/wrong-type]: label needs a table, not the number 3\n"
                "  at   d.toml:1:19  shape.label\n"
                "  fix  write a table"}),
    [](const testing::TestParamInfo<BadCase>& test) { return std::string(test.param.name); });

TEST(Reader, ReportsEverythingInTheOrderOfTheFile) {
  const std::string errors = read("scale = 2\ncopies = 0\nshade = 1\n").errors;

  EXPECT_EQ(errors,
            "error[spec/out-of-range]: drawing.scale = 2 is outside [0, 1)\n"
            "  at   d.toml:1:9  scale\n"
            "  fix  choose at least 0 and less than 1; 0 hides it\n"
            "error[spec/out-of-range]: drawing.copies = 0 is outside [1, 10]\n"
            "  at   d.toml:2:10  copies\n"
            "  fix  choose at least 1 and at most 10; how many\n"
            "error[spec/unknown-key]: drawing has no option \"shade\"\n"
            "  at   d.toml:3:1  shade\n"
            "  fix  did you mean \"shape\"?");
}

}  // namespace
}  // namespace tailrace::spec
