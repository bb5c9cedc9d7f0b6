#include "projections/signing_marks.h"

#include <algorithm>

#include "events/assert.h"
#include "events/uuid.h"
#include "projections/event_rules.h"
#include "projections/exceptions.h"

namespace tallinn {
namespace {

std::string revoked_text(const PartyId& who) {
  return "signed by a key of " + who.value() + " that was revoked meanwhile in another log";
}
std::string compromised_text(const PartyId& who) {
  return "signed by a key of " + who.value() + " at a time when it was compromised";
}

bool has_effect(const Folding& folding) {
  if (rule_of(folding.event.body).governance) return folding.effect == Effect::applied;
  return folding.effect != Effect::not_admissible;
}

/// Governance is told by its own chain: what is not in it has no effect.
bool is_told(const TrailRecord& record) {
  return record.effect != Effect::not_admissible && record.effect != Effect::duplicate_id &&
         !rule_of_type(record.type).governance;
}
bool is_told(const GovernanceRecord&) {
  return true;
}

struct Doubted {
  Uuid event;
  bool aside = false;
  bool compromised = false;
};

template <class Record>
void find_doubted(Folding& folding, const Doubt& doubt, BytesView prefix,
                  std::vector<Doubted>& found) {
  folding.views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    const auto position = position_of_key(key);
    TALLINN_ASSERT(position.has_value());
    const bool aside = !in_causal_past(position->place, folding.entry, folding.index);
    if (!aside && !doubt.compromised_since) return ViewReader::Next::go_on;
    const auto record = decode_record<Record>(value);
    const bool compromised = doubt.compromised_since && record.recorded >= *doubt.compromised_since;
    if ((aside || compromised) && is_told(record) && record.event != folding.event.id &&
        std::ranges::find_first_of(record.signers, doubt.keys) != record.signers.end())
      found.push_back({record.event, aside, compromised});
    return ViewReader::Next::go_on;
  });
}

}  // namespace

void mark_signers(Folding& folding) {
  if (!has_effect(folding)) return;
  for (const Signer& signer : folding.signers) {
    if (signer.revoked_aside)
      open_exception(folding, ExceptionCode::signed_after_revocation, revoked_text(*signer.party));
    if (signer.compromised)
      open_exception(folding, ExceptionCode::signed_while_compromised,
                     compromised_text(*signer.party));
  }
}

void mark_earlier(Folding& folding, const Doubt& doubt) {
  if (doubt.keys.empty()) return;
  std::vector<Doubted> found;
  find_doubted<TrailRecord>(folding, doubt, trail_prefix(doubt.owner), found);
  find_doubted<GovernanceRecord>(folding, doubt, kGovernancePrefix, found);
  for (const Doubted& one : found) {
    const std::vector<Uuid> events{one.event, folding.event.id};
    if (one.aside)
      open_exception(folding, ExceptionCode::signed_after_revocation, format_uuid(one.event),
                     events, revoked_text(doubt.owner));
    if (one.compromised)
      open_exception(folding, ExceptionCode::signed_while_compromised, format_uuid(one.event),
                     events, compromised_text(doubt.owner));
  }
}

}  // namespace tallinn
