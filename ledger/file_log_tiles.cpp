#include "ledger/file_log_tiles.h"

#include <algorithm>
#include <system_error>

#include "events/limits.h"
#include "ledger/fault_error.h"
#include "ledger/file_text.h"

namespace tallinn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxTileBytes = kTileWidth * (kMaxEntryBytes + 2);

std::unexpected<Error> system_error(const std::string& what, const fs::path& path, int error) {
  return refuse(Code::unavailable,
                what + " " + path.string() + ": " + std::generic_category().message(error));
}
/// How much of tile `index` a row of `length` has.
std::uint32_t width_of(std::uint64_t index, std::uint64_t length) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(kTileWidth, length - std::min(length, index * kTileWidth)));
}

Result<Bytes> read_tile_file(const fs::path& folder, TilePath path, std::uint64_t length) {
  path.width = width_of(path.index, length);
  if (path.width == 0) return refuse(Code::not_found, "the log has no such tile");
  return read_file(folder / format_tile_path(path), kMaxTileBytes);
}

/// Grows the rows that the entries make, and compares each full or last tile with its file.
class RowsReader {
 public:
  RowsReader(const fs::path& folder, LogSize size) : folder_(folder), size_(size) {}

  Result<void> add(std::uint8_t level, std::uint64_t index, const Digest& hash) {
    if (level >= kTileLevels) return {};
    std::vector<Digest>& tile = made_[level];
    tile.push_back(hash);
    if (tile.size() < kTileWidth) return {};
    auto compared = compare(level, index / kTileWidth);
    tile.clear();
    return compared;
  }
  Result<void> finish() {
    for (const TileRow& row : tile_rows(size_))
      if (row.partial_width > 0)
        if (auto compared = compare(row.level, row.full_tiles); !compared) return compared;
    return {};
  }

 private:
  Result<void> compare(std::uint8_t level, std::uint64_t index) {
    const auto stored = read_hash_tile(folder_, level, index, size_);
    if (!stored) return std::unexpected(stored.error());
    if (*stored == made_[level]) return {};
    return refuse(
        Code::failed,
        (folder_ / format_tile_path({.level = level,
                                     .index = index,
                                     .width = width_of(index, tile_row_length(level, size_))}))
                .string() +
            " is not what the entries give");
  }

  const fs::path& folder_;
  const LogSize size_;
  std::array<std::vector<Digest>, kTileLevels> made_;
};

Result<void> write_tile(const StoredLogs& logs, LogId log, const TilePath& path,
                        const fs::path& folder) {
  const auto body = logs.tile(log, path);
  if (!body) return std::unexpected(error_from(body.error()));
  return write_file_unsynced(folder / format_tile_path(path), *body);
}

}  // namespace

Result<void> write_log_tiles(const StoredLogs& logs, LogId log, LogSize already, LogSize size,
                             const fs::path& folder,
                             const std::function<void(std::uint64_t)>& written) {
  for (const TileRow& row : tile_rows(size)) {
    const std::uint64_t length = tile_row_length(row.level, size);
    const std::uint64_t begin = tile_row_length(row.level, already) / kTileWidth;
    for (std::uint64_t index = begin; index * kTileWidth < length; ++index) {
      const std::uint32_t width = width_of(index, length);
      if (tile_row_length(row.level, already) >= index * kTileWidth + width) continue;
      TilePath path{.level = row.level, .index = index, .width = width};
      if (auto done = write_tile(logs, log, path, folder); !done) return done;
      if (row.level != 0) continue;
      path.kind = TilePath::Kind::entries;
      if (auto done = write_tile(logs, log, path, folder); !done) return done;
      if (written) written(index * kTileWidth + width);
    }
  }
  return {};
}

Result<void> remove_old_partials(const fs::path& folder, LogSize size) {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::recursive_directory_iterator at(folder / "tile", error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error) || at->path().parent_path().extension() != ".p") continue;
    const auto path = parse_tile_path(at->path().lexically_relative(folder).generic_string());
    if (path && path->width != width_of(path->index, tile_row_length(path->level, size)))
      old.push_back(at->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return system_error("cannot list", folder, error.value());
  for (const fs::path& path : old) {
    fs::remove(path, error);
    if (error) return system_error("cannot remove", path, error.value());
    fs::remove(path.parent_path(), error);  // only an empty folder goes
  }
  return {};
}

Result<std::vector<Bytes>> read_entry_bundle(const fs::path& folder, std::uint64_t index,
                                             LogSize size) {
  const TilePath path{.kind = TilePath::Kind::entries, .level = 0, .index = index};
  const auto bundle = read_tile_file(folder, path, size.value());
  if (!bundle) return std::unexpected(bundle.error());
  const auto views = decode_entry_bundle(*bundle, width_of(index, size.value()));
  if (!views)
    return refuse(Code::malformed,
                  (folder / format_tile_path(path)).string() + ": " + views.error().detail);
  return std::vector<Bytes>(views->begin(), views->end());
}

Result<std::vector<Digest>> read_hash_tile(const fs::path& folder, std::uint8_t level,
                                           std::uint64_t index, LogSize size) {
  const TilePath path{.level = level, .index = index};
  const std::uint64_t length = tile_row_length(level, size);
  const auto tile = read_tile_file(folder, path, length);
  if (!tile) return std::unexpected(tile.error());
  auto hashes = decode_tile(*tile, width_of(index, length));
  if (!hashes)
    return refuse(Code::malformed,
                  (folder / format_tile_path(path)).string() + ": " + hashes.error().detail);
  return hashes;
}

Result<ReadLog> read_log_tiles(const fs::path& folder, LogSize size,
                               const std::set<LogSize>& wanted, const OnEntry& entry) {
  ReadLog out;
  if (wanted.contains(LogSize(0))) out.roots[LogSize(0)] = empty_root();
  RowsReader rows(folder, size);
  Frontier frontier;
  Result<void> ok;
  for (std::uint64_t index = 0; index * kTileWidth < size.value(); ++index) {
    const auto entries = read_entry_bundle(folder, index, size);
    if (!entries) return std::unexpected(entries.error());
    for (const Bytes& bytes : *entries) {
      const LogIndex at(frontier.size().value());
      append_to_rows(frontier, leaf_hash(bytes),
                     [&](std::uint8_t level, std::uint64_t row_index, const Digest& hash) {
                       if (ok) ok = rows.add(level, row_index, hash);
                     });
      if (ok && entry) ok = entry(at, bytes);
      if (!ok) return std::unexpected(ok.error());
      if (wanted.contains(frontier.size())) out.roots[frontier.size()] = frontier.root();
    }
  }
  if (auto finished = rows.finish(); !finished) return std::unexpected(finished.error());
  return out;
}

}  // namespace tallinn
