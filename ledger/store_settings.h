// How RocksDB is set for a Store. Shell; private to ledger/store_*. Settings and reasons:
// docs/decisions, "RocksDB settings".
#pragma once

#include <rocksdb/db.h>

#include <memory>

#include "ledger/store_db.h"

namespace tallinn {

rocksdb::DBOptions database_options(const StoreOptions& options, rocksdb::Env* env);

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            const StoreOptions& options);

/// `at`: a snapshot, or null for the newest.
rocksdb::ReadOptions read_options(Family family, const rocksdb::Snapshot* at);

}  // namespace tallinn
