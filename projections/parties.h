// Parties, keys, offices, logs and exchange rates: the rules of governance and what its events
// change. Pure. `check`: may it stand, by what its own home decides; `fold`: what it changes
// (docs/domain.md, sections 1 and 2).
#pragma once

#include "projections/hearing.h"

namespace tallinn {

class Roster;

Result<void> check(const Hearing& hearing, const PartyAdmitted& body);
Result<void> check(const Hearing& hearing, const PartyWithdrawn& body);
Result<void> check(const Hearing& hearing, const KeyEnrolled& body);
Result<void> check(const Hearing& hearing, const KeyRevoked& body);
Result<void> check(const Hearing& hearing, const LogSealed& body);
Result<void> check(const Hearing& hearing, const LogOpened& body);
Result<void> check(const Hearing& hearing, const ExchangeRateRecorded& body);

/// A new epoch has keys of its own: valid, and of no log so far. Error invalid_value.
Result<void> check_new_log(const Roster& roster, const LogOpened& body);
/// A key is revoked here too: what `fold` does to the key, and to what it signed.
void revoke(Folding& folding, const KeyRevoked& body);
/// What a LogOpened recorded at that Lamport time makes.
LogRecord record_of(const LogOpened& body, Lamport opened_at);

void fold(Folding& folding, const PartyAdmitted& body);
void fold(Folding& folding, const PartyWithdrawn& body);
void fold(Folding& folding, const KeyEnrolled& body);
void fold(Folding& folding, const KeyRevoked& body);
void fold(Folding& folding, const LogSealed& body);
void fold(Folding& folding, const LogOpened& body);
void fold(Folding& folding, const ExchangeRateRecorded& body);

/// The rate that an event recorded was declared wrong, or that was. (Keys and parties change by
/// governance events alone.)
void set_standing(RateRecord& record, const Uuid& event, Stands stands);

}  // namespace tallinn
