#include "tools/audit_kept.h"

#include "ledger/store_checkpoints.h"
#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "tools/shell.h"

namespace tallinn {

Result<std::vector<std::string>> checkpoints_in(const StoreReader& store, LogId log) {
  auto kept = stored_checkpoints(store, log);
  if (!kept) return std::unexpected(error_from(kept.error()));
  return *std::move(kept);
}

Result<void> earlier_state_notes_in(const StoreReader& store,
                                    const std::optional<std::string>& newest,
                                    const LogSource::OnNote& on_note) {
  if (!newest) return {};
  const auto scanned = store.scan(Family::notes, notes::state_begin(), notes::state_end(),
                                  [&](BytesView, BytesView text) {
                                    if (text == *newest) return StoreReader::Next::stop;
                                    on_note(std::string(text));
                                    return StoreReader::Next::go_on;
                                  });
  if (!scanned) return std::unexpected(error_from(scanned.error()));
  return {};
}

Result<std::optional<std::string>> state_note_in(const StoreReader& store, const Roster& roster) {
  const auto joint = newest_joint_state(store, roster);
  if (!joint) return std::unexpected(error_from(joint.error()));
  if (!*joint) return std::optional<std::string>();
  auto text = store.get(Family::notes, notes::state_key((*joint)->settled));
  if (!text) return std::unexpected(error_from(text.error()));
  return *std::move(text);
}

}  // namespace tallinn
