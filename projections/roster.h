// Roster: the offices, their logs of every epoch and the keys of these, as the views have them: the
// charter's, and what LogSealed and LogOpened have changed since. Pure values. Everything that
// checks a note asks a roster whose key that is; the charter alone knows the first epoch only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/parts.h"
#include "ledger/charter.h"
#include "ledger/note.h"
#include "ledger/order.h"
#include "projections/views.h"

namespace tallinn {

struct OrderedEntry;

/// One log of one office and epoch.
struct RosterLog {
  VerifierKey log;      ///< signs its checkpoints
  VerifierKey witness;  ///< cosigns checkpoints of other logs
  VerifierKey state;    ///< signs promises and state notes
  PublicKey transport;
  Lamport after;      ///< its entries have Lamport times above it
  Lamport opened_at;  ///< of its LogOpened; 0 for the first epoch
  std::optional<LogPrefix> sealed;
  Lamport sealed_at;  ///< of its LogSealed
  bool operator==(const RosterLog&) const = default;
};

struct RosterOffice {
  std::string name;
  OfficeRole role{};
  LogId current;         ///< the newest log opened
  bool in_force = true;  ///< the current log is not sealed
  bool operator==(const RosterOffice&) const = default;
};

class Roster {
 public:
  Roster() = default;
  /// The first epochs only: what holds before any entry is known.
  explicit Roster(const Charter& charter);

  const std::vector<RosterOffice>& offices() const { return offices_; }  ///< by number
  const std::map<LogId, RosterLog>& logs() const { return logs_; }
  /// Null when no such log was opened.
  const RosterLog* log(LogId id) const;
  bool in_force(OfficeNumber office) const;
  /// How many of its entries count: those within its seal.
  LogSize limit(LogId id) const;
  /// `held`, no further than the limit.
  LogSize within(const HeldLog& held) const { return std::min(held.size, limit(held.log)); }
  /// The entry that the first one of this log follows: its office's last within the seals of the
  /// earlier epochs. Nothing when there is none.
  std::optional<Place> last_before(LogId id) const;
  /// The log that this office signs with that key.
  std::optional<LogId> log_of_key(OfficeNumber office, const PublicKey& log_key) const;
  /// The office whose current log has that transport key.
  std::optional<OfficeNumber> office_of_transport(const PublicKey& transport) const;

  /// Log and witness keys of every log, by office, then epoch.
  std::vector<VerifierKey> checkpoint_keys() const;
  /// State keys of every log.
  std::vector<VerifierKey> state_keys() const;
  /// All of these, and the state keys: whatever an office signs.
  std::vector<VerifierKey> note_keys() const;
  /// The logs in force at a point: whose state keys must sign its state note. By office number.
  std::vector<LogId> in_force_at(Lamport settled) const;
  std::vector<VerifierKey> state_keys_at(Lamport settled) const;
  /// Was it opened at or below the point?
  bool opened_by(LogId id, Lamport settled) const;
  /// Names of the offices that cosigned, in any epoch, the log's own left out.
  std::vector<std::string> cosigners(std::span<const Verified> verified, OfficeNumber own) const;

  bool operator==(const Roster&) const = default;

 private:
  friend Roster read_roster(ViewReader& views, const Charter& charter);
  friend Result<Roster> opened_by_itself(ViewReader& views, const Charter& charter,
                                         const OrderedEntry& entry);
  std::vector<RosterOffice> offices_;
  std::map<LogId, RosterLog> logs_;
};

/// As the views have it now. Cost: one record for each office and log.
Roster read_roster(ViewReader& views, const Charter& charter);

/// Can the event change a roster: LogSealed or LogOpened?
bool changes_roster(const OrderedEntry& entry);
/// The roster once an entry has opened the log that it is the first entry of: the way back when no
/// office in force can append. Judged by the views as they stand. Error unauthorised,
/// invalid_transition...: why it does not open its log.
Result<Roster> opened_by_itself(ViewReader& views, const Charter& charter,
                                const OrderedEntry& entry);

}  // namespace tallinn
