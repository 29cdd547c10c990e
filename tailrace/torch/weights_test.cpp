#include "tailrace/torch/weights.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tailrace/torch/network_test.hpp"

namespace tailrace::torch {
namespace {

std::unique_ptr<Network> network_of(const SmallCase& each, std::uint64_t seed) {
  auto network = build_network(each.model, each.task);
  initialize(**network, seed);
  return std::move(*network);
}

bool same_tensors(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  return std::ranges::equal(a, b, [](const NamedTensor& x, const NamedTensor& y) {
    return x.name == y.name && same_bits(x.tensor, y.tensor);
  });
}

std::string path_of(const std::string& name) {
  return ::testing::TempDir() + "tailrace_torch_" + name + ".safetensors";
}

TEST(Weights, OfEveryModelComeBackWithTheSameBits) {
  for (const SmallCase& each : small_cases()) {
    const auto saved = network_of(each, 1);
    const auto loaded = network_of(each, 2);
    for (const NamedTensor& buffer : saved->buffers()) buffer.tensor.uniform_(0, 1, generator(5));
    const std::string path = path_of(each.name);

    ASSERT_TRUE(save_weights(*saved, path)) << each.name;
    const auto report = load_weights(*loaded, path);

    ASSERT_TRUE(report) << to_string(report.error());
    EXPECT_TRUE(report->missing.empty() && report->left_over.empty()) << report->describe();
    EXPECT_TRUE(same_tensors(saved->parameters(), loaded->parameters())) << each.name;
    EXPECT_TRUE(same_tensors(saved->buffers(), loaded->buffers())) << each.name;
  }
}

TEST(Weights, GoIntoANetworkInDoubleToo) {
  const SmallCase mlp = small_case("mlp");
  const auto saved = network_of(mlp, 1);
  const auto loaded = double_network(mlp.model, mlp.task);
  const std::string path = path_of("double");

  ASSERT_TRUE(save_weights(*saved, path));
  ASSERT_TRUE(load_weights(*loaded, path));

  EXPECT_TRUE(
      same_bits(loaded->parameters()[0].tensor, saved->parameters()[0].tensor.to(at::kDouble)));
}

/// What Hugging Face calls the tensors of a BERT of depth 1 with a head for something else.
std::vector<std::string> checkpoint_names() {
  std::vector<std::string> names = {"embeddings.word_embeddings.weight",
                                    "embeddings.position_embeddings.weight",
                                    "embeddings.token_type_embeddings.weight"};
  const auto add = [&](const std::string& layer, const std::string& one, const std::string& two) {
    names.push_back(layer + one);
    names.push_back(layer + two);
  };
  add("embeddings.LayerNorm", ".gamma", ".beta");
  for (const char* layer : {"attention.self.query", "attention.self.key", "attention.self.value",
                            "attention.output.dense", "intermediate.dense", "output.dense"}) {
    add(std::string("encoder.layer.0.") + layer, ".weight", ".bias");
  }
  add("encoder.layer.0.attention.output.LayerNorm", ".gamma", ".beta");
  add("encoder.layer.0.output.LayerNorm", ".gamma", ".beta");
  add("pooler.dense", ".weight", ".bias");
  return names;
}

TEST(Weights, OfAnOldBertCheckpointFindTheirPlacesAndTheHeadIsMissing) {
  SmallCase bert = small_case("bert");
  std::get<neural::Bert>(bert.model).depth = 1;
  const auto network = network_of(bert, 1);
  // A checkpoint in which every number is 0.5, with tensors that a classifier has no use for.
  std::vector<Real> halves(1000, 0.5);
  std::vector<neural::Weight> checkpoint;
  for (const NamedTensor& each : network->parameters()) {
    checkpoint.push_back({each.name,
                          {each.tensor.sizes().begin(), each.tensor.sizes().end()},
                          std::span(halves).first(static_cast<std::size_t>(each.tensor.numel()))});
  }
  checkpoint.resize(checkpoint.size() - 2);  // the classifier
  const std::vector<std::string> names = checkpoint_names();
  ASSERT_EQ(names.size(), checkpoint.size());
  std::vector<neural::Weight> renamed;
  for (const std::string& name : names) {
    std::string modern = "bert." + name;
    if (modern.ends_with(".gamma")) modern.replace(modern.size() - 6, 6, ".weight");
    if (modern.ends_with(".beta")) modern.replace(modern.size() - 5, 5, ".bias");
    const auto place = std::ranges::find(checkpoint, modern, &neural::Weight::name);
    ASSERT_NE(place, checkpoint.end()) << modern;
    renamed.push_back({name, place->shape, place->numbers});
  }
  renamed.push_back({"cls.seq_relationship.bias", {2}, std::span(halves).first(2)});
  renamed.push_back({"embeddings.position_ids", {1, 9}, std::span(halves).first(9)});
  const std::string path = path_of("checkpoint");
  ASSERT_TRUE(neural::save_weights(path, renamed));

  const auto report = load_weights(*network, path);

  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_EQ(report->missing, (std::vector<std::string>{"classifier.weight", "classifier.bias"}));
  EXPECT_EQ(report->left_over, std::vector<std::string>{"cls.seq_relationship.bias"});
  EXPECT_EQ(report->loaded.size(), names.size());
  for (const NamedTensor& each : network->parameters()) {
    if (each.name.starts_with("classifier")) continue;
    EXPECT_TRUE((each.tensor == 0.5).all().item<bool>()) << each.name;
  }
}

TEST(Weights, OfAnotherSizeAreRefused) {
  SmallCase bert = small_case("bert");
  const auto small = network_of(bert, 1);
  std::get<neural::Bert>(bert.model).width = 8;
  const auto wide = network_of(bert, 1);
  const std::string path = path_of("sizes");
  ASSERT_TRUE(save_weights(*small, path));

  const auto report = load_weights(*wide, path);

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().front().code, "model/wrong-weights");
}

}  // namespace
}  // namespace tailrace::torch
