#include "tailrace/data/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "tailrace/data/byte_window.hpp"

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t unsigned_bytes = 8;
constexpr std::uint64_t packing_max = 1032;  ///< of gzip: 258 bytes from 2 bits
constexpr std::size_t bytes_at_once = std::size_t{1} << 24;

/// Reads one file, and keeps what an error needs.
class IdxReader {
 public:
  /// `size` is the file's, packed or not.
  IdxReader(ByteSource& source, std::string_view name, std::uint64_t size)
      : source_(source), name_(name), size_(size) {}

  Result<IdxArray> read(std::size_t dimensions) {
    const auto magic = take(4);
    if (!magic) return fail(magic.error());
    if ((*magic)[0] != 0 || (*magic)[1] != 0) {
      return refuse("data/malformed", "the file does not begin with two zero bytes", 0,
                    "check that this is an IDX file");
    }
    if ((*magic)[2] != unsigned_bytes) {
      return refuse(
          "data/malformed",
          fmt::format("numbers are of type {}; only 8, unsigned bytes, is read", (*magic)[2]), 2,
          "convert the file to unsigned bytes");
    }
    if ((*magic)[3] != dimensions) {
      return refuse(
          "data/malformed",
          fmt::format("the array has {} dimensions instead of {}", (*magic)[3], dimensions), 3,
          "check that images and labels are not exchanged");
    }
    return read_array(dimensions);
  }

 private:
  Result<IdxArray> read_array(std::size_t dimensions) {
    IdxArray array;
    std::uint64_t count = 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const auto size = take(4);
      if (!size) return fail(size.error());
      std::uint64_t number = 0;
      for (const std::uint8_t byte : *size) number = number << 8 | byte;
      array.sizes.push_back(number);
      if (number != 0 && count > packing_max * size_ / number) {
        return refuse("data/malformed",
                      fmt::format("sizes {} are more than a file of {} bytes can hold",
                                  fmt::join(array.sizes, " x "), size_),
                      4, "download the file again");
      }
      count *= number;
    }
    auto bytes = take(count);
    if (!bytes) return fail(std::move(bytes.error()));
    array.bytes = std::move(*bytes);
    if (std::array<char, 1> more{}; source_.read(more) > 0) {
      return refuse("data/malformed", "there are bytes behind the last number", offset_,
                    "download the file again");
    }
    if (source_.failure()) return unreadable();
    return array;
  }

  /// The next `count` bytes.
  Result<std::vector<std::uint8_t>> take(std::uint64_t count) {
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < count) {
      const std::size_t begin = bytes.size();
      const std::size_t wanted = std::min<std::uint64_t>(bytes_at_once, count - begin);
      bytes.resize(begin + wanted);
      const std::size_t got = source_.read({reinterpret_cast<char*>(bytes.data()) + begin, wanted});
      offset_ += got;
      if (source_.failure()) return unreadable();
      if (got < wanted) {
        return refuse("data/truncated",
                      fmt::format("the file ends {} bytes too early", count - begin - got), offset_,
                      "download the file again");
      }
    }
    return bytes;
  }

  [[nodiscard]] tl::unexpected<Errors> unreadable() const {
    return fail({.code = source_.failure()->code,
                 .what = source_.failure()->what,
                 .where = std::string(name_),
                 .fix = source_.failure()->fix,
                 .in_data = true});
  }

  [[nodiscard]] tl::unexpected<Errors> refuse(std::string code, std::string what,
                                              std::uint64_t byte, std::string fix) const {
    return fail({.code = std::move(code),
                 .what = std::move(what),
                 .where = fmt::format("{}, byte {}", name_, byte),
                 .fix = std::move(fix),
                 .in_data = true});
  }

  ByteSource& source_;
  std::string_view name_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;  ///< in the unpacked bytes
};

Status check_labels(const Images& images, const fs::path& path) {
  const auto beyond = std::ranges::find_if(images.labels, [&images](std::int32_t label) {
    return static_cast<std::size_t>(label) >= images.classes;
  });
  if (beyond == images.labels.end()) return {};
  constexpr std::ptrdiff_t header_bytes = 8;
  return fail({.code = "data/labels",
               .what = fmt::format("class {} is not 0 to {}", *beyond, images.classes - 1),
               .where = fmt::format("{}, byte {}", path.string(),
                                    header_bytes + (beyond - images.labels.begin())),
               .fix = "check that these are the labels of this set",
               .in_data = true});
}

/// The file under one of the names people give it; empty if there is none.
fs::path find(const fs::path& folder, std::string_view set, std::string_view what,
              std::string_view form) {
  for (const char* between : {"-", "."}) {
    for (const char* ending : {"", ".gz"}) {
      fs::path path = folder / fmt::format("{}-{}{}{}-ubyte{}", set, what, between, form, ending);
      std::error_code ignored;  // what cannot be looked at is not there for us
      if (fs::exists(path, ignored)) return path;
    }
  }
  return {};
}

}  // namespace

Result<IdxArray> read_idx(const fs::path& path, std::size_t dimensions) {
  ByteSource source(path);
  std::error_code unknown;  // such as of a folder, which reading then explains
  const std::uintmax_t size = fs::file_size(path, unknown);
  return IdxReader(source, path.string(), unknown ? 0 : size).read(dimensions);
}

Result<IdxArray> parse_idx(std::string_view bytes, std::string_view name, std::size_t dimensions) {
  ByteSource source(bytes);
  return IdxReader(source, name, bytes.size()).read(dimensions);
}

Result<Images> read_idx_images(const fs::path& images, const fs::path& labels,
                               std::size_t classes) {
  Result<IdxArray> pixels = read_idx(images, 3);
  if (!pixels) return fail(std::move(pixels.error()));
  const Result<IdxArray> numbers = read_idx(labels, 1);
  if (!numbers) return fail(numbers.error());
  if (pixels->sizes[0] != numbers->sizes[0]) {
    return fail({.code = "data/sizes",
                 .what = fmt::format("{} images do not go with {} labels", pixels->sizes[0],
                                     numbers->sizes[0]),
                 .where = labels.string(),
                 .fix = "take both files from the same set",
                 .in_data = true});
  }
  if (pixels->bytes.empty()) {
    return fail({.code = "data/empty",
                 .what = "the file has no image or no pixel",
                 .where = images.string(),
                 .fix = "download the file again",
                 .in_data = true});
  }
  Images result{.name = images.parent_path().filename().string(),
                .channels = 1,
                .height = pixels->sizes[1],
                .width = pixels->sizes[2],
                .classes = classes,
                .pixels = std::move(pixels->bytes),
                .labels = {numbers->bytes.begin(), numbers->bytes.end()}};
  if (Status checked = check_labels(result, labels); !checked) {
    return fail(std::move(checked.error()));
  }
  return result;
}

Result<Images> read_idx_folder(const fs::path& folder, Part part) {
  const std::string_view set = part == Part::train ? "train" : "t10k";
  const fs::path images = find(folder, set, "images", "idx3");
  const fs::path labels = find(folder, set, "labels", "idx1");
  if (images.empty() || labels.empty()) {
    return fail({"data/not-found",
                 fmt::format("the folder \"{}\" has no {}-{}-ubyte", folder.string(), set,
                             images.empty() ? "images-idx3" : "labels-idx1"),
                 "", "give the folder with the four files of MNIST or of a set in its form"});
  }
  return read_idx_images(images, labels);
}

}  // namespace tailrace::data
