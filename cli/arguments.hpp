#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tailrace::cli {

/// How the program ends.
enum Exit : int {
  fine = 0,
  bad_input = 1,
  bad_usage = 2,
  bad_environment = 3,  ///< a disk that is full, a folder that cannot be written
  interrupted = 130,    ///< as shells count: 128 + SIGINT
};

/// What the user typed after `run` or `compare`.
struct RunArguments {
  std::string command;                ///< "run" or "compare"
  std::string file;                   ///< empty with resume_folder
  std::vector<std::string> sets;      ///< "key.path=value"
  std::string method;                 ///< run only; empty: the only one
  std::optional<std::uint64_t> seed;  ///< run only; none: the first
  std::string out;                    ///< empty: a folder named after the title
  bool overwrite = false;
  bool resume = false;
  std::string resume_folder;  ///< empty: the folder that would be written
  std::optional<std::uint32_t> threads;
  std::string engine;  ///< empty: what the file says
  bool quiet = false;
  bool no_color = false;
  bool delays = false;  ///< compare only: a second table
};

/// What the user typed after `replay`.
struct ReplayArguments {
  std::string folder;  ///< of one run: COMPARISON/METHOD/seed-N
  std::string method;  ///< another one, to be tried on the times of this run; empty: none
  std::vector<std::string> sets;  ///< "key.path=value", for that method's experiment
  std::string delays;             ///< a file for those times; empty: none
  bool fit = false;               ///< print the law that is closest to them
};

/// What the user typed after `theory`.
struct TheoryArguments {
  std::string file;
  std::vector<std::string> sets;  ///< "key.path=value"
  std::string eps;                ///< empty: what the file says
  bool json = false;
};

/// What the user typed after `tune`.
struct TuneArguments {
  std::string file;
  std::vector<std::string> sets;    ///< "key.path=value"
  std::string method;               ///< empty: the only one
  std::string budget;               ///< empty: by the number of options that are tuned
  std::vector<std::string> ranges;  ///< "step_size=1e-4:10"
  std::string metric;               ///< empty: the target's, or else the loss
  std::string out;                  ///< empty: a folder named after the method and the title
  bool overwrite = false;
  bool resume = false;
  std::optional<std::uint32_t> threads;
  bool quiet = false;
};

/// What the user typed after `data fetch`.
struct FetchArguments {
  std::vector<std::string> names;
  std::string to;    ///< empty: where experiments look
  std::string from;  ///< empty: as published, or the mirror of the environment
  bool insecure_http = false;
  bool quiet = false;
};

/// What the user typed after `docs`.
struct DocsArguments {
  std::string folder = "docs";
  std::string measured;  ///< folder of a comparison; empty: what was measured before
};

/// What the user typed after `diagnose`.
struct DiagnoseArguments {
  std::string file;
  std::vector<std::string> sets;       ///< "key.path=value"
  std::string method;                  ///< empty: the first
  std::optional<std::uint64_t> seed;   ///< none: the experiment's first
  std::optional<std::uint64_t> steps;  ///< none: as the experiment stops
  std::size_t points = 5;              ///< along the training
  std::size_t samples = 1000;          ///< gradients at each
  std::string out;                     ///< empty: a folder named after the title
  bool overwrite = false;
  std::optional<std::uint32_t> threads;
  bool quiet = false;
};

}  // namespace tailrace::cli
