#include "ledger/store_scratch.h"

#include <stdlib.h>

#include <system_error>

namespace tallinn {

Result<std::unique_ptr<ScratchStore>> ScratchStore::make() {
  std::error_code error;
  const std::filesystem::path below = std::filesystem::temp_directory_path(error);
  std::string name = (below / "tallinn-scratch-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    return refuse(Code::unavailable,
                  "cannot make a scratch folder " + name + ": " +
                      (error ? error.message() : std::generic_category().message(errno)) +
                      "; set TMPDIR to a folder with room");
  std::unique_ptr<ScratchStore> scratch(new ScratchStore(name));
  auto store = Store::open(name + "/db", {.disk = {}, .cache_bytes = 16u << 20, .scratch = true});
  if (!store) return refuse(Code::unavailable, store.error().detail);
  scratch->store_ = std::move(*store);
  return scratch;
}

ScratchStore::~ScratchStore() {
  store_.reset();
  std::error_code left;  // a folder that stays is below TMPDIR, where the system clears up
  std::filesystem::remove_all(folder_, left);
}

}  // namespace tallinn
