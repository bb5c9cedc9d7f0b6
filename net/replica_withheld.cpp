// What events withhold: values kept beside the log, and erased for good when their author says so.
#include <algorithm>

#include "events/limits.h"
#include "events/wire.h"
#include "ledger/store_erased.h"
#include "ledger/store_lacking.h"
#include "ledger/store_notes.h"
#include "net/event_facts.h"
#include "net/replica_impl.h"
#include "projections/entitlement.h"

namespace tallinn {
namespace {

constexpr std::int64_t kMaxAheadSeconds = 300;  ///< of an erasure's time, to this node's clock
/// Erasures that wait for what they are about; peers tell them again when they meet.
constexpr std::size_t kMostEarlyErasures = 1'024;

Bytes key_of(const Erasure& erasure) {
  return notes::erasure_key(erasure.event, erasure.commitment, erasure.party);
}

bool names(const Event& event, const Erasure& erasure) {
  return std::ranges::any_of(event.withheld, [&](const Withheld& withheld) {
    return withheld.field == erasure.field && withheld.commitment == erasure.commitment;
  });
}

/// Is it the older statement of the two? So that offices that were told different ones come to
/// keep the same.
bool comes_before(const Erasure& one, std::string_view text, std::string_view kept) {
  const auto other = open_erasure(kept);
  return !other || std::pair(one.at, text) < std::pair(other->at, kept);
}

}  // namespace

Stored<std::optional<Event>> Replica::Impl::withholder(const Uuid& id) {
  std::optional<Place> place;
  if (const auto facts = event_facts(views, id)) place = facts->place;
  if (!place) {  // beyond a seal: kept and not folded
    const auto places = StoredLogs(store).places_of(id);
    if (!places) return std::unexpected(places.error());
    if (!places->empty()) place = places->front().place;
  }
  if (!place) return std::nullopt;
  const auto bytes = entry_at(*place);
  if (!bytes) return std::unexpected(bytes.error());
  const auto entry = decode_entry(*bytes);
  if (!entry) return broken(Fault::corrupt, "a stored entry does not decode");
  auto event = decode_event(entry->event);  // one of a newer schema is not understood
  return event ? std::optional(*std::move(event)) : std::nullopt;
}

Stored<void> Replica::Impl::keep_values(std::span<const WithheldValue> values,
                                        const std::set<Uuid>& of) {
  std::map<Uuid, std::size_t> kept;
  for (const WithheldValue& value : values) {
    if (!of.contains(value.event) || value.value.size() > kMaxWithheldValueBytes) continue;
    std::size_t& bytes = kept[value.event];
    if (bytes + value_bytes(value) > kMaxEventValueBytes) continue;  // no batch could give it on
    bytes += value_bytes(value);
    if (auto put = put_value(value); !put) return put;
  }
  for (const Uuid& id : of)
    if (auto noted = note_lacking(id); !noted) return noted;
  return {};
}

Stored<void> Replica::stage_values(std::span<const WithheldValue> values) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  std::set<Uuid> of;
  for (const WithheldValue& value : values) {
    const auto lacking = is_lacking(r.store, value.event);
    if (!lacking) return r.stop(lacking.error());
    if (*lacking) of.insert(value.event);
  }
  if (auto kept = r.keep_values(values, of); !kept) return r.stop(kept.error());
  return {};
}

Stored<void> Replica::Impl::note_lacking(const Uuid& id) {
  if (mirror) return {};  // it gets none
  const auto event = withholder(id);
  if (!event) return std::unexpected(event.error());
  if (!*event) return {};
  bool lacks = false;
  for (const Withheld& withheld : (*event)->withheld) {
    const auto held = holds_value(id, withheld.field, withheld.commitment);
    if (!held) return std::unexpected(held.error());
    const auto erased = kept_erasure(notes::erasure_key(id, withheld.commitment, (*event)->author));
    if (!erased) return std::unexpected(erased.error());
    lacks = lacks || (!*held && !*erased);
  }
  const auto marked = is_lacking(store, id);
  if (!marked) return std::unexpected(marked.error());
  if (lacks == *marked) return {};
  if (lacks)
    put_lacking(batch, id);
  else
    erase_lacking(batch, id);
  dirty = true;
  return {};
}

Stored<bool> Replica::Impl::holds_value(const Uuid& event, const Name& field,
                                        const Digest& commitment) const {
  const Bytes key = withheld_key(event, field);
  if (const auto staged = staged_values.find(key); staged != staged_values.end())
    return staged->second == commitment;
  const auto stored = store.get(Family::withheld, key);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return false;
  WireReader reader(**stored);
  const auto salt = reader.fixed<Salt>();
  return !reader.ok() ||
         withheld_commitment({event, field, salt, (*stored)->substr(Salt::kSize)}) == commitment;
}

Stored<void> Replica::Impl::put_value(const WithheldValue& value) {
  if (mirror) return {};
  const auto event = withholder(value.event);
  if (!event) return std::unexpected(event.error());
  // Of two events with one id the first counts: the other one's value never takes its place.
  if (!*event || !check_withheld(**event, value)) return {};
  const Digest commitment = withheld_commitment(value);
  const Bytes erasure = notes::erasure_key(value.event, commitment, (*event)->author);
  const auto erased = store.get(Family::notes, erasure);
  if (!erased) return std::unexpected(erased.error());
  if (*erased || staged_erasures.contains(erasure)) return {};
  Bytes stored(value.salt.view());
  stored.append(value.value);
  Bytes key = withheld_key(value.event, value.field);
  const auto held = store.get(Family::withheld, key);
  if (!held) return std::unexpected(held.error());
  if (*held == stored) return {};
  batch.put(Family::withheld, key, stored);
  staged_values.insert_or_assign(std::move(key), commitment);
  dirty = true;
  return {};
}

Stored<Result<void>> Replica::Impl::check_erasure(const Erasure& erasure, const KeyNow& key) {
  if (key.party != erasure.party)
    return refused(Code::unauthorised,
                   "the key that signed the erasure is not one of " + erasure.party.value());
  const auto event = withholder(erasure.event);
  if (!event) return std::unexpected(event.error());
  if (!*event) return refused(Code::not_found, "no event with this id is known here");
  if ((*event)->author != erasure.party)
    return refused(Code::unauthorised, "only " + (*event)->author.value() +
                                           ", the event's author, may have its values erased");
  if (!names(**event, erasure))
    return refused(Code::not_found, "the event withholds no such " + erasure.field.value());
  return Result<void>{};
}

Stored<void> Replica::Impl::erase(const Erasure& erasure, const std::string& text) {
  const Bytes note = key_of(erasure);
  const auto kept = kept_erasure(note);
  if (!kept) return std::unexpected(kept.error());
  if (!*kept || comes_before(erasure, text, **kept)) {
    put_note(note, text);
    staged_erasures.insert_or_assign(note, text);
    staged_notes.push_back({NoteKind::erasure, text});
  }
  const auto held = holds_value(erasure.event, erasure.field, erasure.commitment);
  if (!held) return std::unexpected(held.error());
  if (auto noted = note_lacking(erasure.event); !noted) return noted;
  if (!*held) return {};
  const Bytes key = withheld_key(erasure.event, erasure.field);
  batch.erase(Family::withheld, key);
  staged_values.erase(key);
  put_to_scrub(batch, key);
  to_scrub.push_back(key);
  dirty = true;
  return {};
}

Stored<std::optional<std::string>> Replica::Impl::kept_erasure(const Bytes& key) const {
  const auto staged = staged_erasures.find(key);
  if (staged != staged_erasures.end()) return staged->second;
  return store.get(Family::notes, key);
}

Stored<Result<Erasure>> Replica::stage_erasure(const std::string& note, UnixMillis now) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  const auto erasure = open_erasure(note);
  if (!erasure) return refused(erasure.error());
  if (erasure->ledger != r.charter.id)
    return refused(Code::failed, "the erasure is of another ledger");
  if (static_cast<std::int64_t>(erasure->at.value()) > now.value() / 1000 + kMaxAheadSeconds)
    return refused(Code::invalid_value, "the erasure is dated ahead of this node's clock");
  const KeyNow key = key_now(r.views, erasure->key);
  if (key.roles == 0)
    return refused(Code::unauthorised, "the key that signed the erasure is not in force");
  const auto may = r.check_erasure(*erasure, key);
  if (!may) return r.stop(may.error());
  if (!*may) return refused(may->error());
  if (auto erased = r.erase(*erasure, note); !erased) return r.stop(erased.error());
  const auto kept = r.kept_erasure(key_of(*erasure));
  if (!kept) return r.stop(kept.error());
  return open_erasure(**kept);
}

/// An office took it while its key was in force. Here that may have ended since, and what it is
/// about may not have come yet.
Stored<Result<void>> Replica::Impl::take_erasure(const PeerNote& note) {
  const auto erasure = open_erasure(note.text);
  if (!erasure) return refused(erasure.error());
  if (erasure->ledger != charter.id)
    return refused(Code::failed, "an erasure is of another ledger");
  const auto may = check_erasure(*erasure, key_now(views, erasure->key));
  if (!may) return std::unexpected(may.error());
  if (*may) {
    if (auto erased = erase(*erasure, note.text); !erased) return std::unexpected(erased.error());
    return Result<void>{};
  }
  if (early_erasures.size() < kMostEarlyErasures) early_erasures.emplace(erasure->event, note.text);
  return refused(Code::behind, "an erasure waits for what it is about: " + may->error().detail);
}

Stored<void> Replica::Impl::take_early_erasures(std::span<const OrderedEntry> fresh) {
  if (early_erasures.empty()) return {};
  std::vector<std::string> due;
  const bool keys_changed = std::ranges::any_of(fresh, [](const OrderedEntry& entry) {
    return entry.event && std::holds_alternative<KeyEnrolled>(entry.event->body);
  });
  const auto came = [&](const Uuid& id) {
    return std::ranges::any_of(fresh,
                               [&](const OrderedEntry& e) { return e.event && e.event->id == id; });
  };
  std::erase_if(early_erasures, [&](const auto& waiting) {
    const bool is_due = keys_changed || came(waiting.first);
    if (is_due) due.push_back(waiting.second);
    return is_due;
  });
  for (const std::string& text : due)
    if (auto taken = take_erasure({NoteKind::erasure, text}); !taken)
      return std::unexpected(taken.error());
  return {};
}

Stored<void> Replica::Impl::scrub() {
  if (to_scrub.empty()) return {};
  const auto rest = std::span(to_scrub).subspan(compacted);
  const auto done = store.scrub(Family::withheld, rest);
  if (!done) return stop(done.error());
  if (*done == Scrubbed::not_yet) return {};
  compacted = to_scrub.size();
  if (*done == Scrubbed::but_for_old_files) return {};
  Batch marks;
  for (const Bytes& key : to_scrub) erase_to_scrub(marks, key);
  if (auto committed = store.commit(std::move(marks)); !committed) return stop(committed.error());
  to_scrub.clear();
  compacted = 0;
  return {};
}

bool Replica::erased_remains() const {
  return !impl_->to_scrub.empty();
}

}  // namespace tallinn
