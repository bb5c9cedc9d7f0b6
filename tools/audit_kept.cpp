#include "tools/audit_kept.h"

#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "tools/shell.h"

namespace tallinn {

Result<std::vector<std::string>> checkpoints_in(const StoreReader& store, const Charter& charter,
                                                LogId log) {
  std::vector<std::string> found;
  std::vector<Bytes> keys{notes::checkpoint_key(log)};
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    keys.push_back(notes::cosigned_key(log, OfficeNumber(n)));
  for (const Bytes& key : keys) {
    auto text = store.get(Family::notes, key);
    if (!text) return std::unexpected(error_from(text.error()));
    if (*text) found.push_back(**std::move(text));
  }
  return found;
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
