#include "tailrace/data/locate.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

namespace tailrace::data {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;  // a folder that may not be entered has no data for us
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_regular_file(status);
}

/// The variable's value; empty if it is not set.
std::string environment(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return value != nullptr ? value : "";
}

void add_with_libsvm(std::vector<fs::path>& folders, const fs::path& folder) {
  folders.push_back(folder);
  folders.push_back(folder / "libsvm");
}

}  // namespace

std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  if (const std::string data = environment("TAILRACE_DATA"); !data.empty()) {
    add_with_libsvm(folders, data);
  }
  if (const std::string home = environment("HOME"); !home.empty()) {
    add_with_libsvm(folders, fs::path(home) / ".cache" / "tailrace");
  }
  add_with_libsvm(folders, "data");
  add_with_libsvm(folders, fs::path("..") / "shared" / "data");
  return folders;
}

Result<fs::path> locate(const std::string& name) {
  if (name.empty()) {
    return fail({"data/not-found", "the name of a data set is empty", "",
                 "give a path to a file, or a name such as \"a9a\""});
  }
  if (is_file(name)) return fs::path(name);
  std::string searched;
  // A path with folders in it means that one file and no other.
  if (!fs::path(name).has_parent_path()) {
    for (const fs::path& folder : data_folders()) {
      for (const char* ending : {"", ".gz"}) {
        fs::path candidate = folder / (name + ending);
        if (is_file(candidate)) return candidate;
      }
      searched += (searched.empty() ? "" : ", ") + folder.string();
    }
  }
  std::error_code ignored;
  if (fs::exists(name, ignored)) {
    return fail({"data/not-a-file", "\"" + name + "\" is a folder, a pipe or a device", "",
                 "give a regular file, which can be read again"});
  }
  return fail({"data/not-found",
               "there is no file \"" + name + "\"" +
                   (searched.empty() ? "" : ", neither here nor in any of: " + searched),
               "",
               "give a path to a LIBSVM file, or set TAILRACE_DATA to the folder that holds it"});
}

}  // namespace tailrace::data
