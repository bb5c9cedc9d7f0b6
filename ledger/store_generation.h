// Generations of what is derived by the fold: `views` and `undo` stand in column families of their
// generation, so that they can be made anew beside those that are read. Shell; private to
// ledger/store_*. The first generation's families are "views" and "undo", those of generation n
// "views.n" and "undo.n"; Family::meta says which one is read: key "generation", value u32.
#pragma once

#include <rocksdb/db.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "ledger/store_db.h"

namespace tallinn {

inline constexpr std::string_view kGenerationKey = "generation";

/// Is it made anew with each generation?
constexpr bool has_generations(Family family) {
  return family == Family::views || family == Family::undo;
}

/// The open families of one generation. Whoever reads them shares it: also when they are dropped,
/// what is in them stays until the last one has gone. Must go before the database is closed.
class Generation {
 public:
  Generation(rocksdb::DB& db, std::uint32_t number) : db_(db), number_(number) {}
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  std::uint32_t number() const { return number_; }
  /// Null: it is away, and so is empty.
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return family == Family::views ? views_ : undo_;
  }
  std::string name(Family family) const;
  /// Makes a family that is away.
  rocksdb::Status create(Family family, const rocksdb::ColumnFamilyOptions& shape);
  void take(Family family, rocksdb::ColumnFamilyHandle* handle);
  /// Drops a family; who reads it goes on. Away: nothing.
  rocksdb::Status drop(Family family) const;
  /// Closes a dropped family, which nobody reads.
  void close(Family family);

 private:
  rocksdb::ColumnFamilyHandle*& slot(Family family) {
    return family == Family::views ? views_ : undo_;
  }

  rocksdb::DB& db_;
  const std::uint32_t number_;
  rocksdb::ColumnFamilyHandle* views_ = nullptr;
  rocksdb::ColumnFamilyHandle* undo_ = nullptr;
};

struct GenerationFamily {
  std::uint32_t number;
  Family family;
};
/// What a column family's name says; nothing: it is no family of a generation.
std::optional<GenerationFamily> parse_generation_family(std::string_view name);

Bytes generation_value(std::uint32_t number);
/// Fault corrupt when it does not read.
Stored<std::uint32_t> parse_generation_value(BytesView value);

}  // namespace tallinn
