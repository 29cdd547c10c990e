#include "cli/commands.hpp"
#include "cli/console.hpp"

namespace tailrace::cli {

int run_on_ranks(const RunArguments& /*arguments*/) {
  return print_errors({{.code = "cli/built-without",
                        .what = "this program was built without MPI",
                        .where = "--engine mpi",
                        .fix = "install libopenmpi-dev, then configure and build again"}});
}

}  // namespace tailrace::cli
