#include "net/state_notes.h"

#include <algorithm>

#include "ledger/store_notes.h"

namespace tallinn {

Result<std::vector<OfficeNumber>> state_signers(const Note& note, const Charter& charter) {
  std::vector<VerifierKey> known;
  for (const CharterOffice& office : charter.offices) known.push_back(office.state);
  const auto verified = verify_note(note, known);
  if (!verified) return std::unexpected(verified.error());
  std::vector<OfficeNumber> signers;
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    if (signed_by(*verified, charter.offices[n].state)) signers.push_back(OfficeNumber(n));
  return signers;
}

bool signed_by_all(const std::vector<OfficeNumber>& signers, const Charter& charter) {
  return signers.size() == charter.offices.size();
}

Stored<std::optional<StateNote>> newest_joint_state(const StoreReader& store,
                                                    const Charter& charter) {
  std::optional<StateNote> newest;
  const auto scanned = store.scan_back(
      Family::notes, notes::state_begin(), notes::state_end(), [&](BytesView, BytesView text) {
        const auto note = parse_note(text);
        const auto signers = note ? state_signers(*note, charter) : std::unexpected(note.error());
        const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
        if (!signers || !parsed || !signed_by_all(*signers, charter))
          return StoreReader::Next::go_on;
        newest = *parsed;
        return StoreReader::Next::stop;
      });
  if (!scanned) return std::unexpected(scanned.error());
  return newest;
}

Stored<StateNote> state_note_at(const StoreReader& store, const Charter& charter,
                                std::span<const HeldLog> held, Lamport settled,
                                std::uint32_t rules) {
  StateNote note{.ledger = charter.ledger,
                 .rules = rules,
                 .settled = settled,
                 .logs = {},
                 .records = 0,
                 .state = {}};
  StoredLogs logs(store);
  for (const HeldLog& one : held) {
    const auto size = logs.prefix_at(one.log, settled);
    if (!size) return std::unexpected(size.error());
    const auto root = logs.root(one.log, *size);
    if (!root) return std::unexpected(root.error());
    note.logs.push_back({charter.origin(one.log), *size, *root});
  }
  return note;
}

}  // namespace tallinn
