/// An ordinary LibTorch training loop as a worker. The first call writes the weights to start from:
///
///     06_torch_worker start.safetensors
///     tailrace serve examples/remote.toml --plaintext --set problem.dimension=0
///         --set problem.weights=start.safetensors
///     06_torch_worker 127.0.0.1:7000 0          and in another terminal ... 1

#include <fmt/core.h>
#include <torch/torch.h>

#include <cstdlib>
#include <tailrace/data/safetensors.hpp>
#include <tailrace/rpc/connect.hpp>

std::span<float> numbers_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

int write_start(const torch::nn::Sequential& net, const char* file) {
  std::vector<tailrace::data::Tensor> tensors;
  for (const auto& named : net->named_parameters()) {
    tensors.push_back({.name = named.key(),
                       .shape = {named.value().sizes().begin(), named.value().sizes().end()},
                       .bytes = std::as_bytes(numbers_of(named.value()))});
  }
  return tailrace::data::write_safetensors(file, tensors) ? 0 : 1;
}

int main(int argc, char** argv) {
  torch::nn::Sequential net(torch::nn::Linear(2, 32), torch::nn::Tanh(), torch::nn::Linear(32, 2));
  if (argc == 2) return write_start(net, argv[1]);
  const auto worker = static_cast<tailrace::WorkerId>(std::atoi(argv[argc - 1]));
  torch::manual_seed(worker);
  const torch::Tensor points = torch::randn({1000, 2});
  const torch::Tensor classes = points.norm(2, 1).gt(1).to(torch::kLong);  // outside a circle?

  const auto client =
      tailrace::rpc::connect(argv[1], {.plaintext = true, .client = {.workers = {worker}}});
  if (!client) {
    fmt::print("{}\n", to_string(client.error()));
    return 1;
  }
  while (const auto job = (*client)->next_job().value()) {  // nothing: the run is over
    // The server's vector is the parameters one after the other, as they lie in the file.
    float* const model = const_cast<float*>(job->parameters.data());
    torch::nn::utils::vector_to_parameters(torch::from_blob(model, {std::ssize(job->parameters)}),
                                           net->parameters());
    const torch::Tensor batch = torch::randint(1000, {32}, torch::kLong);
    const torch::Tensor loss = torch::cross_entropy_loss(
        net->forward(points.index_select(0, batch)), classes.index_select(0, batch));
    net->zero_grad();
    loss.backward();
    std::vector<torch::Tensor> gradients;
    for (const torch::Tensor& each : net->parameters()) gradients.push_back(each.grad());
    const torch::Tensor flat = torch::nn::utils::parameters_to_vector(gradients);
    if (!(*client)->send(*job, numbers_of(flat))) return 1;
  }
  fmt::print("the run is over: {}\n", (*client)->why());
}
