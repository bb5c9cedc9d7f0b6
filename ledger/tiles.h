// Tiles of c2sp.org/tlog-tiles: names, which ones a tree has, entry bundles, and hashes of any
// subtree from tile rows. Pure. A row L is the hashes of all complete subtrees of level 8 * L, in
// order; a tile is 256 neighbours of a row. Only rows are stored; every other hash is computed from
// at most 128 of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/merkle.h"

namespace tallinn {

constexpr std::uint32_t kTileWidth = 256;
constexpr std::uint8_t kTileLevels = 6;  ///< 0 to 5, as the specification bounds them: 2^48 entries

/// The name of a tile: "tile/0/x001/x234/067", "tile/1/000.p/8", "tile/entries/000.p/3".
struct TilePath {
  enum class Kind : std::uint8_t { hashes, entries };
  Kind kind = Kind::hashes;
  std::uint8_t level = 0;  ///< 0 for entries
  std::uint64_t index = 0;
  std::uint32_t width = kTileWidth;  ///< 1 to 256; 256 is a full tile and not spelled
  auto operator<=>(const TilePath&) const = default;
};

/// Strict; without a leading slash. Code::malformed.
Result<TilePath> parse_tile_path(std::string_view path);
std::string format_tile_path(const TilePath& path);

/// How many hashes row `level` of a tree has.
std::uint64_t tile_row_length(std::uint8_t level, LogSize size);
/// Does a tree of this size have all hashes (or entries) of that tile?
bool tile_exists(const TilePath& path, LogSize size);

/// What one row of a tree consists of: full tiles 0 to full_tiles - 1, then one partial tile unless
/// its width is 0.
struct TileRow {
  std::uint8_t level = 0;
  std::uint64_t full_tiles = 0;
  std::uint32_t partial_width = 0;
  bool operator==(const TileRow&) const = default;
};
/// The rows that are not empty, level 0 first. Row 0 is also the row of entry bundles.
std::vector<TileRow> tile_rows(LogSize size);

/// Appends `u16 length || entry`. Asserts that the entry fits 65,535 bytes.
void put_bundle_entry(Bytes& bundle, BytesView entry);
/// Exactly `count` entries, as views into `bundle`. Code::malformed.
Result<std::vector<BytesView>> decode_entry_bundle(BytesView bundle, std::uint32_t count);

/// `hashes` joined: the body of a tile.
Bytes encode_tile(std::span<const Digest> hashes);
/// Exactly `count` hashes. Code::malformed.
Result<std::vector<Digest>> decode_tile(BytesView tile, std::uint32_t count);

/// Where rows come from: a store, a folder of tiles, a server.
class TileRowReader {
 public:
  virtual ~TileRowReader() = default;
  /// Exactly `count` (1 to 256, never over the end of a tile) hashes of row `tile_level` from
  /// `first_index` on.
  virtual Result<std::vector<Digest>> read(std::uint8_t tile_level, std::uint64_t first_index,
                                           std::size_t count) = 0;
};

/// Computes any complete subtree's hash from rows. `rows` must outlive it.
class TileHashReader final : public HashReader {
 public:
  explicit TileHashReader(TileRowReader& rows) : rows_(rows) {}
  Result<Digest> read(NodeId complete_subtree) override;

 private:
  TileRowReader& rows_;
};

/// Appends to `frontier` and calls `added(std::uint8_t tile_level, std::uint64_t index, const
/// Digest&)` for every hash that the rows gain, row 0 first.
template <class Added>
void append_to_rows(Frontier& frontier, const Digest& leaf, Added&& added) {
  frontier.append(leaf, [&](NodeId node, const Digest& hash) {
    if (node.level % 8 == 0) added(static_cast<std::uint8_t>(node.level / 8), node.index, hash);
  });
}

}  // namespace tallinn
