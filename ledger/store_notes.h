// The keys of Family::notes: what a node keeps of checkpoints, cosignatures, promises, state notes,
// evidence and erasures. Pure. Each kind has its own first byte; values are whole signed notes as
// text, but for a log's growth (net/kept_growth.h).
#pragma once

#include "events/bytes.h"
#include "events/strong.h"
#include "ledger/evidence.h"
#include "ledger/mirror.h"

namespace tallinn::notes {

/// The first byte of a key. After it: of most kinds the log (events/wire.h).
enum class Kind : char {
  charter = 'C',
  checkpoint = 'c',
  ahead = 'a',
  cosigned = 'w',  ///< by an office
  mirror_cosigned = 'm',
  growth = 'g',
  promise = 'p',
  counting_promise = 'q',
  state = 's',
  evidence = 'e',
  erasure = 'r',
};

/// The charter's note.
Bytes charter_key();
/// The newest checkpoint of what is held of a log with every signature known: its log key's and
/// those cosignatures that are of this size.
Bytes checkpoint_key(LogId log);
/// A checkpoint of more than is held of a log, until it can be compared with what comes: of those
/// shown the smallest, so that one of a size that never comes keeps no other one out.
Bytes ahead_key(LogId log);
/// The newest checkpoint of a log that this office, or this mirror, has cosigned.
Bytes cosigned_key(LogId log, const Cosigner& by);
/// How the newest growth of a log is proven while its checkpoint does not.
Bytes growth_key(LogId log);
/// The newest promise of an office's log.
Bytes promise_key(LogId log);
/// The newest of them that counted for this reader: it held the log up to the promise's size.
Bytes counting_promise_key(LogId log);
/// A state note with every signature known, by its settled time; and the bounds of all of them.
Bytes state_key(Lamport settled);
Bytes state_begin();
Bytes state_end();
/// The evidence of one kind against one subject, as text of its format; and the bounds of all.
Bytes evidence_key(EvidenceKind kind, std::string_view subject);
Bytes evidence_begin();
Bytes evidence_end();
/// A party's erasure of what its event withholds behind a commitment, as text of its format
/// (ledger/value_statement.h); and the bounds of an event's, and of all.
Bytes erasure_key(const Uuid& event, const Digest& commitment, const PartyId& by);
Bytes erasures_of_begin(const Uuid& event);
Bytes erasures_begin();
Bytes erasures_end();

}  // namespace tallinn::notes
