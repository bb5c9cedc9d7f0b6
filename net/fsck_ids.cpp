#include "net/fsck_ids.h"

#include "events/event.h"
#include "ledger/sha256.h"
#include "ledger/store_log.h"

namespace tallinn {
namespace {

/// The id and hash that an entry's bytes give; nothing when they do not decode.
std::optional<KeyValue> id_record(const Place& place, BytesView bytes) {
  const auto entry = decode_entry(bytes);
  const auto header = entry ? decode_event_header(entry->event) : std::unexpected(entry.error());
  if (!header || entry->log != place.log) return std::nullopt;
  return KeyValue{id_key(header->id, place), Bytes(sha256(entry->event).view())};
}

}  // namespace

Stored<IdSum> sum_of_stored_ids(const StoreReader& store) {
  IdSum sum;
  const auto scanned = store.scan(Family::ids, {}, {}, [&](BytesView key, BytesView value) {
    sum.add(key, value);
    return StoreReader::Next::go_on;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return sum;
}

Stored<void> compare_ids(const StoreReader& store, const std::function<bool(const Place&)>& damaged,
                         const OnKeyDifference& found) {
  std::optional<Fault> fault;
  const auto ask = [&](BytesView key, BytesView bytes) {
    if (key.size() != kPlaceKeyBytes || damaged(parse_place_key(key))) return true;
    const auto expected = id_record(parse_place_key(key), bytes);
    if (!expected) return true;
    const auto stored = store.get(Family::ids, expected->first);
    if (!stored) {
      fault = stored.error();
      return false;
    }
    if (!*stored)
      found({Difference::Kind::missing, expected->first, expected->second, {}});
    else if (**stored != expected->second)
      found({Difference::Kind::differs, expected->first, expected->second, **stored});
    return true;
  };
  const auto next = [](bool on) { return on ? StoreReader::Next::go_on : StoreReader::Next::stop; };
  auto scanned = store.scan(Family::entries, {}, {},
                            [&](BytesView key, BytesView bytes) { return next(ask(key, bytes)); });
  if (fault) return std::unexpected(*fault);
  if (!scanned) return scanned;

  const auto look_back = [&](BytesView key, BytesView value) {
    if (key.size() == Uuid::kSize + kPlaceKeyBytes) {
      const Place place = parse_place_key(key.substr(Uuid::kSize));
      if (damaged(place)) return true;
      const auto bytes = store.get(Family::entries, place_key(place));
      if (!bytes) {
        fault = bytes.error();
        return false;
      }
      const auto expected = *bytes ? id_record(place, **bytes) : std::nullopt;
      if (expected && expected->first == key) return true;
    }
    found({Difference::Kind::unexpected, key, {}, value});
    return true;
  };
  scanned = store.scan(Family::ids, {}, {},
                       [&](BytesView key, BytesView value) { return next(look_back(key, value)); });
  if (fault) return std::unexpected(*fault);
  return scanned;
}

}  // namespace tallinn
