// NextGeneration: views and undo records made anew beside those that a node reads, in column
// families of their own: Store::begin_next makes it, Store::commit_next puts it in their place.
// Shell. One caller at a time, on any thread, while the store is written to. Reads everything else
// as the store has it now. Writes give way to the store's own when RocksDB has fallen behind. One
// that was not put in place goes with this object, or at the store's next opening.
#pragma once

#include "ledger/store_db.h"

namespace tallinn {

class NextGeneration final : public DerivedStore {
 public:
  ~NextGeneration() override;
  NextGeneration(const NextGeneration&) = delete;
  NextGeneration& operator=(const NextGeneration&) = delete;

  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override;
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override;
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override;
  /// Only views and undo records.
  Stored<void> commit_derived(Batch batch) override;
  Stored<void> flush() override;

 private:
  friend class Store;
  struct Impl;
  explicit NextGeneration(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
