#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "ledger/state_note.h"
#include "projections/bundle.h"
#include "projections/bundle_file.h"
#include "projections/bundle_records.h"
#include "projections/canonical_note.h"
#include "projections/event_rules.h"
#include "projections/fold.h"
#include "projections/needs.h"
#include "projections/queries.h"
#include "projections/record_keys.h"
#include "projections/roster.h"

namespace tallinn {
namespace {

using ProvenRecords = std::vector<std::pair<Bytes, Bytes>>;

std::unexpected<Error> found_false(std::string sentence) {
  return refuse(Code::failed, std::move(sentence));
}

class BundleVerifier {
 public:
  BundleVerifier(const BundleFile& file, const Charter& charter)
      : file_(file), charter_(charter), views_(nothing_) {}

  Result<VerifiedBundle> verify();

 private:
  Result<void> read_note();
  Result<OrderedEntry> check_entry(const BundleEntry& entry);
  Result<void> check_event_signatures();
  Result<void> check_chain();
  Result<void> check_trail();
  Result<void> check_record_of(const OrderedEntry& entry, const Bytes& key, const Bytes& value);
  Result<void> check_records();
  Result<void> check_duplicates();
  void fold_all();
  Result<void> check_folded_chain();
  Result<void> check_folded_keys();
  Result<void> check_folded_trail();
  Result<void> check_note_signatures();
  Result<void> check_checkpoints();
  Result<void> check_checkpoint(const Checkpoint& log, const BundleCheckpoint& given,
                                const Roster& roster);
  void say(std::string sentence) { out_.sentences.push_back(std::move(sentence)); }

  const BundleFile& file_;
  const Charter& charter_;
  StateNote note_;
  std::map<Position, OrderedEntry> entries_;  // of the trail and of the chain
  std::vector<Position> chain_;
  ProvenRecords trail_;
  std::map<Position, Effect> duplicates_;  // entries of the trail that another event came before
  std::map<Bytes, std::optional<Bytes>>
      proven_;  // records beside the trail; nothing: proven absent
  std::set<Bytes> wanted_;
  EmptyViews nothing_;
  Views views_;
  VerifiedBundle out_;
  std::map<std::string, UnixSeconds> cosigned_at_;  // by the office whose log it is
};

Result<void> BundleVerifier::read_note() {
  const auto note = parse_note(file_.state_note);
  if (!note) return std::unexpected(note.error());
  auto state = parse_state_note(note->text);
  if (!state) return std::unexpected(state.error());
  note_ = *std::move(state);
  if (note_.ledger != charter_.ledger)
    return found_false("the state note is of another ledger, " + note_.ledger);
  if (note_.rules != kRules)
    return found_false("the state note was made by rules " + std::to_string(note_.rules) +
                       ", which this build does not know");
  return {};
}

Result<OrderedEntry> BundleVerifier::check_entry(const BundleEntry& entry) {
  const std::string origin = charter_.origin(entry.log);
  const std::string where = "entry " + std::to_string(entry.index.value()) + " of " + origin;
  auto ordered = make_ordered(entry.bytes, entry.index);
  if (!ordered) return found_false(where + ": " + ordered.error().detail);
  if (ordered->entry.log != entry.log)
    return found_false(where + " says that it is of another log");
  const auto log =
      std::ranges::find_if(note_.logs, [&](const Checkpoint& c) { return c.origin == origin; });
  if (log == note_.logs.end())
    return found_false(where + " is of a log that the state note does not name");
  if (auto included =
          check_inclusion(entry.index, log->size, ordered->leaf, entry.proof, log->root);
      !included)
    return found_false(where + " is not in its log: " + included.error().detail);
  if (ordered->position.lamport > note_.settled)
    return found_false(where + " is later than the state note");
  return ordered;
}

/// Last, because it costs most: nothing is concluded before it.
Result<void> BundleVerifier::check_event_signatures() {
  for (const auto& [position, ordered] : entries_)
    for (const EventSignature& signature : ordered.entry.signatures)
      if (!check_event_signature(signature, charter_.id, ordered.entry.event))
        return found_false("entry " + std::to_string(position.place.index.value()) + " of " +
                           charter_.origin(position.place.log) + ": a signature does not hold");
  return {};
}

Result<void> BundleVerifier::check_chain() {
  const auto complete =
      check_range_complete(file_.governance, kGovernancePrefix, after_prefix(kGovernancePrefix),
                           {note_.records, note_.state});
  if (!complete)
    return found_false("the governance chain is not proven complete: " + complete.error().detail);
  if (complete->size() != file_.chain.size())
    return found_false("the governance chain lacks an event");
  for (const BundleEntry& entry : file_.chain) {
    auto ordered = check_entry(entry);
    if (!ordered) return std::unexpected(ordered.error());
    if (!ordered->event || !rule_of(ordered->event->body).governance)
      return found_false("the governance chain holds an event that is none of governance");
    if ((*complete)[chain_.size()].first != governance_key(ordered->position))
      return found_false("the governance chain is out of order");
    chain_.push_back(ordered->position);
    entries_.emplace(ordered->position, *std::move(ordered));
  }
  return {};
}

Result<void> BundleVerifier::check_record_of(const OrderedEntry& entry, const Bytes& key,
                                             const Bytes& value) {
  const auto record = try_decode_record<TrailRecord>(value);
  if (!record || position_of_key(key) != entry.position ||
      key.size() != trail_key(file_.party, entry.position).size())
    return found_false("a trail record and its entry are not at the same place");
  if (record->leaf != entry.leaf) return found_false("a trail record and its entry differ");
  return {};
}

Result<void> BundleVerifier::check_trail() {
  const Bytes prefix = trail_prefix(file_.party);
  auto complete =
      check_range_complete(file_.trail, prefix, after_prefix(prefix), {note_.records, note_.state});
  if (!complete) return found_false("the trail is not proven complete: " + complete.error().detail);
  trail_ = *std::move(complete);
  if (trail_.size() != file_.entries.size())
    return found_false("the trail has " + std::to_string(trail_.size()) + " records, the bundle " +
                       std::to_string(file_.entries.size()) + " entries");
  for (std::size_t i = 0; i < trail_.size(); ++i) {
    auto ordered = check_entry(file_.entries[i]);
    if (!ordered) return std::unexpected(ordered.error());
    if (auto fits = check_record_of(*ordered, trail_[i].first, trail_[i].second); !fits)
      return fits;
    const Effect effect = decode_record<TrailRecord>(trail_[i].second).effect;
    wanted_.merge(records_beside(*ordered, effect));
    if (effect == Effect::duplicate_id || effect == Effect::duplicate_name)
      duplicates_.emplace(ordered->position, effect);
    entries_.emplace(ordered->position, *std::move(ordered));
  }
  return {};
}

Result<void> BundleVerifier::check_records() {
  if (wanted_.size() != file_.records.size())
    return found_false("the bundle does not prove the record of every signer");
  std::size_t i = 0;
  for (const Bytes& key : wanted_) {
    const auto proven =
        check_range_complete(file_.records[i++], key, key + '\0', {note_.records, note_.state});
    if (!proven)
      return found_false("the record " + key + " is not proven: " + proven.error().detail);
    proven_[key] = proven->empty() ? std::nullopt : std::optional(proven->front().second);
  }
  return check_duplicates();
}

/// What took an id or a name first need not concern this party: the state says that it did.
Result<void> BundleVerifier::check_duplicates() {
  for (const auto& [position, effect] : duplicates_)
    if (!is_taken(entries_.at(position), effect, [&](const Bytes& key) { return proven_.at(key); }))
      return found_false("an entry is called a duplicate, and nothing has taken its id or name");
  return {};
}

void BundleVerifier::fold_all() {
  fold_genesis(views_, charter_);
  std::set<Bytes> registered;
  for (const auto& [position, entry] : entries_) {
    if (!entry.event || duplicates_.contains(position)) continue;
    if (const auto* need = std::get_if<NeedRegistered>(&entry.event->body))
      registered.insert(Records::key_of<NeedRecord>(need->need.value()));
  }
  for (const auto& [key, value] : proven_) {
    if (!value || !key.starts_with(NeedRecord::kPrefix) || registered.contains(key)) continue;
    auto need = try_decode_record<NeedRecord>(*value);
    if (!need) continue;
    reset_sums(*need);  // who receives and what is asked for; the rest is folded
    views_.put(key, encode_record(*need));
  }
  for (const auto& [position, entry] : entries_)
    if (!duplicates_.contains(position)) fold_entry(views_, charter_, entry);
}

Result<void> BundleVerifier::check_folded_chain() {
  std::vector<Position> folded;
  views_.scan(kGovernancePrefix, after_prefix(kGovernancePrefix), [&](BytesView key, BytesView) {
    folded.push_back(*position_of_key(key));
    return ViewReader::Next::go_on;
  });
  if (folded != chain_)
    return found_false("the governance chain holds an event that the quorum has not signed");
  return {};
}

Result<void> BundleVerifier::check_folded_keys() {
  for (const auto& [key, value] : proven_)
    if (key.starts_with(KeyRecord::kPrefix) && views_.get(key) != value)
      return found_false("the governance chain and the state differ about " + key);
  return {};
}

/// The fold of the bundle's entries alone says the same of each of them as the state that the
/// offices signed, but of those that name what does not concern this party (`unknown_reference`
/// here), and of duplicates, which check_duplicates has judged: they are on no rung of its ladder.
Result<void> BundleVerifier::check_folded_trail() {
  const std::map<Bytes, Bytes> proven(trail_.begin(), trail_.end());
  Result<void> verdict;
  const Bytes prefix = trail_prefix(file_.party);
  views_.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    const auto found = proven.find(Bytes(key));
    if (found == proven.end())
      verdict = found_false("the trail lacks an entry that concerns " + file_.party.value());
    else if (found->second != value &&
             decode_record<TrailRecord>(value).effect != Effect::unknown_reference)
      verdict = found_false("an entry of the trail does not have the effect that the state says");
    return verdict ? ViewReader::Next::go_on : ViewReader::Next::stop;
  });
  return verdict;
}

Result<void> BundleVerifier::check_note_signatures() {
  const Roster roster = read_roster(views_, charter_);
  const auto keys = roster.state_keys_at(note_.settled);
  const auto opened = open_canonical(file_.state_note, keys);
  if (!opened) return found_false("the state note: " + opened.error().detail);
  for (const VerifierKey& key : keys)
    if (!signed_by(opened->signers, key))
      return found_false("the state note is not signed by " + key.name);
  return {};
}

Result<void> BundleVerifier::check_checkpoints() {
  const Roster roster = read_roster(views_, charter_);
  std::size_t i = 0;
  for (const Checkpoint& log : note_.logs) {
    if (log.size == LogSize(0)) continue;
    if (i == file_.checkpoints.size())
      return found_false("there is no checkpoint of " + log.origin);
    if (auto held = check_checkpoint(log, file_.checkpoints[i++], roster); !held) return held;
  }
  if (i != file_.checkpoints.size()) return found_false("there are more checkpoints than logs");
  return {};
}

Result<void> BundleVerifier::check_checkpoint(const Checkpoint& log, const BundleCheckpoint& given,
                                              const Roster& roster) {
  const auto opened = open_canonical(given.note, roster.checkpoint_keys());
  if (!opened) return found_false("the checkpoint of " + log.origin + ": " + opened.error().detail);
  const auto checkpoint = parse_checkpoint(opened->text);
  if (!checkpoint || checkpoint->origin != log.origin)
    return found_false("there is no checkpoint of " + log.origin);
  const bool own = std::ranges::any_of(opened->signers,
                                       [&](const Verified& v) { return v.key.name == log.origin; });
  const auto office = parse_origin(log.origin);
  const std::string own_witness =
      office ? witness_key_name(office->ledger, office->office) : std::string();
  const bool cosigned = std::ranges::any_of(opened->signers, [&](const Verified& v) {
    return v.key.type == kNoteCosignature && v.key.name != own_witness;
  });
  if (!own || !cosigned)
    return found_false("the checkpoint of " + log.origin + " is not signed and cosigned");
  for (const Verified& v : opened->signers)
    if (v.time && v.key.name != own_witness) {
      UnixSeconds& newest = cosigned_at_[own_witness];
      newest = std::max(newest, *v.time);
    }
  if (checkpoint->size == log.size) {
    if (checkpoint->root != log.root || !given.consistency.empty())
      return found_false("the checkpoint and the state note differ about " + log.origin);
    return {};
  }
  auto grown =
      check_consistency(log.size, log.root, checkpoint->size, checkpoint->root, given.consistency);
  if (!grown)
    return found_false("the checkpoint of " + log.origin +
                       " does not continue the state note: " + grown.error().detail);
  return {};
}

Result<VerifiedBundle> BundleVerifier::verify() {
  using Step = Result<void> (BundleVerifier::*)();
  for (const Step step : {&BundleVerifier::read_note, &BundleVerifier::check_chain,
                          &BundleVerifier::check_trail, &BundleVerifier::check_records})
    if (auto held = (this->*step)(); !held) return std::unexpected(held.error());
  fold_all();
  for (const Step step :
       {&BundleVerifier::check_folded_chain, &BundleVerifier::check_note_signatures,
        &BundleVerifier::check_checkpoints, &BundleVerifier::check_folded_keys,
        &BundleVerifier::check_folded_trail, &BundleVerifier::check_event_signatures})
    if (auto held = (this->*step)(); !held) return std::unexpected(held.error());
  out_.party = file_.party;
  out_.settled = note_.settled.value();
  for (const auto& [office, time] : cosigned_at_)
    out_.cosigned_at = std::min(out_.cosigned_at.value_or(time), time);
  out_.entries = file_.entries.size();
  const auto ladder = ladder_of({views_, nullptr, charter_}, file_.party);
  out_.ladder_json = ladder ? boost::json::serialize(*ladder) : "[]";
  say("the charter's coordinators signed the governance chain of " + std::to_string(chain_.size()) +
      " events");
  say("every office in force signed the state at Lamport time " + std::to_string(out_.settled));
  say("each log was signed by its office and cosigned by the other, and the state stands on them");
  if (out_.entries == 0) {
    say("no entry concerns " + file_.party.value() +
        " up to that state: its trail is proven to be empty");
    return std::move(out_);
  }
  say(std::to_string(out_.entries) +
      " entries are in those logs, each signed by the parties it needs");
  say("no other entry concerns " + file_.party.value() + " up to that state");
  say("the ladder was computed anew from these entries");
  return std::move(out_);
}

}  // namespace

Result<VerifiedBundle> verify_bundle(std::string_view text, const Charter& charter) {
  const auto file = parse_bundle(text, charter);
  if (!file) return std::unexpected(file.error());
  return BundleVerifier(*file, charter).verify();
}

}  // namespace tallinn
