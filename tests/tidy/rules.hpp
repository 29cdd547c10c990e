#pragma once

#include <string>
#include <vector>

#include "tests/tidy/tree.hpp"

/// STYLE.md's rules that neither the compiler nor a formatter checks. Each returns one line per
/// breach, "path:line: what is wrong", and nothing for a tree that keeps the rule.
namespace tailrace::tidy {

using Breaches = std::vector<std::string>;

/// A file has fewer than 500 lines; not so the license, which is not ours to shorten, and documents
/// that a program makes.
Breaches long_files(const Tree& tree);

/// A line of code has at most 100 columns; clang-format leaves tables in comments and strings as
/// they are. Links, which cannot be broken, are left alone.
Breaches long_lines(const Tree& tree);

/// A folder of tailrace/ includes only itself and the folders before it: core, math, data, fetch,
/// security, problem, neural, torch, delay, policy, recipe, theory, engine, cluster, rpc, mpi,
/// monitoring, diagnose, catalog.hpp, spec, report, tune, tailrace.hpp.
Breaches includes_against_the_order(const Tree& tree);

/// policy/ and recipe/ include no header that can block, sleep, print, or tell the time; their
/// tests may.
Breaches impure_includes(const Tree& tree);

/// Outside the engines and what lies above them nothing asks a clock or a generator of the standard
/// library: randomness comes from core/random.hpp, time from core/time.hpp.
Breaches unkeyed_randomness_and_clocks(const Tree& tree);

/// Every header begins its code with #pragma once.
Breaches headers_without_pragma_once(const Tree& tree);

/// Every source of tailrace/, cli/, tests/ and experiments/, and every header of tailrace/ that is
/// not a test's, stands in the nearest CMakeLists.txt, so that it is built, checked and installed.
Breaches unlisted_sources(const Tree& tree);

/// No path of one person's machine.
Breaches machine_paths(const Tree& tree);

/// No note to finish something later.
Breaches unfinished_notes(const Tree& tree);

/// No space or tab at the end of a line, no tab or carriage return anywhere, and a newline at the
/// end of the file.
Breaches stray_whitespace(const Tree& tree);

/// Every relative link of a Markdown document leads to a file or folder of the tree.
Breaches broken_links(const Tree& tree);

}  // namespace tailrace::tidy
