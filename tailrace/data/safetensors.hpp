#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tailrace/core/field.hpp"
#include "tailrace/core/result.hpp"

namespace tailrace::data {

/// The formats of numbers that are read and written; little-endian.
enum class NumberFormat { f32, f64, f16, bf16, i64, i32, u8 };

[[nodiscard]] std::size_t bytes_per_number(NumberFormat format);
[[nodiscard]] bool is_real(NumberFormat format);

/// A named array. Its bytes belong to somebody else: the file it was read from, or the caller who
/// writes it.
struct Tensor {
  std::string name;
  NumberFormat format = NumberFormat::f32;
  std::vector<std::size_t> shape;    ///< empty: one number
  std::span<const std::byte> bytes;  ///< row-major, not aligned

  /// How many numbers it has: the product of its shape.
  [[nodiscard]] std::size_t count() const;
};

/// The tensor's numbers as 32-bit floats, rounded where they have more bits.
[[nodiscard]] std::vector<float> to_floats(const Tensor& tensor);
/// The same into memory of the caller: out.size() == tensor.count().
void to_floats(const Tensor& tensor, std::span<float> out);
/// The numbers of a tensor of whole numbers: !is_real(tensor.format).
[[nodiscard]] std::vector<std::int64_t> to_integers(const Tensor& tensor);

/// A file in memory, and where in it which tensor lies.
class Safetensors {
 public:
  Safetensors(std::string name, std::vector<std::byte> bytes, std::vector<Tensor> tensors,
              std::map<std::string, std::string> metadata);
  Safetensors(Safetensors&&) = default;
  Safetensors& operator=(Safetensors&&) = default;
  ~Safetensors() = default;
  // A copy's tensors would look into the other's bytes.
  Safetensors(const Safetensors&) = delete;
  Safetensors& operator=(const Safetensors&) = delete;

  /// In the order in which their numbers lie in the file.
  [[nodiscard]] std::span<const Tensor> tensors() const { return tensors_; }
  /// Null if there is none of this name.
  [[nodiscard]] const Tensor* find(std::string_view name) const;
  /// What the writer noted beside the tensors.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// The file's, for errors.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::vector<std::byte> bytes_;  ///< tensors_ look into it; moving a vector keeps its memory
  std::vector<Tensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::map<std::string, std::string> metadata_;
};

/// Reads named arrays in the safetensors format.
///
///     file    =  length header numbers             length: 8 bytes, little-endian, of the header
///     header  =  JSON {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...},
///                also "__metadata__": {"key": "text", ...}; blanks may follow it
///     numbers =  the arrays; offsets count from here
///
/// Refused: a header beyond the file or 100 MB, JSON of any other form, a name twice, formats other
/// than F32, F64, F16, BF16, I64, I32, U8, a shape that does not have data_offsets' bytes, arrays
/// that overlap or leave holes, bytes behind the last one. Names and numbers may be any.
///
/// Memory: the file's size and a small multiple of its header, however hostile the file is.
/// Errors  core/io; data/malformed with the byte or the array; data/too-large (a header beyond
///         100 MB).
/// Source  Hugging Face: safetensors format, github.com/huggingface/safetensors (README).
[[nodiscard]] Result<Safetensors> read_safetensors(const std::filesystem::path& path);
/// The same from memory; `name` stands for the file in errors.
[[nodiscard]] Result<Safetensors> parse_safetensors(std::vector<std::byte> bytes, std::string name);

/// Writes arrays so that after a crash either the old or the new file is there: those of wider
/// numbers first, so that all are aligned, which some readers need; else in this order. Each has
/// the bytes that shape and format say, and a name of its own in UTF-8 (checked).
///
/// Errors  core/disk-full, core/io; data/malformed for names the format does not allow.
[[nodiscard]] Status write_safetensors(const std::filesystem::path& path,
                                       std::span<const Tensor> tensors,
                                       const std::map<std::string, std::string>& metadata = {});

}  // namespace tailrace::data

/// The names the format has for them.
template <>
struct tailrace::EnumNames<tailrace::data::NumberFormat> {
  using enum data::NumberFormat;
  static constexpr std::array values = {
      std::pair{"F32", f32}, std::pair{"F64", f64}, std::pair{"F16", f16}, std::pair{"BF16", bf16},
      std::pair{"I64", i64}, std::pair{"I32", i32}, std::pair{"U8", u8}};
};
