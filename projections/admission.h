// Admission: may this event enter the log here and now? The rules of docs/domain.md, in their
// order. Pure. The caller has decoded the event (`malformed`), looked its id up (`id_conflict`) and
// waited for what the client has seen (`behind`); everything else is here. Facts with unknown
// references or beyond a balance pass: the fold shows them.
#pragma once

#include <span>

#include "events/entry.h"
#include "events/event.h"
#include "ledger/charter.h"
#include "projections/views.h"

namespace tallinn {

/// The office that alone may admit this decision; nothing for a fact. An ErrorDeclared has the home
/// of what it corrects, which is why the views are asked.
std::optional<OfficeRole> home_of(ViewReader& views, const Event& event);

/// Error wrong_office (with the home's charter name in `office`; the caller adds its url) when
/// `here` is not the home.
/// Nothing for `here`: a node that is no office and the home of nothing, also not of a fact.
Result<void> check_home(ViewReader& views, const Charter& charter, std::optional<OfficeNumber> here,
                        const Event& event);

/// needs_two_parties, unauthorised, unknown_reference, invalid_value, overdrawn,
/// invalid_transition, in that order. `draft` is the entry as it would be appended at `index` (log,
/// seen, signatures); its signatures are NOT known good: each is checked here (50 microseconds)
/// unless `signatures_checked` says that a pool has done it.
enum class Signatures : std::uint8_t { to_check, checked_good };
Result<void> check_admission(ViewReader& views, const Charter& charter, const Event& event,
                             const Entry& draft, LogIndex index, UnixMillis now,
                             Signatures signatures);

}  // namespace tallinn
