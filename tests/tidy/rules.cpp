#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <regex>
#include <string_view>

namespace tailrace::tidy {
namespace {

constexpr int lines_max = 499;
constexpr int columns_max = 100;

constexpr std::array<std::string_view, 23> dependency_order = {
    "core",        "math",    "data",   "fetch",  "security",    "problem",
    "neural",      "torch",   "delay",  "policy", "recipe",      "theory",
    "engine",      "cluster", "rpc",    "mpi",    "monitoring",  "diagnose",
    "catalog.hpp", "spec",    "report", "tune",   "tailrace.hpp"};

constexpr std::array<std::string_view, 7> pure_folders = {"core",  "math",   "data",  "problem",
                                                          "delay", "policy", "recipe"};

bool is_header(std::string_view path) { return path.ends_with(".hpp"); }
bool is_code(std::string_view path) { return path.ends_with(".cpp") || is_header(path); }
bool is_test(std::string_view path) {
  return path.ends_with("_test.cpp") || path.ends_with("_test.hpp");
}

// Test inputs may break a rule on purpose.
bool is_checkers_own(std::string_view path) { return path.starts_with("tests/tidy/"); }

std::string where(const std::string& path, int line) { return path + ":" + std::to_string(line); }

// The folder of tailrace/ that a path such as "tailrace/core/time.hpp" lies in, or the file
// directly below it.
std::string_view folder_of(std::string_view path) {
  constexpr std::string_view library = "tailrace/";
  if (!path.starts_with(library)) return {};
  path.remove_prefix(library.size());
  return path.substr(0, path.find('/'));
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void for_each_line(const std::string& text,
                   const std::function<void(int number, std::string_view line)>& visit) {
  int number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    visit(number, std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
}

// The name between the quotes or angle brackets of an #include line.
std::optional<std::string_view> included_by(std::string_view line) {
  if (!line.starts_with("#include ")) return std::nullopt;
  const std::size_t begin = line.find_first_of("\"<");
  const std::size_t end = line.find_last_of("\">");
  if (begin == std::string_view::npos || end <= begin) return std::nullopt;
  return line.substr(begin + 1, end - begin - 1);
}

Breaches lines_matching(const Tree& tree, const std::regex& pattern, const std::string& what,
                        const std::function<bool(std::string_view path)>& applies) {
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    if (!applies(path)) continue;
    for_each_line(text, [&, &path = path](int number, std::string_view line) {
      std::match_results<std::string_view::const_iterator> match;
      if (std::regex_search(line.begin(), line.end(), match, pattern)) {
        breaches.push_back(where(path, number) + ": " + what + ": " + match.str());
      }
    });
  }
  return breaches;
}

// The name of `path` as the CMakeLists.txt nearest above it writes it, and that file's path;
// nothing without one.
std::optional<std::pair<std::string, std::string>> nearest_list(const Tree& tree,
                                                                const std::string& path) {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    std::string list = path.substr(0, slash) + "/CMakeLists.txt";
    if (tree.contains(list)) return std::pair(path.substr(slash + 1), std::move(list));
  }
  return std::nullopt;
}

bool has_word(const std::string& text, const std::string& word) {
  const auto is_edge = [](char c) {
    return std::string_view(" \t\n()\"").find(c) != std::string_view::npos;
  };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || is_edge(text[at - 1])) && (end == text.size() || is_edge(text[end])))
      return true;
  }
  return false;
}

}  // namespace

Breaches long_files(const Tree& tree) {
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    const auto lines = std::count(text.begin(), text.end(), '\n');
    // Nobody edits what a program writes; it is as long as what it is made from.
    if (text.starts_with("<!-- Made by ")) continue;
    const bool counts = is_code(path) || path.ends_with(".md") || path.ends_with(".txt") ||
                        path.ends_with(".cmake") || text.starts_with("#!");
    if (counts && lines > lines_max) {
      breaches.push_back(path + ": " + std::to_string(lines) + " lines, more than " +
                         std::to_string(lines_max));
    }
  }
  return breaches;
}

Breaches long_lines(const Tree& tree) {
  // A byte of the form 10xxxxxx continues a UTF-8 character.
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    for_each_line(text, [&, &path = path](int number, std::string_view line) {
      const auto columns = std::count_if(line.begin(), line.end(), std::not_fn(continues));
      if (columns > columns_max && line.find("://") == std::string_view::npos) {
        breaches.push_back(where(path, number) + ": " + std::to_string(columns) +
                           " columns, more than " + std::to_string(columns_max));
      }
    });
  }
  return breaches;
}

Breaches includes_against_the_order(const Tree& tree) {
  const auto rank = [](std::string_view folder) {
    return std::find(dependency_order.begin(), dependency_order.end(), folder) -
           dependency_order.begin();
  };
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    const std::string_view folder = folder_of(path);
    if (folder.empty() || !is_code(path)) continue;
    for_each_line(text, [&, &path = path](int number, std::string_view line) {
      const std::string_view included = folder_of(included_by(line).value_or(""));
      if (!included.empty() && rank(included) > rank(folder)) {
        breaches.push_back(where(path, number) + ": " + std::string(folder) + " comes before " +
                           std::string(included) + " and cannot include it");
      }
    });
  }
  return breaches;
}

Breaches impure_includes(const Tree& tree) {
  constexpr std::array<std::string_view, 17> impure = {
      "chrono",     "condition_variable", "cstdio", "ctime",  "filesystem", "fstream",
      "future",     "iostream",           "mutex",  "print",  "semaphore",  "stdio.h",
      "stop_token", "syncstream",         "thread", "time.h", "unistd.h"};
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    const std::string_view folder = folder_of(path);
    if ((folder != "policy" && folder != "recipe") || is_test(path)) continue;
    for_each_line(text, [&, &path = path](int number, std::string_view line) {
      const std::string_view included = included_by(line).value_or("");
      if (contains(impure, included)) {
        breaches.push_back(where(path, number) + ": a pure folder includes <" +
                           std::string(included) + ">");
      }
    });
  }
  return breaches;
}

Breaches unkeyed_randomness_and_clocks(const Tree& tree) {
  static const std::regex pattern(
      R"(<random>|<chrono>|std::chrono|\bs?rand\(|\bmt19937|random_device|\b_distribution<)");
  return lines_matching(
      tree, pattern, "randomness and time come from core/", [](std::string_view path) {
        return contains(pure_folders, folder_of(path)) && is_code(path) && !is_test(path);
      });
}

Breaches headers_without_pragma_once(const Tree& tree) {
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    if (!is_header(path)) continue;
    std::string_view first_code;
    for_each_line(text, [&](int, std::string_view line) {
      if (first_code.empty() && !line.empty() && !line.starts_with("//")) first_code = line;
    });
    if (first_code != "#pragma once")
      breaches.push_back(path + ": its code does not begin with #pragma once");
  }
  return breaches;
}

Breaches unlisted_sources(const Tree& tree) {
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    const bool is_built =
        path.ends_with(".cpp") && (path.starts_with("tailrace/") || path.starts_with("cli/") ||
                                   path.starts_with("tests/") || path.starts_with("experiments/"));
    const bool is_installed = is_header(path) && path.starts_with("tailrace/") && !is_test(path);
    if (!is_built && !is_installed) continue;
    const auto list = nearest_list(tree, path);
    if (!list || !has_word(tree.at(list->second), list->first)) {
      breaches.push_back(path + ": not in " + (list ? list->second : "any CMakeLists.txt"));
    }
  }
  return breaches;
}

Breaches machine_paths(const Tree& tree) {
  static const std::regex pattern(R"((^|[\s"'`(=:])/(work|home|root|Users)/)");
  return lines_matching(tree, pattern, "a path of one machine",
                        [](std::string_view path) { return !is_checkers_own(path); });
}

Breaches unfinished_notes(const Tree& tree) {
  static const std::regex pattern(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  return lines_matching(tree, pattern, "unfinished",
                        [](std::string_view path) { return !is_checkers_own(path); });
}

Breaches stray_whitespace(const Tree& tree) {
  static const std::regex pattern("[ \t\r]+$|\t|\r");
  const auto is_ours = [](std::string_view path) {
    return is_code(path) || path.ends_with(".md") || path.ends_with(".txt") ||
           path.ends_with(".cmake") || path.ends_with(".toml") || path.ends_with(".json");
  };
  Breaches breaches = lines_matching(tree, pattern, "stray white space", is_ours);
  for (const auto& [path, text] : tree) {
    if (is_ours(path) && !text.empty() && text.back() != '\n')
      breaches.push_back(path + ": no newline at its end");
  }
  return breaches;
}

Breaches broken_links(const Tree& tree) {
  static const std::regex link(R"(\]\(([^)\s#]+)(#[^)\s]*)?\))");
  const auto exists = [&tree](const std::string& target) {
    if (target == "." || tree.contains(target)) return true;
    const auto below = tree.lower_bound(target + "/");
    return below != tree.end() && below->first.starts_with(target + "/");
  };
  Breaches breaches;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".md")) continue;
    for_each_line(text, [&, &path = path](int number, std::string_view line) {
      using Match = std::regex_iterator<std::string_view::const_iterator>;
      for (Match match(line.begin(), line.end(), link); match != Match(); ++match) {
        const std::string target = (*match)[1].str();
        if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
        std::string resolved = (std::filesystem::path(path).parent_path() / target)
                                   .lexically_normal()
                                   .generic_string();
        if (resolved.ends_with('/')) resolved.pop_back();
        if (!exists(resolved))
          breaches.push_back(where(path, number) + ": leads nowhere: " + target);
      }
    });
  }
  return breaches;
}

}  // namespace tailrace::tidy
