#include "ledger/store_checkpoints.h"

#include "ledger/checkpoint.h"
#include "ledger/store_notes.h"

namespace tallinn {

Stored<std::vector<std::string>> stored_checkpoints(const StoreReader& store, LogId log) {
  std::vector<std::string> found;
  auto newest = store.get(Family::notes, notes::checkpoint_key(log));
  if (!newest) return std::unexpected(newest.error());
  if (*newest) found.push_back(**std::move(newest));
  const auto scanned =
      store.scan(Family::notes, notes::cosigned_key(log, OfficeNumber(0)),
                 notes::cosigned_key(log, OfficeNumber(0xffff)), [&](BytesView, BytesView text) {
                   found.emplace_back(text);
                   return StoreReader::Next::go_on;
                 });
  if (!scanned) return std::unexpected(scanned.error());
  return found;
}

Stored<std::optional<ProvableCheckpoint>> provable_checkpoint(const StoreReader& store,
                                                              const HeldLog& held) {
  auto kept = stored_checkpoints(store, held.log);
  if (!kept) return std::unexpected(kept.error());
  std::optional<ProvableCheckpoint> best;
  for (std::string& text : *kept) {
    const auto found = checkpoint_in(text);
    if (!found || found->size > held.size || (best && best->size >= found->size)) continue;
    best = ProvableCheckpoint{.note = std::move(text), .size = found->size};
  }
  return best;
}

}  // namespace tallinn
