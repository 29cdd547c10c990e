#pragma once

#include <filesystem>

#include "tailrace/core/result.hpp"

namespace tailrace::fetch {

/// Makes GLUE's train.tsv and dev.tsv of MRPC, which is offered as Microsoft's file and a list of
/// the pairs that are for development:
///
///   msr_paraphrase_train.txt  header and rows "label, id 1, id 2, sentence 1, sentence 2"
///   mrpc_dev_ids.tsv          rows "id 1, id 2"
///
/// both with tabs; the first with a byte-order mark and carriage returns, which go. Rows keep their
/// order.
///
/// Errors  fetch/archive for a row without five columns or without a header; fetch/disk-full,
///         fetch/io.
/// Source  Wang et al.: GLUE, ICLR 2019, and the list that its authors publish.
[[nodiscard]] Status split_mrpc(const std::filesystem::path& folder);

}  // namespace tailrace::fetch
