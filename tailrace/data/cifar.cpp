#include "tailrace/data/cifar.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tailrace/data/byte_window.hpp"
#include "tailrace/data/locate.hpp"

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t side = 32;
constexpr std::size_t pixel_bytes = 3 * side * side;
constexpr std::size_t records_at_once = 256;

/// How a record begins.
struct Layout {
  std::string_view title;
  std::size_t label_bytes;
  std::size_t label_at;  ///< which of them is the class
  std::size_t classes;

  [[nodiscard]] std::size_t record() const { return label_bytes + pixel_bytes; }
};

constexpr Layout cifar10 = {"CIFAR-10", 1, 0, 10};
constexpr Layout cifar100_fine = {"CIFAR-100", 2, 1, 100};
constexpr Layout cifar100_coarse = {"CIFAR-100 (coarse)", 2, 0, 20};

Layout layout_of(CifarLabels labels) {
  return labels == CifarLabels::fine ? cifar100_fine : cifar100_coarse;
}

tl::unexpected<Errors> bad_data(std::string code, std::string what, std::string where,
                                std::string fix) {
  return fail({.code = std::move(code),
               .what = std::move(what),
               .where = std::move(where),
               .fix = std::move(fix),
               .in_data = true});
}

Images no_images(const Layout& layout) {
  return {.name = std::string(layout.title),
          .channels = 3,
          .height = side,
          .width = side,
          .classes = layout.classes};
}

/// Adds the records of one file; there must be one at least.
Status add_records(const Layout& layout, ByteSource& source, std::string_view name,
                   Images& images) {
  std::vector<char> buffer(records_at_once * layout.record());
  std::uint64_t offset = 0;
  const auto at = [&](std::uint64_t byte) { return fmt::format("{}, byte {}", name, byte); };
  for (;;) {
    const std::size_t bytes = source.read(buffer);
    if (source.failure()) {
      const ByteSource::Failure& failure = *source.failure();
      return bad_data(failure.code, failure.what, offset == 0 ? std::string(name) : at(offset),
                      failure.fix);
    }
    for (std::size_t begin = 0; begin < bytes; begin += layout.record()) {
      if (bytes - begin < layout.record()) {
        return bad_data(
            "data/truncated",
            fmt::format("the file ends within a record of {} bytes, {} too early", layout.record(),
                        layout.record() - (bytes - begin)),
            at(offset + bytes),
            fmt::format("download it again; its size is a multiple of {}", layout.record()));
      }
      const auto* record = reinterpret_cast<const std::uint8_t*>(buffer.data()) + begin;
      const std::uint8_t label = record[layout.label_at];
      if (label >= layout.classes) {
        return bad_data("data/labels",
                        fmt::format("class {} is not 0 to {}", label, layout.classes - 1),
                        at(offset + begin + layout.label_at),
                        fmt::format("check that this is {} in its binary form", layout.title));
      }
      images.labels.push_back(label);
      const std::uint8_t* pixels = record + layout.label_bytes;
      images.pixels.insert(images.pixels.end(), pixels, pixels + pixel_bytes);
    }
    offset += bytes;
    if (bytes < buffer.size()) break;
  }
  if (offset > 0) return {};
  return bad_data("data/empty", "the file is empty", std::string(name), "download it again");
}

/// The lines of a file of names; none unless there is one for every class.
std::vector<std::string> class_names(const fs::path& path, std::size_t classes) {
  std::ifstream file(path);
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line) && names.size() <= classes;) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (names.size() != classes) names.clear();
  return names;
}

Result<Images> read_files(const Layout& layout, const fs::path& folder,
                          const std::vector<std::string>& files, std::string_view names) {
  Images images = no_images(layout);
  bool some = false;
  for (const std::string& file : files) {
    const std::optional<fs::path> path = file_in(folder, file);
    if (!path) continue;
    some = true;
    ByteSource source(*path);
    if (Status added = add_records(layout, source, path->string(), images); !added) {
      return fail(std::move(added.error()));
    }
  }
  if (!some) {
    return fail({"data/not-found",
                 fmt::format("the folder \"{}\" has no {}", folder.string(), files.front()), "",
                 fmt::format("give the folder with {} in its binary form", layout.title)});
  }
  images.class_names = class_names(folder / names, layout.classes);
  return images;
}

Result<Images> parse(const Layout& layout, std::string_view bytes, std::string_view name) {
  Images images = no_images(layout);
  ByteSource source(bytes);
  if (Status added = add_records(layout, source, name, images); !added) {
    return fail(std::move(added.error()));
  }
  return images;
}

}  // namespace

Result<Images> read_cifar10(const fs::path& folder, Part part) {
  if (part == Part::test) {
    return read_files(cifar10, folder, {"test_batch.bin"}, "batches.meta.txt");
  }
  std::vector<std::string> files;
  for (int i = 1; i <= 5; ++i) files.push_back(fmt::format("data_batch_{}.bin", i));
  return read_files(cifar10, folder, files, "batches.meta.txt");
}

Result<Images> read_cifar100(const fs::path& folder, Part part, CifarLabels labels) {
  return read_files(
      layout_of(labels), folder, {part == Part::train ? "train.bin" : "test.bin"},
      labels == CifarLabels::fine ? "fine_label_names.txt" : "coarse_label_names.txt");
}

Result<Images> parse_cifar10(std::string_view bytes, std::string_view name) {
  return parse(cifar10, bytes, name);
}

Result<Images> parse_cifar100(std::string_view bytes, std::string_view name, CifarLabels labels) {
  return parse(layout_of(labels), bytes, name);
}

}  // namespace tailrace::data
