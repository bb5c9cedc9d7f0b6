// Exceptions: what the fold found that people must look at (docs/domain.md, section 4). Id:
// "<code>/<subject>". Pure. An exception opens with its condition and vanishes with it;
// ExceptionResolved closes it for good.
#pragma once

#include <array>

#include "projections/hearing.h"

namespace tallinn {

enum class ExceptionCode : std::uint8_t {
  receipt_without_dispatch = 1,
  received_exceeds_dispatched,
  accepted_exceeds_received,
  disbursed_exceeds_committed,
  dispatched_exceeds_allocated,
  over_allocated_need,
  allocation_on_withdrawn_need,
  dispatch_on_cancelled_allocation,
  unknown_reference,
  unit_mismatch,
  wrong_counterparty,
  signed_after_revocation,
  signed_while_compromised,
  not_admissible,
  duplicate_id,
  duplicate_name,
  undocumented_valuation,
  unknown_type,
  exceeds_balance
};
template <>
struct Spelling<ExceptionCode> {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"receipt_without_dispatch", "received_exceeds_dispatched", "accepted_exceeds_received",
       "disbursed_exceeds_committed", "dispatched_exceeds_allocated", "over_allocated_need",
       "allocation_on_withdrawn_need", "dispatch_on_cancelled_allocation", "unknown_reference",
       "unit_mismatch", "wrong_counterparty", "signed_after_revocation", "signed_while_compromised",
       "not_admissible", "duplicate_id", "duplicate_name", "undocumented_valuation", "unknown_type",
       "exceeds_balance"});
};

/// What is said of an event's effect says nothing while that event is corrected.
inline constexpr std::array kOfAnEffect{
    ExceptionCode::unknown_reference, ExceptionCode::unit_mismatch,
    ExceptionCode::wrong_counterparty, ExceptionCode::undocumented_valuation};

/// Opens it, or adds the events to the open one (at most kMaxListed).
void open_exception(Folding& folding, ExceptionCode code, std::string_view subject,
                    std::vector<Uuid> events, std::string sentence);
/// Opens it about the event at hand, under its id.
void open_exception(Folding& folding, ExceptionCode code, std::string sentence);
/// Opens one of kOfAnEffect about an earlier event, and others with it: with the correction, while
/// that event is corrected.
void open_exception(Folding& folding, ExceptionCode code, const Uuid& about,
                    const std::vector<Uuid>& with, std::string sentence);
void close_exception(Folding& folding, ExceptionCode code, std::string_view subject);
/// Closes one of kOfAnEffect about an earlier event, wherever it is kept.
void close_exception(Folding& folding, ExceptionCode code, const Uuid& about);
/// Opens again what was kept with a correction, with what became of it meanwhile.
void reopen_exception(Folding& folding, const KeptException& kept);

/// Keeps an exception in step with its condition; `open` has a bit for each that an aggregate's
/// record remembers, so that nothing is looked up while nothing is wrong.
template <class Sentence>
void follow_exception(Folding& folding, std::uint8_t& open, bool holds, ExceptionCode code,
                      std::string_view subject, std::uint8_t bit, std::vector<Uuid> events,
                      Sentence&& sentence) {
  if (holds) {
    open |= bit;
    open_exception(folding, code, subject, std::move(events), sentence());
  } else if ((open & bit) != 0) {
    open = static_cast<std::uint8_t>(open & ~bit);
    close_exception(folding, code, subject);
  }
}

Result<void> check(const Hearing& hearing, const ExceptionResolved& body);
/// invalid_transition: it is resolved already.
Result<void> admit(const Hearing& hearing, const ExceptionResolved& body);
void fold(Folding& folding, const ExceptionResolved& body);
/// The ExceptionResolved was declared wrong, or that was; saves the record. What still waits for
/// its exception is forgotten.
void set_resolution(Folding& folding, const std::string& exception, const Uuid& event,
                    Stands stands);

}  // namespace tallinn
