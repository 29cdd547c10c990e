#include "tailrace/data/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "tailrace/core/check.hpp"
#include "tailrace/core/file.hpp"
#include "tailrace/data/safetensors_header.hpp"

namespace tailrace::data {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie");

constexpr std::size_t length_bytes = 8;
constexpr std::size_t header_bytes_max = 100'000'000;

template <class Number>
Number number_at(std::span<const std::byte> bytes, std::size_t index) {
  Number number;
  std::memcpy(&number, bytes.data() + index * sizeof(Number), sizeof(Number));
  return number;
}

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// 1 sign, 5 exponent and 10 fraction bits.
float from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fU;
  const std::uint32_t fraction = bits & 0x3ffU;
  if (exponent == 0) {  // zero, or fraction * 2^-24
    const float size = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | sign);
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// Calls use(index, number) for every number, each in the type that holds its format.
template <class Use>
void for_each_number(const Tensor& tensor, const Use& use) {
  TAILRACE_CHECK(tensor.bytes.size() == tensor.count() * bytes_per_number(tensor.format));
  const auto all = [&]<class Number>(Number, const auto& convert) {
    const std::size_t count = tensor.bytes.size() / sizeof(Number);
    for (std::size_t i = 0; i < count; ++i) use(i, convert(number_at<Number>(tensor.bytes, i)));
  };
  const auto same = [](auto number) { return number; };
  switch (tensor.format) {
    case NumberFormat::f32:
      return all(float{}, same);
    case NumberFormat::f64:
      return all(double{}, same);
    case NumberFormat::f16:
      return all(std::uint16_t{}, from_half);
    case NumberFormat::bf16:
      return all(std::uint16_t{}, from_bfloat16);
    case NumberFormat::i64:
      return all(std::int64_t{}, same);
    case NumberFormat::i32:
      return all(std::int32_t{}, same);
    case NumberFormat::u8:
      return all(std::uint8_t{}, same);
  }
}

tl::unexpected<Errors> malformed(const std::string& where, std::string what) {
  return fail({.code = "data/malformed",
               .what = std::move(what),
               .where = where,
               .fix = "copy or download the file again, or write it with the safetensors library",
               .in_data = true});
}

/// The product, or nothing if it does not fit.
std::optional<std::size_t> product(std::span<const std::size_t> factors, std::size_t last) {
  std::size_t result = last;
  // A zero anywhere makes it 0, also beside factors whose product would not fit.
  if (std::ranges::find(factors, 0U) != factors.end()) return 0;
  for (const std::size_t factor : factors) {
    if (result > std::numeric_limits<std::size_t>::max() / factor) return std::nullopt;
    result *= factor;
  }
  return result;
}

/// The tensors of a header, checked against the bytes behind it and pointing into them.
Result<std::vector<Tensor>> place(std::vector<HeaderEntry> entries,
                                  std::span<const std::byte> numbers, const std::string& file) {
  std::ranges::stable_sort(entries, {}, [](const HeaderEntry& entry) {
    return std::pair(entry.begin, entry.end);  // arrays without a number before what begins there
  });
  std::vector<Tensor> tensors;
  tensors.reserve(entries.size());
  std::size_t end = 0;
  for (HeaderEntry& entry : entries) {
    const auto where = [&] { return fmt::format("{}, tensor \"{}\"", file, shown(entry.name)); };
    if (entry.begin > entry.end || entry.end > numbers.size()) {
      return malformed(where(), fmt::format("data_offsets {} to {} are not within the {} bytes "
                                            "behind the header",
                                            entry.begin, entry.end, numbers.size()));
    }
    if (entry.begin != end) {
      return malformed(where(),
                       fmt::format("data_offsets begin at {}, but {} ends at {}: {}", entry.begin,
                                   tensors.empty() ? "the header" : "the tensor before it", end,
                                   entry.begin < end ? "tensors overlap" : "a hole between them"));
    }
    const std::optional<std::size_t> size = product(entry.shape, bytes_per_number(entry.format));
    if (size != entry.end - entry.begin) {
      return malformed(
          where(),
          fmt::format("shape [{}] of {} needs {} bytes, and data_offsets give it {}",
                      fmt::join(entry.shape, ", "), name_of(entry.format),
                      size ? fmt::format("{}", *size) : "more than 2^64", entry.end - entry.begin));
    }
    end = entry.end;
    tensors.push_back({.name = std::move(entry.name),
                       .format = entry.format,
                       .shape = std::move(entry.shape),
                       .bytes = numbers.subspan(entry.begin, entry.end - entry.begin)});
  }
  if (end != numbers.size()) {
    return malformed(file + ", end", fmt::format("{} bytes behind the last tensor belong to none",
                                                 numbers.size() - end));
  }
  return tensors;
}

/// The header's text, blanks behind it included.
Result<std::string_view> header_of(std::span<const std::byte> bytes, const std::string& file) {
  const auto at = [&](std::size_t byte) { return fmt::format("{}, byte {}", file, byte); };
  if (bytes.size() < length_bytes) {
    return malformed(at(bytes.size()), "the file ends within its first 8 bytes");
  }
  const auto length = number_at<std::uint64_t>(bytes, 0);
  if (length > header_bytes_max) {
    return fail(
        {.code = "data/too-large",
         .what = fmt::format("the header has {} bytes, more than {}", length, header_bytes_max),
         .where = at(0),
         .fix = "check that this is a safetensors file, and not an archive of PyTorch",
         .in_data = true});
  }
  if (length > bytes.size() - length_bytes) {
    return malformed(at(bytes.size()),
                     fmt::format("the file ends within its header of {} bytes", length));
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data()) + length_bytes,
                          static_cast<std::size_t>(length));
}

/// {"dtype": ..., "shape": ..., "data_offsets": ...} of one tensor.
std::string entry_text(const Tensor& tensor, std::size_t begin) {
  return fmt::format(R"({{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                     name_of(tensor.format), fmt::join(tensor.shape, ","), begin,
                     begin + tensor.bytes.size());
}

/// The length and the header, padded so that the numbers begin at a multiple of 8.
std::string header_text(std::span<const Tensor* const> tensors,
                        const std::map<std::string, std::string>& metadata) {
  std::string text = "{";
  if (!metadata.empty()) text += R"("__metadata__":)" + nlohmann::json(metadata).dump();
  std::size_t begin = 0;
  for (const Tensor* tensor : tensors) {
    if (text.size() > 1) text += ',';
    text += nlohmann::json(tensor->name).dump() + ':' + entry_text(*tensor, begin);
    begin += tensor->bytes.size();
  }
  text += '}';
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string whole(length_bytes, '\0');
  std::memcpy(whole.data(), &length, length_bytes);
  return whole + text;
}

}  // namespace

std::size_t bytes_per_number(NumberFormat format) {
  switch (format) {
    case NumberFormat::f64:
    case NumberFormat::i64:
      return 8;
    case NumberFormat::f32:
    case NumberFormat::i32:
      return 4;
    case NumberFormat::f16:
    case NumberFormat::bf16:
      return 2;
    case NumberFormat::u8:
      return 1;
  }
  return 0;
}

bool is_real(NumberFormat format) {
  return format != NumberFormat::i64 && format != NumberFormat::i32 && format != NumberFormat::u8;
}

std::size_t Tensor::count() const {
  const std::optional<std::size_t> numbers = product(shape, 1);
  TAILRACE_CHECK(numbers.has_value());
  return *numbers;
}

std::vector<float> to_floats(const Tensor& tensor) {
  std::vector<float> numbers(tensor.count());
  to_floats(tensor, numbers);
  return numbers;
}

void to_floats(const Tensor& tensor, std::span<float> out) {
  TAILRACE_CHECK(out.size() == tensor.count());
  for_each_number(tensor,
                  [out](std::size_t i, auto number) { out[i] = static_cast<float>(number); });
}

std::vector<std::int64_t> to_integers(const Tensor& tensor) {
  TAILRACE_CHECK(!is_real(tensor.format));
  std::vector<std::int64_t> numbers(tensor.count());
  for_each_number(tensor, [&numbers](std::size_t i, auto number) {
    numbers[i] = static_cast<std::int64_t>(number);
  });
  return numbers;
}

Safetensors::Safetensors(std::string name, std::vector<std::byte> bytes,
                         std::vector<Tensor> tensors, std::map<std::string, std::string> metadata)
    : name_(std::move(name)),
      bytes_(std::move(bytes)),
      tensors_(std::move(tensors)),
      metadata_(std::move(metadata)) {
  for (std::size_t i = 0; i < tensors_.size(); ++i) numbers_.emplace(tensors_[i].name, i);
}

const Tensor* Safetensors::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? nullptr : &tensors_[found->second];
}

Result<Safetensors> parse_safetensors(std::vector<std::byte> bytes, std::string name) {
  const Result<std::string_view> header = header_of(bytes, name);
  if (!header) return fail(header.error());
  Result<Header> read = read_header(*header, name);
  if (!read) return fail(std::move(read.error()));
  const auto numbers = std::span<const std::byte>(bytes).subspan(length_bytes + header->size());
  Result<std::vector<Tensor>> tensors = place(std::move(read->entries), numbers, name);
  if (!tensors) return fail(std::move(tensors.error()));
  return Safetensors(std::move(name), std::move(bytes), std::move(*tensors),
                     std::move(read->metadata));
}

Result<Safetensors> read_safetensors(const std::filesystem::path& path) {
  Result<std::vector<std::byte>> bytes = read_whole(path.string());
  if (!bytes) return fail(std::move(bytes.error()));
  return parse_safetensors(std::move(*bytes), path.string());
}

Status write_safetensors(const std::filesystem::path& path, std::span<const Tensor> tensors,
                         const std::map<std::string, std::string>& metadata) {
  std::vector<std::string_view> names;
  for (const Tensor& tensor : tensors) {
    TAILRACE_CHECK(tensor.bytes.size() == tensor.count() * bytes_per_number(tensor.format));
    names.push_back(tensor.name);
  }
  std::ranges::sort(names);
  TAILRACE_CHECK(std::ranges::adjacent_find(names) == names.end());
  if (std::ranges::binary_search(names, metadata_name)) {
    return malformed(path.string(), "a tensor cannot have the name __metadata__");
  }
  std::vector<const Tensor*> order;
  for (const Tensor& tensor : tensors) order.push_back(&tensor);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const Tensor* tensor) { return bytes_per_number(tensor->format); });
  std::string header;
  try {
    header = header_text(order, metadata);
  } catch (const nlohmann::json::exception&) {
    return malformed(path.string(), "a name or a note is not UTF-8");
  }
  std::vector<std::span<const std::byte>> pieces = {std::as_bytes(std::span(header))};
  for (const Tensor* tensor : order) pieces.push_back(tensor->bytes);
  return write_whole(path.string(), pieces);
}

}  // namespace tailrace::data
