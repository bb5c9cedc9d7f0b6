#include "ledger/tiles.h"

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

std::unexpected<Error> not_a_tile() {
  return refuse(Code::malformed, "not the name of a tile");
}

/// "x001/x234/067" for 1234067.
std::string format_index(std::uint64_t index) {
  std::string text;
  for (bool last = true; last || index != 0; last = false, index /= 1000) {
    std::string group = std::to_string(index % 1000);
    group.insert(0, 3 - group.size(), '0');
    text = last ? group : "x" + group + "/" + text;
  }
  return text;
}

/// The inverse, leniently: the caller formats again and compares.
std::optional<std::uint64_t> parse_index(std::string_view text) {
  std::uint64_t index = 0;
  if (text.size() > 40) return std::nullopt;
  for (char c : text) {
    if (c == 'x' || c == '/') continue;
    if (c < '0' || c > '9' || index > (UINT64_MAX - 9) / 10) return std::nullopt;
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return index;
}

}  // namespace

Result<TilePath> parse_tile_path(std::string_view path) {
  TilePath tile;
  std::string_view rest = path;
  if (!rest.starts_with("tile/")) return not_a_tile();
  rest.remove_prefix(5);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return not_a_tile();
  const std::string_view level_text = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  if (level_text == "entries") {
    tile.kind = TilePath::Kind::entries;
  } else {
    const auto level = parse_decimal(level_text);
    if (!level || *level >= kTileLevels) return not_a_tile();
    tile.level = static_cast<std::uint8_t>(*level);
  }
  if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
    const auto width = parse_decimal(rest.substr(partial + 3));
    if (!width || *width == 0 || *width >= kTileWidth) return not_a_tile();
    tile.width = static_cast<std::uint32_t>(*width);
    rest = rest.substr(0, partial);
  }
  const auto index = parse_index(rest);
  if (!index) return not_a_tile();
  tile.index = *index;
  if (format_tile_path(tile) != path) return not_a_tile();
  return tile;
}

std::string format_tile_path(const TilePath& path) {
  std::string text = "tile/";
  text += path.kind == TilePath::Kind::entries ? "entries" : std::to_string(path.level);
  text += "/" + format_index(path.index);
  if (path.width != kTileWidth) text += ".p/" + std::to_string(path.width);
  return text;
}

std::uint64_t tile_row_length(std::uint8_t level, LogSize size) {
  return level < 8 ? size.value() >> (8 * level) : 0;
}

bool tile_exists(const TilePath& path, LogSize size) {
  const std::uint64_t length = tile_row_length(path.level, size);
  if (path.width == 0 || path.width > kTileWidth || path.index > length / kTileWidth) return false;
  return path.width <= length - path.index * kTileWidth;
}

std::vector<TileRow> tile_rows(LogSize size) {
  std::vector<TileRow> rows;
  for (std::uint8_t level = 0; level < kTileLevels; ++level) {
    const std::uint64_t length = tile_row_length(level, size);
    if (length == 0) break;
    rows.push_back({.level = level,
                    .full_tiles = length / kTileWidth,
                    .partial_width = static_cast<std::uint32_t>(length % kTileWidth)});
  }
  return rows;
}

void put_bundle_entry(Bytes& bundle, BytesView entry) {
  put_framed16(bundle, entry);
}

Result<std::vector<BytesView>> decode_entry_bundle(BytesView bundle, std::uint32_t count) {
  if (count == 0 || count > kTileWidth)
    return refuse(Code::malformed, "an entry bundle has 1 to 256 entries");
  WireReader reader(bundle);
  std::vector<BytesView> entries;
  for (std::uint32_t i = 0; i < count; ++i) entries.push_back(reader.framed16());
  if (!reader.done())
    return refuse(Code::malformed, "the entry bundle does not hold the entries it should");
  return entries;
}

Bytes encode_tile(std::span<const Digest> hashes) {
  Bytes tile;
  tile.reserve(hashes.size() * Digest::kSize);
  for (const Digest& hash : hashes) tile += hash.view();
  return tile;
}

Result<std::vector<Digest>> decode_tile(BytesView tile, std::uint32_t count) {
  if (count == 0 || count > kTileWidth || tile.size() != count * Digest::kSize)
    return refuse(Code::malformed, "the tile does not hold the hashes it should");
  std::vector<Digest> hashes(count);
  for (std::size_t i = 0; i < hashes.size(); ++i)
    std::memcpy(hashes[i].bytes.data(), tile.data() + i * Digest::kSize, Digest::kSize);
  return hashes;
}

Result<Digest> TileHashReader::read(NodeId complete_subtree) {
  const auto tile_level = static_cast<std::uint8_t>(complete_subtree.level / 8);
  const unsigned height = complete_subtree.level % 8;
  const std::size_t count = std::size_t{1} << height;
  auto hashes = rows_.read(tile_level, complete_subtree.index << height, count);
  if (!hashes) return std::unexpected(hashes.error());
  if (hashes->size() != count) return refuse(Code::failed, "a row of tree hashes is too short");
  for (std::size_t left = count / 2; left > 0; left /= 2)
    for (std::size_t i = 0; i < left; ++i)
      (*hashes)[i] = node_hash((*hashes)[2 * i], (*hashes)[2 * i + 1]);
  return hashes->front();
}

}  // namespace tallinn
