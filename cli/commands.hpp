#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/carry.hpp"

namespace CLI {
class App;
}

/// One function a command; each prints what it has to say and returns how the program ends.
namespace tailrace::cli {

/// Runs methods and seeds of an experiment and compares them: `tailrace run`, `tailrace compare`.
///
///   carry  carries runs out on other machines; empty: here
int run_experiment(const RunArguments& arguments, const Carry& carry = {});

/// Serves one run to workers that connect: `tailrace serve`, with its options.
void add_serve_command(CLI::App& app, int& exit);

/// Computes jobs of a server: `tailrace work`, with its options.
void add_work_command(CLI::App& app, int& exit);

/// One rank's part in a run by the ranks of an MPI job: `tailrace run --engine mpi`.
int run_on_ranks(const RunArguments& arguments);

/// Repeats a recorded run in virtual time and says whether the model is the same to the bit; and
/// makes something of the times that its jobs took, if asked.
int replay_run(const ReplayArguments& arguments);

/// Reads and builds everything an experiment needs, and runs nothing.
int check_experiment(const std::string& file, const std::vector<std::string>& sets);

/// Prints what theorems say about an experiment and each of its methods, and runs nothing.
int theory_of(const TheoryArguments& arguments);

/// Searches the step size and clip threshold of one method under a budget: `tailrace tune`.
int tune_method(const TuneArguments& arguments);

/// Trains with one method and says how heavy the noise of gradients is along the way:
/// `tailrace diagnose`.
int diagnose_experiment(const DiagnoseArguments& arguments);

/// Writes docs/methods.md and docs/methods/ from the catalog: `tailrace docs`.
int write_documents(const DocsArguments& arguments);

/// Prints the data sets that have names, and where they are: `tailrace data list`.
int list_data();

/// Downloads data sets: `tailrace data fetch`.
int fetch_data(const FetchArguments& arguments);

/// Does something that looks for data in `folder` first, unless that is empty: --data.
int with_data(const std::string& folder, const std::function<int()>& command);

/// Makes and revokes certificates: `tailrace certs`, with its options.
void add_certs_command(CLI::App& app, int& exit);

/// Prints what can be named.
int list_components(const std::string& kind);

/// Prints what one name means.
int explain_topic(const std::string& topic);

}  // namespace tailrace::cli
