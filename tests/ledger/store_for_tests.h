// Stores that tests open, and short spellings for them.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "ledger/store_db.h"
#include "tests/support/files.h"

namespace tallinn::test {

inline std::unique_ptr<Store> open_store(const std::string& path, StoreOptions options = {}) {
  auto store = Store::open(path, std::move(options));
  INFO((store ? std::string() : store.error().detail));
  REQUIRE(store.has_value());
  return std::move(*store);
}
inline std::unique_ptr<Store> open_store(const std::shared_ptr<MemoryDisk>& disk) {
  return open_store("/store", {.disk = disk});
}

using Pairs = std::vector<std::pair<Bytes, Bytes>>;

inline Pairs read_all(const StoreReader& reader, Family family, BytesView begin = {},
                      BytesView end = {}) {
  Pairs pairs;
  const auto scanned = reader.scan(family, begin, end, [&](BytesView key, BytesView value) {
    pairs.emplace_back(key, value);
    return StoreReader::Next::go_on;
  });
  REQUIRE(scanned.has_value());
  return pairs;
}

inline Batch one_put(Family family, BytesView key, BytesView value) {
  Batch batch;
  batch.put(family, key, value);
  return batch;
}

}  // namespace tallinn::test
