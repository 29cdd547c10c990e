#pragma once

#include <filesystem>
#include <string>

#include "tailrace/core/result.hpp"
#include "tailrace/data/known_sets.hpp"
#include "tailrace/fetch/download.hpp"
#include "tailrace/fetch/sources.hpp"
#include "tailrace/fetch/unpack.hpp"

namespace tailrace::fetch {

/// How sets are fetched.
struct FetchOptions {
  std::filesystem::path folder;  ///< of data: sets go below it as data::known_sets() says
  std::string from;              ///< the folder to download from: FROM/FILE; empty: as published
  DownloadOptions download = {};
  UnpackLimits limits = {};
};

/// What came of it.
struct Fetched {
  std::filesystem::path folder;  ///< of the set
  bool was_here = false;         ///< whole already; nothing was done
};

/// Brings a set into a folder of data: downloads, checks, unpacks, and puts each file in its place
/// in one step, so that a file of a set is there whole or not at all.
///
///   FILE.part   a download under way; kept when it is interrupted, and gone on with the next time
///   FILE        a packed file that somebody downloaded by hand and put there is checked and
///               unpacked; a plain one is taken as it is. Neither is downloaded
///   FILE.sha256 what came, where no checksum is known to us: noted the first time (with
///               `download.note`) and required from then on
///   .NAME.lock  keeps a second fetch of the same set out
///
/// Errors  fetch/in-use, fetch/checksum (the download is removed), fetch/archive, those of
///         download() and the disk. fetch/offline says what to do by hand.
[[nodiscard]] Result<Fetched> fetch_set(const data::KnownSet& set, const FetchOptions& options);

/// The same from a source of one's own, for sets that are not in sources().
[[nodiscard]] Result<Fetched> fetch_set(const data::KnownSet& set, const Source& source,
                                        const FetchOptions& options);

}  // namespace tailrace::fetch
