/// The same method in real time on threads, and the recorded run repeated in virtual time: the same
/// model, bit for bit.

#include <fmt/core.h>

#include <filesystem>
#include <tailrace/tailrace.hpp>

int main() {
  using namespace tailrace;
  const auto problem = problem::SyntheticLogistic{.batch = 8}.build({.workers = 8, .seed = 1});
  const policy::Method method = recipe::FedBuff{.local_steps = 2, .buffer = 4}.method();
  const std::string path =
      (std::filesystem::temp_directory_path() / "tailrace-example.log").string();

  engine::RunOptions options;
  options.stop.steps = 500;
  options.threads = 2;
  auto log = engine::RunLogWriter::open(path, /*fingerprint=*/1, /*keep=*/false);
  options.log = &*log;
  const auto recorded = engine::run_threads(**problem, method, nullptr, options);

  const auto replayed = engine::replay(**problem, method, *engine::read_run_log(path), {});
  std::filesystem::remove(path);
  fmt::print("recorded on threads  {:016x}\nreplayed             {:016x}\n", recorded->model_hash,
             replayed->model_hash);
  return recorded->model_hash == replayed->model_hash ? 0 : 1;
}
