#include "ledger/tiles.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/ledger/slow_tree.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Rows in memory, filled as a store fills them.
class Rows final : public TileRowReader {
 public:
  void grow(Frontier& frontier, const Digest& leaf) {
    append_to_rows(frontier, leaf,
                   [&](std::uint8_t level, std::uint64_t index, const Digest& hash) {
                     CHECK(rows_[level].size() == index);
                     rows_[level].push_back(hash);
                   });
  }
  Result<std::vector<Digest>> read(std::uint8_t level, std::uint64_t first,
                                   std::size_t count) override {
    const auto& row = rows_[level];
    if (first + count > row.size()) return refuse(Code::not_found, "outside the row");
    const auto from = row.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<Digest>(from, from + static_cast<std::ptrdiff_t>(count));
  }
  std::size_t length(std::uint8_t level) { return rows_[level].size(); }

 private:
  std::map<std::uint8_t, std::vector<Digest>> rows_;
};

}  // namespace

TEST_CASE("names of tiles are spelled as the specification spells them, and read back") {
  using Kind = TilePath::Kind;
  const std::vector<std::pair<TilePath, std::string>> table{
      {{Kind::hashes, 0, 0, 256}, "tile/0/000"},
      {{Kind::hashes, 0, 1234067, 256}, "tile/0/x001/x234/067"},
      {{Kind::hashes, 5, 1000, 1}, "tile/5/x001/000.p/1"},
      {{Kind::hashes, 1, 999, 255}, "tile/1/999.p/255"},
      {{Kind::entries, 0, 42, 256}, "tile/entries/042"},
      {{Kind::entries, 0, 1000000, 7}, "tile/entries/x001/x000/000.p/7"},
  };
  for (const auto& [path, text] : table) {
    CHECK(format_tile_path(path) == text);
    CHECK(parse_tile_path(text).value() == path);
  }
}

TEST_CASE("a name of a tile that is not in its one spelling is refused") {
  for (std::string_view text : {"",
                                "tile",
                                "tile/0",
                                "tile/0/",
                                "tile/0/0",
                                "tile/0/00",
                                "tile/0/0000",
                                "tile/00/000",
                                "tile/6/000",
                                "tile/-1/000",
                                "tile/0/x000/001",
                                "tile/0/001/000",
                                "tile/0/x001/x000",
                                "tile/0/000.p/0",
                                "tile/0/000.p/256",
                                "tile/0/000.p/01",
                                "tile/0/000.p/",
                                "tile/0/000.p",
                                "/tile/0/000",
                                "tile/0/000/",
                                "tile/entry/000",
                                "tile/entries/000.p/1.p/1",
                                "tile/0/xx1/000",
                                "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                "tile/0/000\n"})
    CHECK_MESSAGE(parse_tile_path(text).error().code == Code::malformed, text);
}

TEST_CASE("a tree has the tiles that its size gives it, no others") {
  CHECK(tile_rows(LogSize(0)).empty());
  CHECK(tile_rows(LogSize(255)) == std::vector<TileRow>{{0, 0, 255}});
  CHECK(tile_rows(LogSize(256)) == std::vector<TileRow>{{0, 1, 0}, {1, 0, 1}});
  CHECK(tile_rows(LogSize(70000)) == std::vector<TileRow>{{0, 273, 112}, {1, 1, 17}, {2, 0, 1}});
  const auto exists = [](std::string_view path, std::uint64_t size) {
    return tile_exists(parse_tile_path(path).value(), LogSize(size));
  };
  CHECK(exists("tile/0/000.p/5", 5));
  CHECK(exists("tile/0/000.p/4", 5));
  CHECK_FALSE(exists("tile/0/000.p/6", 5));
  CHECK_FALSE(exists("tile/0/000", 255));
  CHECK(exists("tile/0/000", 256));
  CHECK_FALSE(exists("tile/0/001.p/1", 256));
  CHECK(exists("tile/entries/001.p/1", 257));
  CHECK_FALSE(exists("tile/1/000.p/1", 255));
  CHECK(exists("tile/1/000.p/1", 256));
}

TEST_CASE("every complete subtree of 600 leaves is computed from rows alone") {
  const auto leaves = make_leaves(600);
  SlowHashes slow(leaves);
  Rows rows;
  Frontier frontier;
  for (const Digest& leaf : leaves) rows.grow(frontier, leaf);
  TileHashReader reader(rows);
  for (std::uint8_t level = 0; level < 10; ++level)
    for (std::uint64_t index = 0; ((index + 1) << level) <= 600; ++index)
      REQUIRE(reader.read({.level = level, .index = index}).value() ==
              slow.read({.level = level, .index = index}).value());
  CHECK(rows.length(0) == tile_row_length(0, LogSize(600)));
  CHECK(rows.length(1) == tile_row_length(1, LogSize(600)));
  CHECK(rows.length(1) == 2);
  CHECK_FALSE(reader.read({.level = 9, .index = 1}));
}

TEST_CASE("proofs and frontiers from rows are those of the tree") {
  const auto leaves = make_leaves(777);
  Rows rows;
  Frontier frontier;
  for (const Digest& leaf : leaves) rows.grow(frontier, leaf);
  TileHashReader reader(rows);
  CHECK(Frontier::load(LogSize(777), reader).value() == frontier);
  const auto proof = prove_inclusion(LogIndex(300), LogSize(777), reader).value();
  CHECK(check_inclusion(LogIndex(300), LogSize(777), leaves[300], proof, frontier.root()));
}

TEST_CASE("an entry bundle gives back its entries and nothing else") {
  const std::vector<std::string> entries{"", "a", std::string(65535, 'x')};
  Bytes bundle;
  for (const auto& entry : entries) put_bundle_entry(bundle, entry);
  CHECK(bundle.substr(0, 5) == Bytes("\0\0\0\1a", 5));
  const auto decoded = decode_entry_bundle(bundle, 3).value();
  CHECK(std::vector<std::string>(decoded.begin(), decoded.end()) == entries);
  CHECK_FALSE(decode_entry_bundle(bundle, 2));
  CHECK_FALSE(decode_entry_bundle(bundle, 4));
  CHECK_FALSE(decode_entry_bundle(bundle.substr(0, bundle.size() - 1), 3));
  CHECK_FALSE(decode_entry_bundle("", 0));
  CHECK_FALSE(decode_entry_bundle(bundle, 257));
}

TEST_CASE("a tile's body is its hashes joined") {
  const auto leaves = make_leaves(3);
  const Bytes tile = encode_tile(leaves);
  CHECK(tile.size() == 96);
  CHECK(decode_tile(tile, 3).value() == leaves);
  CHECK_FALSE(decode_tile(tile, 2));
  CHECK_FALSE(decode_tile(tile + "x", 3));
}
