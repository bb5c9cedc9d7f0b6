// What the last rebuild beside a running node found: a mark in the store, put there with the views
// that it made. Shell over a store. In Family::meta, key "rebuilt", value entries u64, differences
// u64, time u64 in milliseconds.
#pragma once

#include <optional>

#include "events/strong.h"
#include "ledger/store_db.h"

namespace tallinn {

struct Rebuilt {
  std::uint64_t entries = 0;
  std::uint64_t differences = 0;  ///< records of the views of before that were not what they should
  UnixMillis at;
  bool operator==(const Rebuilt&) const = default;
};

void put_rebuilt(Batch& batch, const Rebuilt& rebuilt);
/// Nothing: there was none. Fault corrupt when the mark does not read.
Stored<std::optional<Rebuilt>> last_rebuilt(const StoreReader& store);

}  // namespace tallinn
