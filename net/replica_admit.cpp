// Admission: one submission staged, in the order of refusal of docs/domain.md.
#include <algorithm>

#include "events/limits.h"
#include "net/replica_impl.h"
#include "projections/hearing.h"

namespace tallinn {

Stored<std::optional<Result<Admitted>>> Replica::Impl::known_id(const Uuid& id, BytesView event) {
  // The fold leaves a record for every id it meets, and one record is cheaper to ask for.
  if (!views.get(Records::key_of<EventRecord>(event_name(id)))) return std::nullopt;
  auto places = StoredLogs(store).places_of(id);
  if (!places) return std::unexpected(places.error());
  const auto staged = staged_ids.find(id);
  if (staged != staged_ids.end()) std::ranges::copy(staged->second, std::back_inserter(*places));
  if (places->empty()) return std::nullopt;
  for (const auto& at : *places) {
    const auto bytes = entry_at(at.place);
    if (!bytes) return std::unexpected(bytes.error());
    const auto entry = decode_entry(*bytes);
    if (!entry) return broken(Fault::corrupt, "a stored entry does not decode");
    if (entry->event == event)
      return Result<Admitted>(Admitted{at.place, id, Admitted::Novelty::known});
  }
  return Result<Admitted>(refuse(Code::id_conflict, "this id is known with another content", "id"));
}

Entry Replica::Impl::draft_entry(const Submission& submission, UnixMillis now) const {
  const LogId log = own_log();
  Entry entry{.log = log,
              .lamport = {},
              .seen = {},
              .recorded = now,
              .event = submission.event,
              .signatures = submission.signatures};
  std::vector<Lamport> last_seen;
  for (const auto& [id, other] : known.logs()) {
    if (id.office == log.office || other.held == LogSize(0)) continue;
    entry.seen.push_back({id, other.held});
    last_seen.push_back(other.last_lamport);
  }
  const LogKnowledge& own = known.logs().at(log);
  const auto previous = own.held == LogSize(0) ? std::nullopt : std::optional(own.last_lamport);
  entry.lamport = next_lamport(previous, last_seen);
  return entry;
}

namespace {

Result<void> check_signature_list(const std::vector<EventSignature>& signatures) {
  if (signatures.empty()) return refuse(Code::malformed, "nobody signed", "signatures");
  if (signatures.size() > kMaxSignatures)
    return refuse(Code::malformed, "too many signatures", "signatures");
  const auto descending = [](const EventSignature& a, const EventSignature& b) {
    return a.key >= b.key;
  };
  if (std::ranges::adjacent_find(signatures, descending) != signatures.end())
    return refuse(Code::malformed, "signatures are not in ascending key order", "signatures");
  return {};
}

Result<void> check_values_withheld(const Event& event, const std::vector<WithheldValue>& values) {
  for (const WithheldValue& value : values) {
    if (value.value.size() > kMaxWithheldValueBytes)
      return refuse(Code::invalid_value, "the withheld " + value.field.value() + " is too long",
                    value.field.value());
    if (auto holds = check_withheld(event, value); !holds)
      return refuse(Code::invalid_value, holds.error().detail, holds.error().field);
  }
  return {};
}

}  // namespace

Stored<Result<Admitted>> Replica::stage_submission(const Submission& submission, UnixMillis now) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  if (!r.identity)
    return refused(Code::not_appending, "this node has no office key: it serves reads only");
  if (r.standing != Standing::may_append)
    return refused(Code::not_appending, std::string(standing_text(r.standing)));
  const auto event = decode_event(submission.event);
  if (!event) return refused(event.error());
  if (auto listed = check_signature_list(submission.signatures); !listed)
    return refused(listed.error());
  auto before = r.known_id(event->id, submission.event);
  if (!before) return std::unexpected(before.error());
  if (*before) return **before;
  if (auto home = check_home(r.views, r.charter, r.identity->office, *event); !home)
    return refused(home.error());
  for (const HeldLog& after : submission.after) {
    const auto log = r.known.logs().find(after.log);
    if (log == r.known.logs().end() || log->second.held < after.size)
      return refused(Code::behind, "this node has not yet what the client has seen");
  }
  Entry entry = r.draft_entry(submission, now);
  const LogIndex index(r.known.logs().at(r.own_log()).held.value());
  if (auto admitted =
          check_admission(r.views, r.charter, *event, entry, index, now, submission.checked);
      !admitted)
    return refused(admitted.error());
  if (auto held = check_values_withheld(*event, submission.values); !held)
    return refused(held.error());
  if (r.stored_views.fault()) return r.stop(*r.stored_views.fault());

  const Bytes bytes = encode_entry(entry);
  const Place place{r.own_log(), index};
  OrderedEntry ordered{.position = {entry.lamport, place},
                       .entry = std::move(entry),
                       .leaf = leaf_hash(bytes),
                       .event = *event};
  r.append(ordered, bytes);
  for (const WithheldValue& value : submission.values) {
    Bytes stored(value.salt.view());
    stored.append(value.value);
    r.batch.put(Family::withheld, withheld_key(value.event, value.field), stored);
  }
  std::vector<OrderedEntry> one;
  one.push_back(std::move(ordered));
  if (auto folded = r.fold(std::move(one)); !folded) return r.stop(folded.error());
  return Admitted{place, event->id, Admitted::Novelty::fresh};
}

}  // namespace tallinn
