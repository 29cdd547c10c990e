#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/console.hpp"

namespace tailrace::cli {
namespace {

int refuse() {
  return print_errors({{.code = "cli/built-without",
                        .what = "this program was built without gRPC",
                        .where = {},
                        .fix = "install libgrpc++-dev, then configure and build again"}});
}

void add_refusal(CLI::App& app, int& exit, const char* name, const char* about) {
  CLI::App* command = app.add_subcommand(name, about);
  command->allow_extras();
  command->callback([&exit] { exit = refuse(); });
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit) {
  add_refusal(app, exit, "serve", "serve one run to workers that connect (needs gRPC)");
}

void add_work_command(CLI::App& app, int& exit) {
  add_refusal(app, exit, "work", "compute jobs of a server (needs gRPC)");
}

}  // namespace tailrace::cli
