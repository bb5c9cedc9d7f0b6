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
  bool differs = false;
  for (const auto& at : *places) {
    if (at.place.index.value() >= known.roster().limit(at.place.log).value())
      continue;  // beyond its log's seal: it may be admitted again
    const auto bytes = entry_at(at.place);
    if (!bytes) return std::unexpected(bytes.error());
    const auto entry = decode_entry(*bytes);
    if (!entry) return broken(Fault::corrupt, "a stored entry does not decode");
    if (entry->event == event)
      return Result<Admitted>(Admitted{at.place, id, Admitted::Novelty::known});
    differs = true;
  }
  if (!differs) return std::nullopt;
  return Result<Admitted>(refuse(Code::id_conflict, "this id is known with another content", "id"));
}

Stored<Entry> Replica::Impl::draft_entry(const Submission& submission, LogId log,
                                         const LogStart& start, UnixMillis now) {
  Entry entry{.log = log,
              .lamport = {},
              .seen = {},
              .recorded = now,
              .event = submission.event,
              .signatures = submission.signatures};
  std::vector<Lamport> earlier{start.after};
  for (const HeldLog& seen : known.seen_by(log.office)) {
    entry.seen.push_back({seen.log, seen.size});
    const auto last = lamport_at(seen.log, LogIndex(seen.size.value() - 1));
    if (!last) return std::unexpected(last.error());
    earlier.push_back(*last);
  }
  std::optional<Lamport> previous;
  const auto ours = known.logs().find(log);
  if (ours != known.logs().end() && ours->second.held > LogSize(0)) {
    previous = ours->second.last_lamport;
  } else if (start.follows) {
    const auto last = lamport_at(start.follows->log, start.follows->index);
    if (!last) return std::unexpected(last.error());
    previous = *last;
  }
  entry.lamport = next_lamport(previous, earlier);
  return entry;
}

/// What a seal or a new epoch must not cut off: what this node knows that others have been told of,
/// and what the event's own entry has seen.
Result<void> Replica::Impl::check_governance(const Event& event, const Entry& draft) const {
  const auto told = [&](LogId log) {
    LogSize size;
    for (const Seen& seen : draft.seen)
      if (seen.log == log) size = std::max(size, seen.size);
    for (const auto& [id, other] : known.logs()) {
      for (const HeldLog& seen : other.seen)
        if (seen.log == log) size = std::max(size, seen.size);
      if (other.promise)
        for (const HeldLog& holds : known.holds_of(*other.promise))
          if (holds.log == log) size = std::max(size, holds.size);
    }
    return size;
  };
  const auto check_prefix = [&](const std::string& office,
                                const LogPrefix& prefix) -> Result<void> {
    const auto number = charter.office_number(office);
    if (!number || !known.logs().contains({*number, prefix.epoch})) return {};
    const LogId log{*number, prefix.epoch};
    if (const RosterLog* opened = known.roster().log(log); opened == nullptr || opened->sealed)
      return {};  // the rules compare it with the seal
    if (known.logs().at(log).held < prefix.size)
      return refuse(Code::behind, "this node does not hold that much of " + charter.origin(log),
                    "body.size");
    if (const LogSize least = told(log); prefix.size < least)
      return refuse(Code::invalid_value,
                    "others have seen " + std::to_string(least.value()) + " entries of " +
                        charter.origin(log) + ": a seal must cover them",
                    "body.size");
    GrownTree tree = grown_tree(log);
    if (const auto root = tree.root(prefix.size); !root || *root != prefix.root)
      return refuse(Code::invalid_value, "the root is not that of this size here", "body.root");
    return {};
  };
  if (const auto* sealed = std::get_if<LogSealed>(&event.body))
    return check_prefix(sealed->office, {sealed->epoch, sealed->size, sealed->root});
  const auto* opened = std::get_if<LogOpened>(&event.body);
  if (opened == nullptr) return {};
  const auto number = charter.office_number(opened->office);
  for (const auto& [id, log] : known.logs())
    if (id.office == number && log.promise && opened->after < log.promise->lamport)
      return refuse(Code::invalid_value,
                    "the office has promised no entry up to Lamport time " +
                        std::to_string(log.promise->lamport.value()),
                    "body.after");
  return opened->previous ? check_prefix(opened->office, *opened->previous) : Result<void>{};
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
  std::size_t bytes = 0;
  for (const WithheldValue& value : values) {
    bytes += value_bytes(value);
    if (bytes > kMaxEventValueBytes)
      return refuse(Code::invalid_value, "the withheld values are too long together", "withheld");
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
  if (!r.identity && !r.mirror)
    return refused(Code::not_appending, "this node has no office key: it serves reads only");
  const bool may_open = r.standing == Standing::not_opened;
  if (r.standing != Standing::may_append && !may_open && !r.mirror)
    return refused(Code::not_appending, std::string(standing_text(r.standing)));
  const auto event = decode_event(submission.event);
  if (!event) return refused(event.error());
  if (auto listed = check_signature_list(submission.signatures); !listed)
    return refused(listed.error());
  auto before = r.known_id(event->id, submission.event);
  if (!before) return std::unexpected(before.error());
  if (*before) {
    // So a value comes back that was lost here, as with a restored backup.
    if (**before && check_values_withheld(*event, submission.values))
      if (auto kept = r.keep_values(submission.values, {event->id}); !kept)
        return r.stop(kept.error());
    return **before;
  }
  if (may_open) return r.open_own_log(submission, *event, now);
  const auto here = r.identity ? std::optional(r.identity->office) : std::nullopt;
  if (auto home = check_home(r.views, r.charter, here, *event); !home) return refused(home.error());
  for (const HeldLog& after : submission.after) {
    const auto log = r.known.logs().find(after.log);
    if (log == r.known.logs().end() || log->second.held < after.size)
      return refused(Code::behind, "this node has not yet what the client has seen");
  }
  auto entry = r.draft_entry(submission, *r.own, start_of(*r.own, nullptr, r.known.roster()), now);
  if (!entry) return r.stop(entry.error());
  const LogIndex index(r.known.log(*r.own).held.value());
  if (auto admitted =
          check_admission(r.views, r.charter, *event, *entry, index, now, submission.checked);
      !admitted)
    return refused(admitted.error());
  if (const Lamport least = r.promised(); entry->lamport <= least)
    return refused(Code::behind, "this office has promised no entry up to Lamport time " +
                                     std::to_string(least.value()) +
                                     ", and the entries that led to that count no more; it goes on "
                                     "when those of the others have come as far");
  return r.append_own(submission, *event, std::move(*entry), index);
}

/// The one event that an office without an open log admits: the LogOpened that opens its own.
Stored<Result<Admitted>> Replica::Impl::open_own_log(const Submission& submission,
                                                     const Event& event, UnixMillis now) {
  const auto* opened = std::get_if<LogOpened>(&event.body);
  const OfficePublicKeys ours = public_keys(identity->keys);
  if (opened == nullptr || charter.office_number(opened->office) != identity->office ||
      ours != OfficePublicKeys{opened->log, opened->witness, opened->state, opened->transport})
    return refused(Code::not_appending, std::string(standing_text(standing)));
  const LogId log{identity->office, opened->epoch};
  // The earlier epoch ends where `previous` says, so that its last entry comes before.
  if (!opened->previous || !known.logs().contains({log.office, opened->previous->epoch}) ||
      known.log({log.office, opened->previous->epoch}).held < opened->previous->size)
    return refused(Code::behind, "this node does not hold the log that `previous` names so far",
                   "body.previous");
  auto entry = draft_entry(submission, log, start_of(log, &event, known.roster()), now);
  if (!entry) return stop(entry.error());
  if (auto admitted =
          check_admission(views, charter, event, *entry, LogIndex(0), now, submission.checked);
      !admitted)
    return refused(admitted.error());
  if (const Standing begun = judge_anchor(anchor.both(), charter.id,
                                          {.log = {log, LogSize(0)}, .commit = CommitNumber(0)},
                                          [](LogSize) { return empty_root(); });
      begun != Standing::may_append)
    return refused(Code::not_appending, std::string(standing_text(begun)));
  return append_own(submission, event, std::move(*entry), LogIndex(0));
}

Stored<Result<Admitted>> Replica::Impl::append_own(const Submission& submission, const Event& event,
                                                   Entry entry, LogIndex index) {
  if (auto held = check_values_withheld(event, submission.values); !held)
    return refused(held.error());
  if (auto safe = check_governance(event, entry); !safe) return refused(safe.error());
  if (stored_views.fault()) return stop(*stored_views.fault());
  const Bytes bytes = encode_entry(entry);
  const Place place{entry.log, index};
  const OrderedEntry ordered{.position = {entry.lamport, place},
                             .entry = std::move(entry),
                             .leaf = leaf_hash(bytes),
                             .event = event};
  auto taken = take({&ordered, 1});
  if (!taken) return stop(taken.error());
  if (!*taken) return refused(taken->error());
  for (const WithheldValue& value : submission.values)
    if (auto put = put_value(value); !put) return stop(put.error());
  return Admitted{place, event.id, Admitted::Novelty::fresh};
}

}  // namespace tallinn
