// A log as files: the tiles and entry bundles of c2sp.org/tlog-tiles below one folder, as any web
// server can serve them. Shell; blocking. A full tile never changes; a partial one has its width in
// its name, so that files of an older size stay valid beside those of a newer one. Nothing is
// synced: sync_files() (ledger/file_text.h) does so for all.
#pragma once

#include <filesystem>
#include <functional>

#include "ledger/store_log.h"

namespace tallinn {

/// The governance chain's file at the top of a folder of logs (projections/chain.h).
inline constexpr const char* kChainFile = "chain.json";

/// Writes what the log of `size` has and that of `already` had not. Error unavailable.
/// `written`: called now and then with the entries done.
Result<void> write_log_tiles(const StoredLogs& logs, LogId log, LogSize already, LogSize size,
                             const std::filesystem::path& folder,
                             const std::function<void(std::uint64_t)>& written);
/// Removes the partial tiles that a log of `size` does not have.
Result<void> remove_old_partials(const std::filesystem::path& folder, LogSize size);

/// Entries of the bundle at `index`, as far as a log of `size` has it. Error not_found, malformed,
/// unavailable.
Result<std::vector<Bytes>> read_entry_bundle(const std::filesystem::path& folder,
                                             std::uint64_t index, LogSize size);
/// The hashes of a tile, as far as a log of `size` has it.
Result<std::vector<Digest>> read_hash_tile(const std::filesystem::path& folder, std::uint8_t level,
                                           std::uint64_t index, LogSize size);

/// Reads every bundle and every tile: the tree made of the entries, compared with the tiles.
/// `wanted`: sizes whose roots are answered, in any order. Error failed names the file. Entries are
/// passed to `entry`, if there is one, in order.
struct ReadLog {
  std::map<LogSize, Digest> roots;
};
using OnEntry = std::function<Result<void>(LogIndex, BytesView)>;
Result<ReadLog> read_log_tiles(const std::filesystem::path& folder, LogSize size,
                               const std::set<LogSize>& wanted, const OnEntry& entry);

}  // namespace tallinn
