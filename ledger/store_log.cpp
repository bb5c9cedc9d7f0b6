#include "ledger/store_log.h"

#include <algorithm>

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/sha256.h"
#include "ledger/store_tree.h"

namespace tallinn {

namespace {

Bytes log_key(LogId log) {
  Bytes key;
  put_log(key, log);
  return key;
}

/// The first key after every key that begins so; empty when there is none.
Bytes after_prefix(Bytes prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty())
    prefix.back() = static_cast<char>(static_cast<std::uint8_t>(prefix.back()) + 1);
  return prefix;
}

Place read_place(WireReader& reader) {
  const LogId log = reader.log();
  return {.log = log, .index = LogIndex(reader.be<std::uint64_t>())};
}

std::unexpected<Fault> no_place() {
  return broken(Fault::corrupt, "a record among the entries has no place as its key");
}

std::unexpected<Fault> lacks(LogId log, std::uint64_t index, std::string_view what) {
  return broken(Fault::corrupt, words_of(log) + " lacks its " + std::string(what) + " " +
                                    std::to_string(index) + " in the store");
}

}  // namespace

std::string words_of(LogId log) {
  return "the log " + std::to_string(log.office.value()) + "/" + std::to_string(log.epoch.value());
}

Bytes log_begin(LogId log) {
  return log_key(log);
}
Bytes log_end(LogId log) {
  return after_prefix(log_key(log));
}

Bytes row_key(LogId log, std::uint8_t tile_level, std::uint64_t index) {
  Bytes key = log_key(log);
  put_be(key, tile_level);
  put_be(key, index);
  return key;
}

Bytes id_key(const Uuid& id, const Place& place) {
  return Bytes(id.view()) + place_key(place);
}

Bytes place_key(const Place& place) {
  Bytes key = log_key(place.log);
  put_be(key, place.index.value());
  return key;
}

Place parse_place_key(BytesView key) {
  WireReader reader(key);
  const Place place = read_place(reader);
  TALLINN_ASSERT(reader.done());
  return place;
}

Bytes position_key(const Position& position) {
  Bytes key;
  put_be(key, position.lamport.value());
  return key + place_key(position.place);
}

Position parse_position_key(BytesView key) {
  WireReader reader(key);
  const Lamport lamport(reader.be<std::uint64_t>());
  const Place place = read_place(reader);
  TALLINN_ASSERT(reader.done());
  return {.lamport = lamport, .place = place};
}

Stored<std::vector<LogId>> StoredLogs::logs() const {
  std::vector<LogId> found;
  for (Bytes begin;;) {
    const std::size_t before = found.size();
    bool damaged = false;
    const auto first = [&](BytesView key, BytesView) {
      damaged = key.size() != kPlaceKeyBytes;
      if (!damaged) found.push_back(parse_place_key(key).log);
      return StoreReader::Next::stop;
    };
    if (auto scanned = store_.scan(Family::entries, begin, {}, first); !scanned)
      return std::unexpected(scanned.error());
    if (damaged) return no_place();
    if (found.size() == before) return found;
    begin = after_prefix(log_key(found.back()));
    if (begin.empty()) return found;
  }
}

Stored<LogSize> StoredLogs::size(LogId log) const {
  LogSize size(0);
  bool damaged = false;
  const auto last = [&](BytesView key, BytesView) {
    damaged = key.size() != kPlaceKeyBytes;
    if (!damaged) size = LogSize(parse_place_key(key).index.value() + 1);
    return StoreReader::Next::stop;
  };
  const Bytes begin = log_key(log);
  if (auto scanned = store_.scan_back(Family::entries, begin, after_prefix(begin), last); !scanned)
    return std::unexpected(scanned.error());
  if (damaged) return no_place();
  return size;
}

Stored<std::vector<HeldLog>> StoredLogs::held() const {
  const auto ids = logs();
  if (!ids) return std::unexpected(ids.error());
  std::vector<HeldLog> out;
  for (const LogId id : *ids) {
    const auto held = size(id);
    if (!held) return std::unexpected(held.error());
    out.push_back({id, *held});
  }
  return out;
}

Stored<std::uint64_t> StoredLogs::entries() const {
  const auto ids = logs();
  if (!ids) return std::unexpected(ids.error());
  std::uint64_t count = 0;
  for (const LogId id : *ids) {
    const auto held = size(id);
    if (!held) return std::unexpected(held.error());
    count += held->value();
  }
  return count;
}

Stored<Bytes> StoredLogs::entry(const Place& place) const {
  auto bytes = store_.get(Family::entries, place_key(place));
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return lacks(place.log, place.index.value(), "entry");
  return std::move(**bytes);
}

Stored<void> StoredLogs::each(
    LogId log, LogIndex begin, LogIndex end,
    const std::function<StoreReader::Next(LogIndex, BytesView)>& visit) const {
  std::uint64_t expected = begin.value();
  bool gap = false;
  const auto one = [&](BytesView key, BytesView bytes) {
    gap = key.size() != kPlaceKeyBytes || parse_place_key(key).index.value() != expected;
    if (gap) return StoreReader::Next::stop;
    return visit(LogIndex(expected++), bytes);
  };
  auto scanned = store_.scan(Family::entries, place_key({log, begin}), place_key({log, end}), one);
  if (scanned && gap) return lacks(log, expected, "entry");
  return scanned;
}

Stored<Lamport> StoredLogs::lamport_at(LogId log, LogIndex index) {
  const auto bytes = entry({log, index});
  if (!bytes) return std::unexpected(bytes.error());
  const auto decoded = decode_entry(*bytes);
  if (!decoded)
    return broken(Fault::corrupt, words_of(log) + ", entry " + std::to_string(index.value()) +
                                      ": " + decoded.error().detail);
  return decoded->lamport;
}

Stored<LogSize> StoredLogs::prefix_at(LogId log, Lamport lamport) {
  const auto held = size(log);
  if (!held) return held;
  std::uint64_t low = 0;
  std::uint64_t high = held->value();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto at = lamport_at(log, LogIndex(middle));
    if (!at) return std::unexpected(at.error());
    if (*at > lamport)
      high = middle;
    else
      low = middle + 1;
  }
  return LogSize(low);
}

Stored<std::vector<StoredLogs::IdPlace>> StoredLogs::places_of(const Uuid& id) const {
  std::vector<IdPlace> places;
  bool damaged = false;
  const auto one = [&](BytesView key, BytesView value) {
    const auto event = Digest::from(value);
    damaged = key.size() != Uuid::kSize + kPlaceKeyBytes || !event;
    if (damaged) return StoreReader::Next::stop;
    places.push_back({.place = parse_place_key(key.substr(Uuid::kSize)), .event = *event});
    return StoreReader::Next::go_on;
  };
  const Bytes begin(id.view());
  if (auto scanned = store_.scan(Family::ids, begin, after_prefix(begin), one); !scanned)
    return std::unexpected(scanned.error());
  if (damaged) return broken(Fault::corrupt, "the store's index of event ids is damaged");
  return places;
}

Stored<Digest> StoredLogs::root(LogId log, LogSize size) const {
  return StoredTree(store_, log, size).root();
}

Stored<std::vector<Digest>> StoredLogs::inclusion(const Place& place, LogSize size) const {
  return StoredTree(store_, place.log, size).inclusion(place.index);
}

Stored<std::vector<Digest>> StoredLogs::consistency(LogId log, LogSize old_size,
                                                    LogSize new_size) const {
  return StoredTree(store_, log, new_size).consistency_from(old_size);
}

Stored<Frontier> StoredLogs::frontier(LogId log, LogSize size) const {
  return StoredTree(store_, log, size).frontier();
}

Stored<std::vector<Digest>> StoredLogs::row(LogId log, std::uint8_t tile_level, std::uint64_t first,
                                            std::size_t count) const {
  std::vector<Digest> hashes;
  hashes.reserve(count);
  bool damaged = false;
  const Bytes begin = row_key(log, tile_level, first);
  const std::size_t prefix = begin.size() - sizeof(std::uint64_t);
  const auto one = [&](BytesView key, BytesView value) {
    const auto hash = Digest::from(value);
    WireReader index(key.substr(prefix));
    damaged = !hash || index.be<std::uint64_t>() != first + hashes.size();
    if (damaged) return StoreReader::Next::stop;
    hashes.push_back(*hash);
    return StoreReader::Next::go_on;
  };
  if (auto scanned = store_.scan(Family::rows, begin, row_key(log, tile_level, first + count), one);
      !scanned)
    return std::unexpected(scanned.error());
  if (damaged || hashes.size() != count) return lacks(log, first + hashes.size(), "tree hash");
  return hashes;
}

Stored<Bytes> StoredLogs::tile(LogId log, const TilePath& path) const {
  const std::uint64_t first = path.index * kTileWidth;
  if (path.kind == TilePath::Kind::hashes) {
    const auto hashes = row(log, path.level, first, path.width);
    if (!hashes) return std::unexpected(hashes.error());
    return encode_tile(*hashes);
  }
  Bytes bundle;
  std::uint64_t end = first;
  const auto read =
      each(log, LogIndex(first), LogIndex(first + path.width), [&](LogIndex, BytesView entry) {
        put_bundle_entry(bundle, entry);
        ++end;
        return StoreReader::Next::go_on;
      });
  if (!read) return std::unexpected(read.error());
  if (end != first + path.width) return lacks(log, end, "entry");
  return bundle;
}

Stored<std::vector<WithheldValue>> StoredLogs::withheld_of(const Uuid& event) const {
  std::vector<WithheldValue> values;
  bool damaged = false;
  const auto one = [&](BytesView key, BytesView stored) {
    WireReader reader(stored);
    const auto salt = reader.fixed<Salt>();
    damaged = !reader.ok();
    if (damaged) return StoreReader::Next::stop;
    values.push_back({.event = event,
                      .field = Name(std::string(key.substr(Uuid::kSize))),
                      .salt = salt,
                      .value = Bytes(stored.substr(Salt::kSize))});
    return StoreReader::Next::go_on;
  };
  const Bytes begin(event.view());
  if (auto scanned = store_.scan(Family::withheld, begin, after_prefix(begin), one); !scanned)
    return std::unexpected(scanned.error());
  if (damaged) return broken(Fault::corrupt, "a withheld value in the store is damaged");
  return values;
}

Digest LogWriter::append(Batch& batch, BytesView entry_bytes, const Uuid& id,
                         BytesView event_bytes) {
  const Bytes key = place_key({log_, LogIndex(frontier_.size().value())});
  const Digest leaf = leaf_hash(entry_bytes);
  batch.put(Family::entries, key, entry_bytes);
  batch.put(Family::ids, id_key(id, {log_, LogIndex(frontier_.size().value())}),
            sha256(event_bytes).view());
  append_to_rows(frontier_, leaf,
                 [&](std::uint8_t tile_level, std::uint64_t index, const Digest& hash) {
                   batch.put(Family::rows, row_key(log_, tile_level, index), hash.view());
                 });
  return leaf;
}

Bytes withheld_key(const Uuid& event, const Name& field) {
  return Bytes(event.view()) + field.value();
}

}  // namespace tallinn
