// Roster: the offices, their logs of every epoch and the keys of these, as the views have them: the
// charter's, and what LogSealed and LogOpened have changed since. Pure values. Everything that
// checks a note asks a roster whose key that is; the charter alone knows the first epoch only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/event.h"
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
  /// Without the seals that stand at or after a point: what their judging may change.
  Roster without_seals_from(Lamport point) const;
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
  friend Result<Roster> with_log_of(ViewReader& views, const Charter& charter,
                                    const OrderedEntry& first);
  std::vector<RosterOffice> offices_;
  std::map<LogId, RosterLog> logs_;
};

/// As the views have it now. Cost: one record for each office and log.
Roster read_roster(ViewReader& views, const Charter& charter);

/// Can the event change a roster: LogSealed or LogOpened?
bool changes_roster(const OrderedEntry& entry);
/// The LogOpened that stands as first entry in the log that it opens: the way back when no office
/// in force can append. Null for any other entry.
const LogOpened* opens_its_own_log(const Charter& charter, const Place& place, const Event* event);
/// Have those signed whom it needs, by keys in force in its causal past? Error needs_two_parties,
/// unauthorised.
Result<void> check_signers(ViewReader& views, const Charter& charter, const OrderedEntry& entry);
/// The roster with the log that its first entry opens, as the entry itself says: enough to check
/// what stands in that log. Whether it is opened is for the fold to say, at the entry's place.
/// Error unauthorised, invalid_value...: it opens no log, a quorum has not signed it, its keys were
/// used.
Result<Roster> with_log_of(ViewReader& views, const Charter& charter, const OrderedEntry& first);

/// Where a log begins.
struct LogStart {
  std::optional<Place> follows;  ///< its office's last entry before it, within the seals
  Lamport after;                 ///< its entries have Lamport times above it
};
/// `first`: the event of the log's first entry, null when its schema is newer than ours; `roster`
/// has that log in it.
LogStart start_of(LogId log, const Event* first, const Roster& roster);

/// Which entries count, for whoever meets all of them in total order: those within the seals of
/// their logs. A seal may stand after what it cuts off. Then `holds` says no, and one more pass
/// with the seals that the first one has found is right: seals are judged by what stands before
/// them, which no later seal cuts off (docs/decisions/0022).
class CountedEntries {
 public:
  CountedEntries() = default;
  /// A second pass.
  explicit CountedEntries(Roster found) : seals_(std::move(found)), final_(true) {}
  bool count(const Place& place);
  /// An entry was folded that can change the roster, and this is what it is now.
  void go_on_with(const Roster& now);
  /// Did no entry count that a later seal has cut off?
  bool holds() const;

 private:
  Roster seals_;
  bool final_ = false;
  std::map<LogId, LogSize> counted_;
};

}  // namespace tallinn
