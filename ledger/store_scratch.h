// ScratchStore: a store for what is computed once and never kept, in a new folder of this user
// alone, removed with it. Shell.
#pragma once

#include <filesystem>
#include <memory>

#include "events/result.h"
#include "ledger/store_db.h"

namespace tallinn {

class ScratchStore {
 public:
  /// Below the folder for temporary files (TMPDIR). Code::unavailable.
  static Result<std::unique_ptr<ScratchStore>> make();
  ~ScratchStore();
  ScratchStore(const ScratchStore&) = delete;
  ScratchStore& operator=(const ScratchStore&) = delete;

  Store& store() { return *store_; }

 private:
  explicit ScratchStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace tallinn
