#include "tailrace/data/known_sets.hpp"

#include <utility>

namespace tailrace::data {
namespace {

/// A name without what people write in different ways: "SST-2", "sst_2" and "sst2" are one.
std::string simplified(std::string_view name) {
  std::string simple;
  for (const char c : name) {
    if (c == '-' || c == '_') continue;
    simple += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return simple;
}

KnownSet glue(std::string name, std::string title, const std::string& folder,
              std::vector<std::string> files = {"train.tsv", "dev.tsv"}) {
  return {.name = std::move(name),
          .title = std::move(title),
          .kind = SetKind::sentences,
          .folders = {"glue/" + folder, folder},
          .files = std::move(files)};
}

KnownSet idx(std::string name, std::string title, const std::string& torchvision_folder) {
  return {.name = name,
          .title = std::move(title),
          .kind = SetKind::images,
          .folders = {name, torchvision_folder + "/raw"},
          .files = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                    "t10k-labels-idx1-ubyte"}};
}

KnownSet libsvm(std::string name, std::string title, std::vector<std::string> files) {
  return {.name = std::move(name),
          .title = std::move(title),
          .kind = SetKind::rows,
          .folders = {"libsvm", "."},
          .files = std::move(files)};
}

std::vector<KnownSet> make_table() {
  return {
      {.name = "cifar-10",
       .title = "CIFAR-10: color photographs of 10 classes, 32x32",
       .kind = SetKind::images,
       .folders = {"cifar-10-batches-bin"},
       .files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                 "data_batch_5.bin", "test_batch.bin"}},
      idx("mnist", "MNIST: handwritten digits, 28x28", "MNIST"),
      idx("fashion-mnist", "Fashion-MNIST: pieces of clothing of 10 classes, 28x28",
          "FashionMNIST"),
      glue("sst-2", "GLUE SST-2: is a film review positive?", "SST-2"),
      glue("rte", "GLUE RTE: does one sentence entail another? (small)", "RTE"),
      glue("cola", "GLUE CoLA: is a sentence grammatical?", "CoLA"),
      glue("mrpc", "GLUE MRPC: do two sentences mean the same?", "MRPC"),
      glue("qqp", "GLUE QQP: are two questions the same?", "QQP"),
      glue("qnli", "GLUE QNLI: does a sentence answer a question?", "QNLI"),
      glue("mnli", "GLUE MNLI: entailment, neutral or contradiction", "MNLI",
           {"train.tsv", "dev_matched.tsv", "dev_mismatched.tsv"}),
      glue("sts-b", "GLUE STS-B: how alike are two sentences, 0 to 5?", "STS-B"),
      {.name = "shakespeare",
       .title = "Tiny Shakespeare: 1 MB of plays, for language models of characters",
       .kind = SetKind::text,
       .folders = {"shakespeare", "tinyshakespeare"},
       .files = {"input.txt"}},
      libsvm("a1a", "LIBSVM a1a: Adult, 1,605 rows", {"a1a", "a1a.t"}),
      libsvm("a9a", "LIBSVM a9a: Adult, 32,561 rows", {"a9a", "a9a.t"}),
      libsvm("w7a", "LIBSVM w7a: web pages, 24,692 rows", {"w7a", "w7a.t"}),
      libsvm("w8a", "LIBSVM w8a: web pages, 49,749 rows", {"w8a", "w8a.t"}),
      libsvm("phishing", "LIBSVM phishing: web sites, 11,055 rows", {"phishing"}),
      libsvm("madelon", "LIBSVM madelon: artificial, 2,000 rows of 500 features",
             {"madelon", "madelon.t"}),
      libsvm("gisette", "LIBSVM gisette (scaled): digits 4 and 9, 6,000 rows of 5,000 features",
             {"gisette_scale", "gisette_scale.t"}),
  };
}

}  // namespace

std::string_view to_string(SetKind kind) {
  switch (kind) {
    case SetKind::images:
      return "images";
    case SetKind::sentences:
      return "sentences";
    case SetKind::text:
      return "text";
    case SetKind::rows:
      return "rows";
  }
  return "";
}

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> table = make_table();
  return table;
}

const KnownSet* find_known_set(std::string_view name) {
  const std::string wanted = simplified(name);
  for (const KnownSet& set : known_sets()) {
    if (simplified(set.name) == wanted) return &set;
  }
  return nullptr;
}

}  // namespace tailrace::data
