#include "tailrace/data/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <type_traits>

namespace tailrace::data {
namespace {

static_assert(!std::is_copy_constructible_v<Safetensors>);

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

/// A file with this header and these numbers.
std::vector<std::byte> file_of(std::string_view header, std::string_view numbers) {
  const std::uint64_t length = header.size();
  std::string text(8, '\0');
  std::memcpy(text.data(), &length, 8);
  return bytes_of(text.append(header).append(numbers));
}

template <class Number>
std::span<const std::byte> raw(const std::vector<Number>& numbers) {
  return std::as_bytes(std::span(numbers));
}

Error error_of(std::vector<std::byte> bytes) {
  const Result<Safetensors> file = parse_safetensors(std::move(bytes), "file");
  if (file) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  EXPECT_EQ(file.error().size(), 1u);
  EXPECT_TRUE(file.error().front().in_data);
  EXPECT_FALSE(file.error().front().fix.empty());
  return file.error().front();
}

/// The error of a header in front of 8 bytes of numbers.
std::string refusal_of(std::string_view header) {
  const Error error = error_of(file_of(header, "12345678"));
  EXPECT_EQ(error.code, "data/malformed");
  EXPECT_TRUE(error.where.starts_with("file, ")) << error.where;
  return error.what;
}

/// The numbers of one tensor of this dtype.
std::vector<float> floats_of(std::string_view dtype, std::size_t count, std::string_view numbers) {
  const std::string header = R"({"x":{"dtype":")" + std::string(dtype) + R"(","shape":[)" +
                             std::to_string(count) + R"(],"data_offsets":[0,)" +
                             std::to_string(numbers.size()) + "]}}";
  const Result<Safetensors> file = parse_safetensors(file_of(header, numbers), "file");
  if (!file) {
    ADD_FAILURE() << to_string(file.error());
    return {};
  }
  return to_floats(file->tensors()[0]);
}

class SafetensorsFolder : public ::testing::Test {
 protected:
  SafetensorsFolder()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("tailrace_safetensors_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~SafetensorsFolder() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(SafetensorsFolder, ReadsBackWhatItWrote) {
  const std::vector<float> weights = {1, -2, 0.5F, 4, 5, -6};
  const std::vector<std::int64_t> steps = {123456789012345};
  const std::vector<std::uint8_t> flags = {1, 0, 255};
  const std::vector<Tensor> tensors = {
      {.name = "z \"weight\"", .format = NumberFormat::f32, .shape = {2, 3}, .bytes = raw(weights)},
      {.name = "step", .format = NumberFormat::i64, .shape = {}, .bytes = raw(steps)},
      {.name = "nothing", .format = NumberFormat::f64, .shape = {0, 7}, .bytes = {}},
      {.name = "flags", .format = NumberFormat::u8, .shape = {3}, .bytes = raw(flags)}};
  const auto path = folder_ / "model.safetensors";

  ASSERT_TRUE(write_safetensors(path, tensors, {{"format", "pt"}}));
  const Result<Safetensors> file = read_safetensors(path);

  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_EQ(file->tensors().size(), 4u);
  const Tensor* weight = file->find("z \"weight\"");
  ASSERT_NE(weight, nullptr);
  EXPECT_THAT(weight->shape, ElementsAre(2, 3));
  EXPECT_EQ(to_floats(*weight), weights);
  ASSERT_NE(file->find("step"), nullptr);
  EXPECT_THAT(file->find("step")->shape, IsEmpty());
  EXPECT_EQ(to_integers(*file->find("step")), steps);
  EXPECT_EQ(file->find("nothing")->count(), 0u);
  EXPECT_THAT(to_integers(*file->find("flags")), ElementsAre(1, 0, 255));
  EXPECT_EQ(file->find("bias"), nullptr);
  EXPECT_EQ(file->metadata().at("format"), "pt");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".partial"));
}

TEST_F(SafetensorsFolder, WritesWiderNumbersFirstSoThatAllAreAligned) {
  const std::vector<std::uint8_t> byte = {7};
  const std::vector<float> real = {1};
  const std::vector<std::int64_t> whole = {2};
  const std::vector<Tensor> tensors = {
      {.name = "a", .format = NumberFormat::u8, .shape = {1}, .bytes = raw(byte)},
      {.name = "b", .format = NumberFormat::f32, .shape = {1}, .bytes = raw(real)},
      {.name = "c", .format = NumberFormat::i64, .shape = {1}, .bytes = raw(whole)},
      {.name = "d", .format = NumberFormat::f32, .shape = {1}, .bytes = raw(real)}};

  ASSERT_TRUE(write_safetensors(folder_ / "x", tensors));
  const Safetensors file = read_safetensors(folder_ / "x").value();

  std::string order;
  for (const Tensor& tensor : file.tensors()) order += tensor.name;
  EXPECT_EQ(order, "cbda");
  // The header before the numbers is a multiple of 8 long.
  EXPECT_EQ(std::filesystem::file_size(folder_ / "x") % 8, (8 + 4 + 4 + 1) % 8);
}

TEST_F(SafetensorsFolder, KeepsItsTensorsWhenItIsMoved) {
  const std::vector<float> numbers = {1, 2};
  const auto path = folder_ / "small";
  ASSERT_TRUE(write_safetensors(
      path, std::vector<Tensor>{{.name = "x", .shape = {2}, .bytes = raw(numbers)}}));
  Safetensors file = read_safetensors(path).value();

  const Safetensors moved = std::move(file);

  EXPECT_EQ(to_floats(*moved.find("x")), numbers);
}

TEST_F(SafetensorsFolder, SaysWhyAFileCannotBeReadOrWritten) {
  const std::vector<float> one = {1};
  const std::vector<Tensor> reserved = {{.name = "__metadata__", .shape = {1}, .bytes = raw(one)}};
  const std::vector<Tensor> latin = {{.name = "gr\xfc\xdf", .shape = {1}, .bytes = raw(one)}};

  EXPECT_EQ(read_safetensors(folder_ / "missing").error().front().code, "core/io");
  EXPECT_EQ(read_safetensors(folder_).error().front().code, "core/io");
  EXPECT_EQ(write_safetensors(folder_ / "no" / "such", {}).error().front().code, "core/io");
  EXPECT_THAT(write_safetensors(folder_ / "x", reserved).error().front().what,
              HasSubstr("__metadata__"));
  EXPECT_THAT(write_safetensors(folder_ / "x", latin).error().front().what, HasSubstr("UTF-8"));
}

TEST(Safetensors, ReadsEveryFormatAsFloats) {
  using namespace std::string_view_literals;
  EXPECT_THAT(floats_of("F32", 1, "\0\0\x80\x3f"sv), ElementsAre(1));
  EXPECT_THAT(floats_of("F64", 1, "\0\0\0\0\0\0\xf8\xbf"sv), ElementsAre(-1.5));
  EXPECT_THAT(floats_of("BF16", 2, "\x80\x3f\x20\xc0"sv), ElementsAre(1, -2.5));
  EXPECT_THAT(floats_of("I64", 1, "\xfe\xff\xff\xff\xff\xff\xff\xff"sv), ElementsAre(-2));
  EXPECT_THAT(floats_of("I32", 1, "\x01\x01\0\0"sv), ElementsAre(257));
  EXPECT_THAT(floats_of("U8", 2, "\0\xff"sv), ElementsAre(0, 255));
}

// 1, -2, 65504 (the largest), 2^-14 (the smallest normal), 2^-24 (the smallest), -0.
TEST(Safetensors, ReadsHalfPrecisionAtItsEdges) {
  using namespace std::string_view_literals;
  const auto edges = floats_of("F16", 6, "\0\x3c\0\xc0\xff\x7b\0\x04\x01\0\0\x80"sv);
  const auto beyond = floats_of("F16", 3, "\0\x7c\0\xfc\0\x7e"sv);

  EXPECT_THAT(edges, ElementsAre(1, -2, 65504, 0x1p-14F, 0x1p-24F, 0));
  EXPECT_TRUE(std::signbit(edges[5]));
  EXPECT_EQ(beyond[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(beyond[1], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(beyond[2]));
}

TEST(Safetensors, ReadsNumbersThatAreNotAligned) {
  const std::string header = R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                             R"("x":{"dtype":"F32","shape":[],"data_offsets":[1,5]}}   )";
  const auto file =
      parse_safetensors(file_of(header, std::string_view("\7\0\0\x80\x3f", 5)), "file");

  ASSERT_TRUE(file) << to_string(file.error());
  EXPECT_THAT(to_floats(*file->find("x")), ElementsAre(1));
}

TEST(Safetensors, RefusesAFileThatIsCutAnywhere) {
  const std::string header = R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::vector<std::byte> whole = file_of(header, "12345678");
  ASSERT_TRUE(parse_safetensors(whole, "file"));

  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Error error = error_of({whole.begin(), whole.begin() + static_cast<long>(size)});
    EXPECT_EQ(error.code, "data/malformed") << size;
    EXPECT_TRUE(error.where.starts_with("file, ")) << error.where;
  }
}

TEST(Safetensors, RefusesAHeaderLongerThanTheFileOrThanAnyIs) {
  EXPECT_EQ(error_of(bytes_of(std::string("\x10\0\0\0\0\0\0\0{}", 10))).what,
            "the file ends within its header of 16 bytes");
  EXPECT_EQ(error_of(bytes_of(std::string("PK\3\4\0\0\0\1 an archive", 19))).code,
            "data/too-large");
  EXPECT_EQ(error_of(bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff{}")).code, "data/too-large");
}

TEST(Safetensors, RefusesHeadersOfAnyOtherForm) {
  EXPECT_THAT(refusal_of("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal_of("{}x"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal_of("{\"\xff\":{}}"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal_of("[]"), HasSubstr("a list where none belongs"));
  EXPECT_THAT(refusal_of("1"), HasSubstr("a number where none belongs"));
  EXPECT_THAT(refusal_of(R"({"x":[]})"), HasSubstr("a list where none belongs"));
  EXPECT_THAT(refusal_of(R"({"x":{}})"), HasSubstr("tensor \"x\" lacks its dtype"));
  EXPECT_THAT(refusal_of(R"({"x":{"dtype":"U8","shape":[8]}})"), HasSubstr("data_offsets"));
  EXPECT_THAT(refusal_of(R"({"x":{"shape":null}})"), HasSubstr("null"));
  EXPECT_THAT(refusal_of(R"({"x":{"shape":[-1]}})"), HasSubstr("negative"));
  EXPECT_THAT(refusal_of(R"({"x":{"shape":[1.5]}})"), HasSubstr("not whole"));
  EXPECT_THAT(refusal_of(R"({"x":{"shape":[[1]]}})"), HasSubstr("a list where none belongs"));
  EXPECT_THAT(refusal_of(R"({"x":{"data_offsets":[0]}})"), HasSubstr("not two numbers"));
  EXPECT_THAT(refusal_of(R"({"x":{"data_offsets":[0,1,2]}})"), HasSubstr("a number where none"));
  EXPECT_THAT(refusal_of(R"({"x":{"device":"cpu"}})"), HasSubstr("unknown key \"device\""));
  EXPECT_THAT(refusal_of(R"({"x":{"shape":[1],"shape":[2]}})"), HasSubstr("\"shape\" twice"));
  EXPECT_THAT(refusal_of(R"({"__metadata__":{"a":1}})"), HasSubstr("a number where none"));
  EXPECT_THAT(refusal_of(std::string(100'000, '[')), HasSubstr("a list where none belongs"));
  EXPECT_THAT(refusal_of(R"({"x":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}})"),
              HasSubstr("the dtype \"F8_E4M3\"; read are F32"));
}

TEST(Safetensors, RefusesANameThatOccursTwice) {
  const std::string entry = R"("x":{"dtype":"U8","shape":[4],"data_offsets":[)";

  EXPECT_EQ(refusal_of("{" + entry + "0,4]}," + entry + "4,8]}}"), "the name \"x\" occurs twice");
  EXPECT_EQ(refusal_of(R"({"__metadata__":{"a":"1","a":"2"}})"), "the note \"a\" occurs twice");
}

TEST(Safetensors, RefusesArraysThatDoNotFillTheFileOneAfterAnother) {
  const auto two = [](std::string_view first, std::string_view second) {
    return refusal_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[)" + std::string(first) +
                      R"(]},"y":{"dtype":"U8","shape":[4],"data_offsets":[)" + std::string(second) +
                      "]}}");
  };

  EXPECT_THAT(two("0,4", "3,7"), HasSubstr("overlap"));
  EXPECT_THAT(two("0,4", "0,4"), HasSubstr("overlap"));
  EXPECT_THAT(two("0,3", "4,8"), HasSubstr("needs 4 bytes, and data_offsets give it 3"));
  EXPECT_THAT(two("0,4", "5,9"), HasSubstr("not within the 8 bytes"));
  EXPECT_THAT(two("4,0", "4,8"), HasSubstr("not within the 8 bytes"));
  EXPECT_THAT(refusal_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"),
              HasSubstr("a hole"));
  EXPECT_THAT(refusal_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})"),
              HasSubstr("4 bytes behind the last tensor"));
  EXPECT_THAT(refusal_of("{}"), HasSubstr("8 bytes behind the last tensor"));
}

TEST(Safetensors, RefusesShapesThatDoNotHaveTheirBytes) {
  const auto shaped = [](std::string_view shape) {
    return refusal_of(R"({"x":{"dtype":"F32","shape":[)" + std::string(shape) +
                      R"(],"data_offsets":[0,8]}})");
  };

  EXPECT_EQ(shaped("3"), "shape [3] of F32 needs 12 bytes, and data_offsets give it 8");
  EXPECT_EQ(shaped("2, 0"), "shape [2, 0] of F32 needs 0 bytes, and data_offsets give it 8");
  // 2^62 * 4 * 2 is 8 modulo 2^64 once 1 is added; the product itself must not wrap around.
  EXPECT_THAT(shaped("4611686018427387905, 2"), HasSubstr("needs more than 2^64 bytes"));
  EXPECT_THAT(shaped("18446744073709551616"), HasSubstr("not whole or too large"));
}

TEST(Safetensors, ShowsNoControlCharactersOfANameInMessages) {
  EXPECT_EQ(refusal_of("{\"\\u001b[31m" + std::string(100, 'a') + "\":{}}"),
            "tensor \"?[31m" + std::string(55, 'a') + "...\" lacks its dtype");
}

}  // namespace
}  // namespace tailrace::data
