// Audit: replays every log of a source in total order and checks all of it (docs/interface.md,
// "Commands"). Shell: starts threads, reads a source; deterministic in what it finds. Checked:
// every entry's bytes, signatures, `seen` and Lamport time; every log's root against its
// checkpoints and their cosignatures, and its tree tile by tile; the views folded anew against the
// newest state note. Memory: 8 to 24 bytes for each entry, and a few chunks of entries; the views
// lie in a scratch folder below TMPDIR, about 1 KiB for each entry. A log of which kMaxUnread
// entries are missing is not read further: what a source says of its size costs no more than that.
#pragma once

#include <functional>
#include <map>

#include "ledger/state_note.h"
#include "projections/standpoint.h"
#include "tools/audit_claims.h"
#include "tools/audit_source.h"

namespace tallinn {

struct AuditFailure {
  std::string origin;             ///< empty: of the source as a whole
  std::optional<LogIndex> index;  ///< nothing: of the log as a whole
  std::string sentence;
};

struct AuditedNote {
  std::string sha256;  ///< of the note's text as read, hex
  LogSize size;
  std::vector<std::string> cosigned_by;
};
struct AuditedLog {
  std::string origin;
  LogSize size;
  Digest root;  ///< recomputed; meaningless when entries are missing
  std::vector<AuditedNote> checkpoints;
};
struct AuditedState {
  std::uint64_t records = 0;
  Digest root;
};
struct AuditedStateNote {
  std::string sha256;
  Lamport settled;
  std::vector<std::string> signed_by;
  enum class Verdict : std::uint8_t {
    holds,
    differs,
    not_recomputed
  } verdict = Verdict::not_recomputed;
};
struct AuditedException {
  std::string id;
  std::string state;
  std::string text;
};

/// State notes of earlier points that the source keeps.
struct EarlierStates {
  std::uint64_t hold = 0;
  std::uint64_t differ = 0;
  std::uint64_t not_recomputed = 0;
  std::uint64_t kept() const { return hold + differ + not_recomputed; }
};

/// The report as it stood: the same from any source that holds as much.
struct AuditedStandpoint {
  std::optional<Day> as_of;
  std::string known;  ///< sizes that --known-on takes
  struct Prefix {
    std::string origin;
    LogSize size;
    Digest root;
  };
  std::vector<Prefix> logs;   ///< what was known of them
  std::uint64_t entries = 0;  ///< that count
  AuditedState state;         ///< after them
  std::vector<AuditedException> exceptions;
};

struct AuditReport {
  std::string ledger;
  LedgerId ledger_id;
  std::vector<AuditedLog> logs;
  std::uint64_t entries = 0;
  std::uint64_t beyond_seals = 0;     ///< of them, kept but not counted: beyond their log's seal
  std::uint64_t signatures = 0;       ///< that hold
  std::optional<AuditedState> state;  ///< after every entry; nothing when folding had to stop
  std::optional<AuditedStateNote> state_note;  ///< the newest
  EarlierStates earlier_states;
  std::vector<AuditedException> exceptions;
  std::optional<AuditedStandpoint> standpoint;  ///< when one was asked for and folding did not stop
  std::uint64_t claims = 0;            ///< receipts and kept checkpoints that were compared
  std::vector<std::string> evidence;   ///< of second histories, each a file that `verify` proves
  std::vector<AuditFailure> failures;  ///< at most kMaxFailures
  std::uint64_t failures_left_out = 0;
  bool holds() const { return failures.empty(); }
  void add_failure(AuditFailure failure);
};
inline constexpr std::size_t kMaxFailures = 1'000;
inline constexpr std::uint64_t kMaxUnread = 65'536;

struct AuditOptions {
  unsigned threads = 1;
  std::vector<AuditClaim> claims = {};  ///< what the source must contain
  /// Which state notes are recomputed (tools/audit_states.h).
  enum class States : std::uint8_t { affordable, every } states = States::affordable;
  Standpoint standpoint = {};  ///< of a report beside the audit of everything; now: none
  /// Called now and then with entries done and to do.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};
/// Error when the source cannot be read at all, or holds less than the standpoint names; what is
/// wrong with what is read stands in the report.
Result<AuditReport> audit(LogSource& source, const Charter& charter, const AuditOptions& options);

}  // namespace tallinn
