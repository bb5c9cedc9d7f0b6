#include "net/state_notes.h"

#include <algorithm>

#include "ledger/store_notes.h"

namespace tallinn {

Result<std::vector<LogId>> state_signers(const Note& note, const Roster& roster) {
  const auto verified = verify_note(note, roster.state_keys());
  if (!verified) return std::unexpected(verified.error());
  std::vector<LogId> signers;
  for (const auto& [id, log] : roster.logs())
    if (signed_by(*verified, log.state)) signers.push_back(id);
  return signers;
}

bool signed_by_all(const std::vector<LogId>& signers, const Roster& roster, Lamport settled) {
  return std::ranges::includes(signers, roster.in_force_at(settled));
}

Stored<std::optional<StateNote>> newest_joint_state(const StoreReader& store,
                                                    const Roster& roster) {
  std::optional<StateNote> newest;
  const auto scanned = store.scan_back(
      Family::notes, notes::state_begin(), notes::state_end(), [&](BytesView, BytesView text) {
        const auto note = parse_note(text);
        const auto signers = note ? state_signers(*note, roster) : std::unexpected(note.error());
        const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
        if (!signers || !parsed || !signed_by_all(*signers, roster, parsed->settled))
          return StoreReader::Next::go_on;
        newest = *parsed;
        return StoreReader::Next::stop;
      });
  if (!scanned) return std::unexpected(scanned.error());
  return newest;
}

Stored<StateNote> state_note_at(const StoreReader& store, const Charter& charter,
                                const Roster& roster, std::span<const HeldLog> held,
                                Lamport settled, std::uint32_t rules) {
  StateNote note{.ledger = charter.ledger,
                 .rules = rules,
                 .settled = settled,
                 .logs = {},
                 .records = 0,
                 .state = {}};
  StoredLogs logs(store);
  for (const HeldLog& one : held) {
    if (!roster.opened_by(one.log, settled)) continue;
    const auto prefix = logs.prefix_at(one.log, settled);
    if (!prefix) return std::unexpected(prefix.error());
    const LogSize size = roster.within({one.log, *prefix});
    const auto root = logs.root(one.log, size);
    if (!root) return std::unexpected(root.error());
    note.logs.push_back({charter.origin(one.log), size, *root});
  }
  return note;
}

Stored<void> leave_out_later(const StoreReader& store, Lamport settled, ViewsAt& views) {
  const Position first_later{.lamport = Lamport(settled.value() + 1), .place = {}};
  return store.scan(Family::undo, position_key(first_later), {}, [&](BytesView, BytesView undo) {
    views.leave_out(decode_undo(undo));
    return StoreReader::Next::go_on;
  });
}

}  // namespace tallinn
