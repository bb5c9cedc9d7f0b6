#include "net/fsck_size.h"

#include <algorithm>

#include "ledger/store_log.h"

namespace tallinn {
namespace {

/// The greatest index + 1 below `end` among keys of `key_bytes` bytes.
Stored<std::uint64_t> stored_length(const StoreReader& store, Family family, BytesView begin,
                                    BytesView end, std::size_t key_bytes) {
  std::uint64_t length = 0;
  const auto scanned = store.scan_back(family, begin, end, [&](BytesView key, BytesView) {
    if (key.size() != key_bytes) return StoreReader::Next::go_on;
    std::uint64_t index = 0;
    for (const char c : key.substr(key_bytes - sizeof index))
      index = index << 8 | static_cast<std::uint8_t>(c);
    length = index + 1;
    return StoreReader::Next::stop;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return length;
}

}  // namespace

Stored<LogSize> expected_size(const StoreReader& store, LogId id, const SaidOfLogs& said) {
  std::uint64_t signed_size = 0;
  std::uint64_t must_hold = 0;
  if (const auto found = said.find(id); found != said.end()) {
    for (const SignedRoot& root : found->second.roots)
      signed_size = std::max(signed_size, root.size.value());
    must_hold = found->second.must_hold.value();
  }
  const auto entries =
      stored_length(store, Family::entries, log_begin(id), log_end(id), kPlaceKeyBytes);
  if (!entries && entries.error().kind == Fault::io) return std::unexpected(entries.error());
  std::uint64_t size = entries ? *entries : signed_size;
  if (size > signed_size) {
    const std::uint64_t last = size;
    size = signed_size;
    const auto scanned =
        store.scan(Family::entries, place_key({id, LogIndex(signed_size)}), log_end(id),
                   [&](BytesView key, BytesView) {
                     if (key.size() != kPlaceKeyBytes || parse_place_key(key).index.value() != size)
                       return StoreReader::Next::stop;
                     ++size;
                     return StoreReader::Next::go_on;
                   });
    if (!scanned && scanned.error().kind == Fault::io) return std::unexpected(scanned.error());
    if (!scanned) size = last;
  } else {
    const auto rows = stored_length(store, Family::rows, row_key(id, 0, 0), row_key(id, 1, 0),
                                    row_key(id, 0, 0).size());
    if (!rows && rows.error().kind == Fault::io) return std::unexpected(rows.error());
    if (rows) size = std::max(size, std::min(*rows, signed_size));
  }
  return LogSize(std::max(size, must_hold));
}

Stored<std::optional<Digest>> root_of_leaf_row(const StoreReader& store, LogId id, LogSize size) {
  Frontier frontier;
  const auto scanned = store.scan(Family::rows, row_key(id, 0, 0), row_key(id, 0, size.value()),
                                  [&](BytesView key, BytesView value) {
                                    const auto hash = Digest::from(value);
                                    if (!hash || key != row_key(id, 0, frontier.size().value()))
                                      return StoreReader::Next::stop;
                                    frontier.append(*hash);
                                    return StoreReader::Next::go_on;
                                  });
  if (!scanned && scanned.error().kind == Fault::io) return std::unexpected(scanned.error());
  if (!scanned || frontier.size() != size) return std::optional<Digest>();
  return std::optional(frontier.root());
}

}  // namespace tallinn
