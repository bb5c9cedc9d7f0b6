// Comparing stored records with those that should be there, in key order and bounded memory. Shell
// over any StoreReader. Thread-safe as the readers are.
#pragma once

#include <span>

#include "ledger/differences.h"
#include "ledger/store_db.h"

namespace tallinn {

struct KeyDifference {
  Difference::Kind kind;  ///< missing, unexpected or differs
  BytesView key;
  BytesView expected;  ///< empty for an unexpected one
  BytesView stored;    ///< empty for a missing one
};
/// The views live until it returns.
using OnKeyDifference = std::function<void(const KeyDifference&)>;
using KeyValue = std::pair<Bytes, Bytes>;

/// `expected`: in ascending key order, all with begin <= key < end (empty `end`: to the last).
/// Cost: one scan.
Stored<void> compare_range(const StoreReader& store, Family family, BytesView begin, BytesView end,
                           std::span<const KeyValue> expected, const OnKeyDifference& found);

struct Compared {
  std::uint64_t records = 0;   ///< of `expected`
  std::optional<Bytes> begin;  ///< where to go on; nothing: that was all
};
/// Some of one family in two stores, from the key `begin` on: about `most` records, at most 4 MiB.
Stored<Compared> compare_some(const StoreReader& expected, const StoreReader& store, Family family,
                              BytesView begin, std::size_t most, const OnKeyDifference& found);

/// Everything of one family in two stores, from the key `begin` on. Answers how many records
/// `expected` has there.
Stored<std::uint64_t> compare_family(const StoreReader& expected, const StoreReader& store,
                                     Family family, BytesView begin, const OnKeyDifference& found);

}  // namespace tallinn
