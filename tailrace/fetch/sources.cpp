#include "tailrace/fetch/sources.hpp"

#include <algorithm>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::fetch {
namespace {

constexpr std::string_view glue_terms = "that of the sentences' sources; see gluebenchmark.com";

Source glue(std::string name, const std::string& file, std::string sha256, std::uint64_t size) {
  return {.name = std::move(name),
          .files = {{.url = "https://dl.fbaipublicfiles.com/glue/data/" + file,
                     .packing = Packing::archive,
                     .sha256 = std::move(sha256),
                     .size = size}},
          .terms = std::string(glue_terms)};
}

Source mrpc() {
  const std::string folder = "https://dl.fbaipublicfiles.com/";
  return {.name = "mrpc",
          .files = {{.url = folder + "senteval/senteval_data/msr_paraphrase_train.txt",
                     .sha256 = "60a9b09084528f0673eedee2b69cb941920f0b8cd0eeccefc464a98768457f89",
                     .size = 1'047'044},
                    {.url = folder + "glue/data/mrpc_dev_ids.tsv",
                     .sha256 = "971d7767d81b997fd9060ade0ec23c4fc31cbb226a55d1bd4a1bac474eb81dc7",
                     .size = 6'222}},
          .terms = "Microsoft Research's own; see its Paraphrase Corpus",
          .finish = Finish::split_mrpc};
}

/// The four files of MNIST and of the sets made in its likeness.
struct Idx {
  std::string sha256;
  std::uint64_t size;
};

Source idx(std::string name, const std::string& folder, const std::vector<Idx>& files,
           std::string terms) {
  Source source{.name = std::move(name), .terms = std::move(terms)};
  const std::vector<std::string> names = {"train-images-idx3-ubyte.gz",
                                          "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
                                          "t10k-labels-idx1-ubyte.gz"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    source.files.push_back({.url = folder + names[i],
                            .packing = Packing::compressed,
                            .sha256 = files[i].sha256,
                            .size = files[i].size});
  }
  return source;
}

/// A file of LIBSVM's collection of binary problems.
SourceFile libsvm_file(const std::string& file, std::string sha256 = {}) {
  return {.url = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/binary/" + file,
          .packing = file.ends_with(".bz2") ? Packing::compressed : Packing::plain,
          .sha256 = std::move(sha256)};
}

Source libsvm(std::string name, std::vector<SourceFile> files) {
  return {.name = std::move(name),
          .files = std::move(files),
          .terms = "that of the original data; see LIBSVM's page of data sets"};
}

// Every checksum below was found in at least two independent public projects that download the same
// file; docs/data.md names them.
std::vector<Source> make_table() {
  return {
      {.name = "cifar-10",
       .files = {{.url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                  .packing = Packing::archive,
                  .sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                  .size = 170'052'171}},
       .terms = "none stated; its page asks to cite Krizhevsky (2009)"},
      idx("mnist", "https://ossci-datasets.s3.amazonaws.com/mnist/",
          {{"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9'912'422},
           {"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28'881},
           {"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1'648'877},
           {"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4'542}},
          "none stated by its authors"),
      idx("fashion-mnist",
          "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
          {{"3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26'421'880},
           {"a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29'515},
           {"346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4'422'102},
           {"67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5'148}},
          "MIT"),
      glue("sst-2", "SST-2.zip", "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa",
           7'439'277),
      glue("rte", "RTE.zip", "6bf86de103ecd335f3441bd43574d23fef87ecc695977a63b82d5efb206556ee",
           697'150),
      glue("cola", "CoLA.zip", "f212fcd832b8f7b435fb991f101abf89f96b933ab400603bf198960dfc32cbff",
           376'971),
      mrpc(),
      glue("qqp", "QQP-clean.zip",
           "40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0", 0),
      glue("qnli", "QNLIv2.zip", "e634e78627a29adaecd4f955359b22bf5e70f2cbd93b493f2d624138a0c0e5f5",
           10'627'589),
      glue("mnli", "MNLI.zip", "e7c1d896d26ed6caf700110645df426cc2d8ebf02a5ab743d5a5c68ac1c83633",
           312'783'507),
      glue("sts-b", "STS-B.zip", "e60a6393de5a8b5b9bac5020a1554b54e3691f9d600b775bd131e613ac179c85",
           802'872),
      {.name = "shakespeare",
       .files = {{.url = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/"
                         "tinyshakespeare/input.txt",
                  .sha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                  .size = 1'115'394}},
       .terms = "the text is in the public domain"},
      libsvm("a1a", {libsvm_file("a1a"), libsvm_file("a1a.t")}),
      libsvm(
          "a9a",
          {libsvm_file("a9a", "f5d5ffd8d865ff41328e7ee043e4b020816914ff6843ff15b98905ddbedce906"),
           libsvm_file("a9a.t",
                       "1f448a153f0320399a7e40836eb207655b0bde0f21fc941cc472193daa9f5de9")}),
      libsvm("w7a", {libsvm_file("w7a"), libsvm_file("w7a.t")}),
      libsvm("w8a", {libsvm_file("w8a"), libsvm_file("w8a.t")}),
      libsvm("phishing", {libsvm_file("phishing")}),
      libsvm("madelon", {libsvm_file("madelon"), libsvm_file("madelon.t")}),
      libsvm("gisette", {libsvm_file("gisette_scale.bz2"), libsvm_file("gisette_scale.t.bz2")}),
  };
}

}  // namespace

std::uint64_t Source::size() const {
  std::uint64_t sum = 0;
  for (const SourceFile& file : files) {
    if (file.size == 0) return 0;
    sum += file.size;
  }
  return sum;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> table = make_table();
  return table;
}

const Source& source_of(std::string_view set) {
  const auto found = std::find_if(sources().begin(), sources().end(),
                                  [&](const Source& source) { return source.name == set; });
  TAILRACE_CHECK(found != sources().end());
  return *found;
}

}  // namespace tailrace::fetch
