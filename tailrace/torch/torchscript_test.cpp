#include "tailrace/torch/torchscript.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tailrace/torch/network_test.hpp"

namespace tailrace::torch {
namespace {

const neural::TaskShape features{.sample = {3}, .outputs = 2};
const neural::TaskShape sentences{
    .input = neural::Input::tokens, .sample = {4}, .vocabulary = 5, .outputs = 2};

/// As Python's torch.jit.script(...).save() writes it: a parameter w (2, 3) and a buffer b (2).
std::string script(const std::string& name, const std::string& forward,
                   at::ScalarType type = at::kFloat) {
  ::torch::jit::Module module("Model");
  module.register_parameter("w", at::ones({2, 3}, type).requires_grad_(at::isFloatingType(type)),
                            false);
  module.register_buffer("b", at::ones({2}));
  module.register_attribute("training", c10::BoolType::get(), true);
  module.define(forward);
  std::string file = ::testing::TempDir() + "tailrace_script_" + name + ".pt";
  module.save(file);
  return file;
}

const std::string linear = R"(
def forward(self, values):
    return torch.matmul(values, self.w.t()) + self.b
)";

Result<std::unique_ptr<Network>> load_torchscript(const std::string& file,
                                                  const neural::TaskShape& task) {
  return build_network(neural::TorchScript{.file = file}, task);
}

std::string code_of(const std::string& file, const neural::TaskShape& task) {
  const auto network = load_torchscript(file, task);
  return network ? "loads" : network.error().front().code;
}

TEST(TorchScript, TrainsFromTheParametersInItsFile) {
  const auto network = load_torchscript(script("linear", linear), features);
  ASSERT_TRUE(network) << to_string(network.error());
  Inputs inputs;
  inputs.values = at::ones({4, 3});

  const at::Tensor outputs = (*network)->forward(inputs);
  outputs.sum().backward();

  EXPECT_TRUE(same_bits(outputs, at::full({4, 2}, 4.0F)));
  ASSERT_EQ((*network)->parameters().size(), 1U);
  EXPECT_TRUE(same_bits((*network)->parameters()[0].tensor.grad(), at::full({2, 3}, 4.0F)));
  EXPECT_EQ((*network)->buffers().front().name, "b");
  EXPECT_FALSE((*network)->draws_globally());
}

TEST(TorchScript, ComputesWithParametersThatBecameViewsOfAFlatVector) {
  const auto network = load_torchscript(script("views", linear), features);
  ASSERT_TRUE(network);
  at::Tensor flat = at::full({6}, 2.0F);
  at::Tensor parameter = (*network)->parameters()[0].tensor;
  parameter.set_data(flat.view({2, 3}));
  Inputs inputs;
  inputs.values = at::ones({1, 3});

  EXPECT_TRUE(same_bits((*network)->forward(inputs), at::full({1, 2}, 7.0F)));
  flat.fill_(0);
  EXPECT_TRUE(same_bits((*network)->forward(inputs), at::full({1, 2}, 1.0F)));
}

TEST(TorchScript, MakesEqualReplicasThatShareNothingThoughItsFileIsGone) {
  const std::string file = script("replicas", linear);
  const auto factory = network_factory(neural::TorchScript{.file = file}, features);
  ASSERT_TRUE(factory);
  std::filesystem::remove(file);

  const auto one = (*factory)();
  const auto two = (*factory)();
  one->parameters()[0].tensor.detach().fill_(5);

  EXPECT_TRUE(same_bits(two->parameters()[0].tensor, at::ones({2, 3})));
}

TEST(TorchScript, IsToldWhetherItTrains) {
  const auto network = load_torchscript(script("training", R"(
def forward(self, values):
    x = torch.matmul(values, self.w.t())
    if self.training:
        x = 2 * x
    return x
)"),
                                        features);
  ASSERT_TRUE(network) << to_string(network.error());
  Inputs inputs;
  inputs.values = at::ones({1, 3});

  (*network)->train(true);
  EXPECT_EQ((*network)->forward(inputs)[0][0].item<float>(), 6);
  (*network)->train(false);
  EXPECT_EQ((*network)->forward(inputs)[0][0].item<float>(), 3);
}

TEST(TorchScript, GetsLengthsAndSegmentsByName) {
  const auto network = load_torchscript(script("tokens", R"(
def forward(self, tokens, segments, lengths, scale: float = 1.0):
    counts = torch.stack([lengths, segments.sum(1)], 1)
    return counts.float() + 0 * self.w.sum()
)"),
                                        sentences);
  ASSERT_TRUE(network) << to_string(network.error());
  Inputs inputs;
  inputs.tokens = at::zeros({1, 4}, at::kLong);

  const at::Tensor without = (*network)->forward(inputs);
  inputs.lengths = at::full({1}, 2, at::kLong);
  inputs.segments = at::ones({1, 4}, at::kLong);
  const at::Tensor with = (*network)->forward(inputs);

  EXPECT_EQ(without[0][0].item<float>(), 4);
  EXPECT_EQ(without[0][1].item<float>(), 0);
  EXPECT_EQ(with[0][0].item<float>(), 2);
  EXPECT_EQ(with[0][1].item<float>(), 4);
}

TEST(TorchScript, WhoseForwardDrawsIsFoundOut) {
  const auto draws = [](const std::string& name, const std::string& line) {
    const auto network = load_torchscript(
        script(name,
               "\ndef forward(self, values):\n    x = torch.matmul(values, self.w.t())\n    " +
                   line + "\n    return x\n"),
        features);
    if (!network) ADD_FAILURE() << to_string(network.error());
    return network && (*network)->draws_globally();
  };

  EXPECT_TRUE(draws("dropout", "x = torch.dropout(x, 0.5, self.training)"));
  EXPECT_TRUE(draws("rand", "x = x + torch.rand_like(x)"));
  EXPECT_TRUE(draws("bernoulli", "x = torch.bernoulli(x)"));
  EXPECT_TRUE(draws("normal", "x = x + x.clone().normal_()"));
  EXPECT_TRUE(draws("branch", "if self.training:\n        x = x + torch.randn([2])"));
  EXPECT_FALSE(draws("none", "x = torch.relu(x)"));
  EXPECT_FALSE(draws("zero", "x = torch.dropout(x, 0.0, self.training)"));
  EXPECT_FALSE(draws("norm", "x = torch.layer_norm(x, [2])"));
}

TEST(TorchScript, WithArgumentsNobodyGivesIsRefused) {
  EXPECT_EQ(code_of(script("two", "\ndef forward(self, a, b):\n    return a + b + self.w.sum()\n"),
                    features),
            "model/script-arguments");
  EXPECT_EQ(code_of(script("none", "\ndef forward(self):\n    return self.w\n"), features),
            "model/script-arguments");
  EXPECT_EQ(
      code_of(script("list", "\ndef forward(self, a: List[int]):\n    return self.w\n"), features),
      "model/script-arguments");
  EXPECT_EQ(code_of(script("pair", "\ndef forward(self, a):\n    return a, self.w\n"), features),
            "model/script-arguments");
  EXPECT_EQ(code_of(script("default", "\ndef forward(self, a, b: int = 1):\n    return a + b\n"),
                    features),
            "loads");
}

TEST(TorchScript, WithoutAForwardIsRefused) {
  EXPECT_EQ(code_of(script("method", "\ndef other(self, a):\n    return a\n"), features),
            "model/script-arguments");
}

TEST(TorchScript, OfAnotherPrecisionOrWithoutParametersIsRefused) {
  EXPECT_EQ(code_of(script("double", linear, at::kDouble), features), "model/script-parameters");
  EXPECT_EQ(code_of(script("whole", linear, at::kLong), features), "model/script-parameters");
}

TEST(TorchScript, ThatIsNoneOrIsCutOffIsRefusedInOneLine) {
  const std::string text = ::testing::TempDir() + "tailrace_script_text.pt";
  std::ofstream(text) << "this is not a model\n";
  const std::string whole = script("whole_file", linear);
  const std::string half = ::testing::TempDir() + "tailrace_script_half.pt";
  std::ifstream from(whole, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(from)), {});
  bytes.resize(bytes.size() / 2);
  std::ofstream(half, std::ios::binary) << bytes;

  for (const std::string& file : {text, half, std::string("/no/such/file.pt")}) {
    const auto network = load_torchscript(file, features);

    ASSERT_FALSE(network) << file;
    EXPECT_EQ(network.error().front().code, "model/script-unreadable") << file;
    EXPECT_EQ(network.error().front().what.find('\n'), std::string::npos) << file;
    EXPECT_LT(network.error().front().what.size(), 400U) << file;
  }
}

}  // namespace
}  // namespace tailrace::torch
