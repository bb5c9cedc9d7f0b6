// Whole small files: read within a bound, and replace so that after a crash the old or the new one
// is there, complete. Shell. Blocking; thread-safe as long as two threads do not write the same
// path.
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

}  // namespace tallinn
