#include "tests/tidy/tree.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tailrace::tidy {
namespace {

bool is_skipped(const std::string& name) {
  return (name.starts_with('.') && name != ".ci") || name == "build" || name == "runs" ||
         name == "demo-run";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Tree read_tree(const std::filesystem::path& root) {
  Tree tree;
  auto entry = std::filesystem::recursive_directory_iterator(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (is_skipped(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::string text = read_file(entry->path());
      if (text.find('\0') != std::string::npos) continue;
      tree.emplace(entry->path().lexically_relative(root).generic_string(), std::move(text));
    }
  }
  return tree;
}

}  // namespace tailrace::tidy
