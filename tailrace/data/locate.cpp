#include "tailrace/data/locate.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* variable = "TAILRACE_DATA";
constexpr char separator = ':';

bool is_file(const fs::path& path) {
  std::error_code ignored;  // a folder that may not be entered has no data for us
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_regular_file(status);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// A variable's value; empty if it is not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): set before threads are
  return value != nullptr ? value : "";
}

std::vector<fs::path> named_folders() {
  std::vector<fs::path> folders;
  const std::string value = environment(variable);
  for (std::size_t begin = 0; begin < value.size();) {
    const std::size_t end = std::min(value.find(separator, begin), value.size());
    if (end > begin) folders.emplace_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return folders;
}

std::optional<fs::path> cache_folder() {
  const std::string home = environment("HOME");
  if (home.empty()) return std::nullopt;
  return fs::path(home) / ".cache" / "tailrace";
}

std::string joined(const std::vector<fs::path>& folders) {
  std::string text;
  for (const fs::path& folder : folders) text += (text.empty() ? "" : ", ") + folder.string();
  return text;
}

/// A path with folders in it means that one file or folder and no other.
bool is_plain_name(const std::string& name) { return !fs::path(name).has_parent_path(); }

std::string way_out(const KnownSet* set, const std::string& path) {
  if (set == nullptr) return "give a path to " + path + ", or set TAILRACE_DATA to where it is";
  return "tailrace data fetch " + set->name + "; or give a path to " + path +
         ", or name with --data or TAILRACE_DATA the folder that holds \"" + set->folders.front() +
         "\"";
}

}  // namespace

std::vector<fs::path> data_roots() {
  std::vector<fs::path> folders = named_folders();
  if (const std::optional<fs::path> cache = cache_folder()) folders.push_back(*cache);
  folders.emplace_back("data");
  folders.push_back(fs::path("..") / "shared" / "data");
  return folders;
}

std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  for (const fs::path& root : data_roots()) {
    folders.push_back(root);
    folders.push_back(root / "libsvm");
  }
  return folders;
}

fs::path download_folder() {
  if (const std::vector<fs::path> named = named_folders(); !named.empty()) return named.front();
  return cache_folder().value_or("data");
}

Status look_first_in(const std::string& folder) {
  if (!is_folder(folder)) {
    return fail({"data/no-folder", "there is no folder \"" + folder + "\"", "",
                 "name a folder with data; tailrace data list shows what is known"});
  }
  std::error_code unknown;
  std::string path = fs::absolute(folder, unknown).string();
  if (unknown || path.find(separator) != std::string::npos) {
    return fail({"data/no-folder",
                 "\"" + folder + "\" has a colon in it, which separates folders of data", "",
                 "reach it through a link without a colon"});
  }
  if (const std::string others = environment(variable); !others.empty()) {
    path += separator + others;
  }
  setenv(variable, path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before threads are started
  return {};
}

Result<fs::path> locate(const std::string& name) {
  if (name.empty()) {
    return fail({"data/not-found", "the name of a data set is empty", "",
                 "give a path to a file, or a name such as \"a9a\""});
  }
  if (is_file(name)) return fs::path(name);
  std::string searched;
  const KnownSet* set = nullptr;
  if (is_plain_name(name)) {
    for (const fs::path& folder : data_folders()) {
      if (std::optional<fs::path> file = file_in(folder, name)) return *std::move(file);
    }
    searched = joined(data_folders());
    set = find_known_set(name);
    if (set != nullptr && set->is_one_file()) {
      if (const Result<fs::path> folder = locate_folder(name)) {
        if (std::optional<fs::path> file = file_in(*folder, set->files.front())) return *file;
      }
    }
  }
  std::error_code ignored;
  if (fs::exists(name, ignored)) {
    return fail({"data/not-a-file", "\"" + name + "\" is a folder, a pipe or a device", "",
                 "give a regular file, which can be read again"});
  }
  const bool can_be_fetched = set != nullptr && set->is_one_file();
  return fail({"data/not-found",
               "there is no file \"" + name + "\"" +
                   (searched.empty() ? "" : ", neither here nor in any of: " + searched),
               "", way_out(can_be_fetched ? set : nullptr, "a file")});
}

Result<fs::path> locate_folder(const std::string& name) {
  if (name.empty()) {
    return fail({"data/not-found", "the name of a data set is empty", "",
                 "give a path to a folder, or a name such as \"cifar-10\""});
  }
  const KnownSet* set = is_plain_name(name) ? find_known_set(name) : nullptr;
  const auto may_be_it = [set](const fs::path& folder) {
    if (set == nullptr) return is_folder(folder);
    return std::any_of(set->files.begin(), set->files.end(),
                       [&](const std::string& file) { return has_file(folder, file); });
  };
  if (may_be_it(name)) return fs::path(name);
  std::vector<fs::path> searched;
  if (is_plain_name(name)) {
    const std::vector<std::string> below = set ? set->folders : std::vector<std::string>{name};
    for (const fs::path& root : data_roots()) {
      for (const std::string& folder : below) {
        searched.push_back((root / folder).lexically_normal());
        if (may_be_it(searched.back())) return searched.back();
      }
    }
  }
  if (is_folder(name)) return fs::path(name);  // its files may have other names that a reader knows
  return fail({"data/not-found",
               "there is no folder \"" + name + "\"" +
                   (set != nullptr ? " and no data of that name" : "") +
                   (searched.empty() ? "" : " in any of: " + joined(searched)),
               "", way_out(set, "a folder")});
}

std::optional<fs::path> file_in(const fs::path& folder, const std::string& file) {
  for (const char* ending : {"", ".gz"}) {
    fs::path candidate = folder / (file + ending);
    if (is_file(candidate)) return candidate;
  }
  return std::nullopt;
}

bool has_file(const fs::path& folder, const std::string& file) {
  return file_in(folder, file).has_value();
}

bool is_whole(const fs::path& folder, const KnownSet& set) {
  return std::all_of(set.files.begin(), set.files.end(),
                     [&](const std::string& file) { return has_file(folder, file); });
}

}  // namespace tailrace::data
