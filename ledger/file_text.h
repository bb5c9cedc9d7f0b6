// Whole files: read within a bound, and replace so that a reader finds the old or the new one,
// complete; one at a time durably, or many with one sync for all. Shell. Blocking; thread-safe as
// long as two threads do not write the same path.
#pragma once

#include <filesystem>

#include "events/bytes.h"
#include "events/result.h"

namespace tallinn {

/// Code::not_found, Code::unavailable, or Code::malformed when longer than `max_bytes`.
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t max_bytes);

struct WriteOptions {
  unsigned mode = 0644;  ///< before umask
  enum class Existing : std::uint8_t { replace, refuse } existing = Existing::replace;
};
/// Writes a temporary file beside it, fsync, rename (or link, when an existing file is refused),
/// fsync of the folder. Code::unavailable, or Code::id_conflict when it exists and may not. A
/// failed sync is never retried.
Result<void> write_file_durably(const std::filesystem::path& path, BytesView content,
                                WriteOptions options = {});

/// The same without a sync, and makes the folder when there is none: for many files, which count
/// only after sync_files(). A crash of this process leaves the old file or the new one; a power cut
/// before the sync may leave anything under the name.
Result<void> write_file_unsynced(const std::filesystem::path& path, BytesView content);
/// Everything written to the file system that holds `folder` is durable when it answers.
Result<void> sync_files(const std::filesystem::path& folder);

}  // namespace tallinn
