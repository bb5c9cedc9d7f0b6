// Evidence: two signed statements of one office that cannot both be true, with what shows it, in
// one file that anyone checks offline. Pure. Format `tallinn-ledger/evidence@v1`
// (docs/formats.md):
//   tallinn-ledger/evidence@v1
//   kind roots
//   note <bytes>                       twice; that many bytes of a whole signed note follow
//   root <base64>                      prefix only: the root that the larger tree has at the
//                                      smaller size
//   index <n>                          promise only, with the entry
//   entry <base64>
//   hash <base64>                      prefix: consistency proof; promise: inclusion proof
// Kinds, and what the notes are; a tree is signed by a checkpoint, or by a promise, which says how
// its own log stands:
//   roots    two trees of one log and size with different roots; in the order of the notes' texts
//   prefix   a smaller and a larger tree of one log: the larger does not begin with the smaller
//   promise  a promise, and a checkpoint whose log holds an entry that the promise rules out
//   states   two state notes of one point, logs and rules with different states; as `roots`
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/note.h"

namespace tallinn {

enum class EvidenceKind : std::uint8_t { roots = 1, prefix, promise, states };

/// "roots".
std::string_view evidence_kind_name(EvidenceKind kind);

/// As long as a note may be, so that it travels where notes do.
inline constexpr std::size_t kMaxEvidenceBytes = kMaxNoteBytes;

struct Evidence {
  EvidenceKind kind = EvidenceKind::roots;
  std::string first;  ///< whole signed notes
  std::string second;
  Digest root;                 ///< prefix
  LogIndex index;              ///< promise: of `entry`
  Bytes entry;                 ///< promise
  std::vector<Digest> hashes;  ///< prefix, promise
  bool operator==(const Evidence&) const = default;
};

/// `roots` or `states`, in the one order of its notes.
Evidence evidence_of_pair(EvidenceKind kind, std::string one, std::string other);

/// Strict, at most kMaxEvidenceBytes. Code::malformed.
Result<Evidence> parse_evidence(std::string_view text);
std::string format_evidence(const Evidence& evidence);

/// What evidence says, its signatures unchecked: of stored evidence, which was checked before.
struct EvidenceClaim {
  EvidenceKind kind = EvidenceKind::roots;
  std::string subject;   ///< origin of the log; `states`: name of the state key
  std::string sentence;  ///< without a final full stop
};
/// Code::malformed, or Code::failed when the two could both be true, or the data does not show
/// that they cannot.
Result<EvidenceClaim> read_evidence(const Evidence& evidence);

/// What an office signs with while one of its logs is the newest.
struct LogKeys {
  LogId id;
  VerifierKey log;  ///< its name is the origin of the log
  VerifierKey witness;
  VerifierKey state;
  Lamport opened_at;                 ///< `state` signs for this point and later ones...
  std::optional<Lamport> sealed_at;  ///< ...up to this one, which is no longer its own
};
/// Whose evidence it may be: the logs of a ledger, of every epoch, as the charter and the
/// governance chain have them.
struct LedgerKeys {
  LedgerId ledger;
  std::vector<LogKeys> logs;
};

struct ProvenEvidence {
  EvidenceClaim claim;
  std::vector<std::string> cosigned_first;   ///< names of witness keys; they saw only this side
  std::vector<std::string> cosigned_second;  ///< the same of the other side
};
/// read_evidence, and both notes are signed by the very key of the subject: of its log, in that
/// epoch, and for `states` the state key in force at that point. A key of an epoch that is sealed
/// says nothing of the next one: it may have been stolen since. Nobody signed who is not in `keys`.
Result<ProvenEvidence> check_evidence(const Evidence& evidence, const LedgerKeys& keys);
/// Does it name nothing that is not in `keys`: no other log, no signer? Evidence that does may wait
/// for what opens that log. Evidence that does not read names nothing.
bool names_known_only(const Evidence& evidence, const LedgerKeys& keys);

}  // namespace tallinn
