#include "tools/verify_file.h"

#include <algorithm>
#include <limits>

#include "events/entry.h"
#include "events/event.h"
#include "events/text.h"
#include "events/uuid.h"
#include "ledger/evidence.h"
#include "ledger/proof_file.h"
#include "ledger/state_note.h"
#include "ledger/value_statement.h"
#include "net/kept_evidence.h"
#include "net/state_notes.h"
#include "projections/bundle.h"
#include "projections/chain.h"
#include "projections/disclosure.h"
#include "tools/duration.h"
#include "tools/kept_checkpoints.h"
#include "tools/lost_entries.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

using Sentences = std::vector<std::string>;

Result<void> check_level(Level reached, const VerifyOptions& options, std::string_view what) {
  if (!options.at_least || reached >= *options.at_least) return {};
  std::string detail(what);
  detail += " proves " + std::string(level_name(reached)) + ", not " +
            std::string(level_name(*options.at_least));
  if (*options.at_least == Level::settled) detail += "; that needs a trail bundle";
  return refuse(Code::failed, std::move(detail));
}

/// Is the entry of a receipt in the log as a later checkpoint has it?
Result<void> check_not_lost(const VerifiedReceipt& receipt, const Charter& charter,
                            const Roster& roster, const VerifyOptions& options,
                            Sentences& sentences) {
  if (!options.older) return {};
  auto kept = parse_kept_checkpoints(*options.older);
  if (!kept) kept = KeptCheckpoints{.logs = {{.note = *options.older, .since = {}, .proof = {}}}};
  for (const KeptCheckpoint& one : kept->logs) {
    const auto checked = check_kept(one.note, charter, roster);
    if (!checked) return std::unexpected(checked.error());
    if (checked->checkpoint.origin != receipt.checkpoint.origin) continue;
    if (auto lost = loss_of(receipt.checkpoint, receipt.index, checked->checkpoint.size))
      return refuse(Code::failed, *std::move(lost));
    sentences.push_back("the log of " + std::to_string(checked->checkpoint.size.value()) +
                        " entries that it is compared with reaches beyond it");
    return {};
  }
  return refuse(Code::unavailable,
                "the checkpoints it is compared with are not of " + receipt.checkpoint.origin);
}

/// recorded, or replicated when every other office has cosigned.
Level level_by_cosigners(const std::vector<std::string>& cosigned_by, OfficeNumber owner,
                         const Roster& roster) {
  std::size_t others = 0;
  std::size_t cosigned = 0;
  for (const RosterOffice& office : roster.offices()) {
    if (office.current.office == owner || !office.in_force) continue;
    ++others;
    cosigned += std::ranges::find(cosigned_by, office.name) == cosigned_by.end() ? 0 : 1;
  }
  return others > 0 && cosigned == others ? Level::replicated : Level::recorded;
}

/// A sentence about the age, when that was asked for. A time that lies ahead of the reader's clock
/// is as wrong as an old one.
Result<void> check_fresh(const std::optional<UnixSeconds>& cosigned, const VerifyOptions& options,
                         const std::string& what, Sentences& sentences) {
  if (!options.fresh) return {};
  if (!cosigned)
    return refuse(Code::failed, what +
                                    " carries no cosignature by another office, so that nothing "
                                    "says how fresh it is");
  const std::chrono::seconds at(static_cast<std::int64_t>(
      std::min<std::uint64_t>(cosigned->value(), std::numeric_limits<std::int64_t>::max() / 4)));
  const std::chrono::seconds age = std::chrono::seconds(options.fresh->now.value() / 1000) - at;
  const std::string within = "within " + format_duration(options.fresh->max_age);
  const std::string newest = "the newest cosignature of " + what;
  if (age < -options.fresh->max_age)
    return refuse(Code::failed,
                  newest + " lies " + format_duration(-age) + " in the future, not " + within);
  if (age > options.fresh->max_age)
    return refuse(Code::failed, newest + " is " + format_duration(age) + " old, not " + within);
  sentences.push_back(newest + " is " + format_duration(age) + " old, " + within);
  return {};
}

Result<void> check_event_signatures(const Entry& entry, const Charter& charter) {
  for (const EventSignature& signature : entry.signatures)
    if (!check_event_signature(signature, charter.id, entry.event))
      return refuse(Code::failed,
                    "the signature by key " + to_base64(signature.key.view()) + " does not hold");
  return {};
}

Result<Sentences> verify_receipt_file(std::string_view file, const Charter& charter,
                                      const Roster& roster, const VerifyOptions& options) {
  auto proof = parse_proof_file(file);
  if (!proof) return std::unexpected(proof.error());
  if (options.entry) {
    if (proof->extra && *proof->extra != *options.entry)
      return refuse(Code::failed, "the proof carries another entry than the one given");
    proof->extra = options.entry;
  }
  if (!proof->extra)
    return refuse(Code::unavailable,
                  "the proof does not carry the entry that it is about; give it with --entry");
  const auto receipt = verify_receipt(*proof, roster.checkpoint_keys());
  if (!receipt) return std::unexpected(receipt.error());
  const auto log = charter.parse_origin(receipt->checkpoint.origin);
  if (!log) return std::unexpected(log.error());
  const auto entry = decode_entry(receipt->entry);
  if (!entry) return std::unexpected(entry.error());
  if (entry->log != *log)
    return refuse(Code::failed, "the entry says that it belongs to another log");
  if (const auto signatures = check_event_signatures(*entry, charter); !signatures)
    return std::unexpected(signatures.error());
  if (auto lost = loss_of(receipt->checkpoint, receipt->index, roster.limit(*log)))
    return refuse(Code::failed, *std::move(lost));
  const auto cosigned_by = roster.cosigners(receipt->cosigned, log->office);
  const Level level = level_by_cosigners(cosigned_by, log->office, roster);
  if (const auto enough = check_level(level, options, "the receipt"); !enough)
    return std::unexpected(enough.error());
  Sentences sentences;
  const auto event = decode_event(entry->event);
  if (event)
    sentences.push_back("the event " + format_uuid(event->id) + " is a " +
                        std::string(type_name(event->body)) + " by " + event->author.value());
  sentences.push_back(std::to_string(entry->signatures.size()) +
                      " signatures of it hold for this ledger");
  sentences.push_back("it stands in the log " + receipt->checkpoint.origin + " at index " +
                      std::to_string(receipt->index.value()));
  sentences.push_back(
      "the log's checkpoint of " + std::to_string(receipt->checkpoint.size.value()) +
      " entries is signed by the log's key and cosigned by " + name_everyone(cosigned_by));
  if (auto there = check_not_lost(*receipt, charter, roster, options, sentences); !there)
    return std::unexpected(there.error());
  if (auto fresh = check_fresh(newest_cosignature(receipt->cosigned, log->office, roster), options,
                               receipt->checkpoint.origin, sentences);
      !fresh)
    return std::unexpected(fresh.error());
  sentences.push_back("level: " + std::string(level_name(level)));
  return sentences;
}

Result<Sentences> verify_bundle_file(std::string_view file, const Charter& charter,
                                     const VerifyOptions& options) {
  auto bundle = verify_bundle(file, charter);
  if (!bundle) return std::unexpected(bundle.error());
  Sentences sentences = std::move(bundle->sentences);
  sentences.push_back("the trail of " + bundle->party.value() + " has " +
                      std::to_string(bundle->entries) +
                      " entries; its ladder: " + bundle->ladder_json);
  if (auto fresh = check_fresh(bundle->cosigned_at, options, "the bundle", sentences); !fresh)
    return std::unexpected(fresh.error());
  sentences.push_back("level: " + std::string(level_name(Level::settled)));
  return sentences;
}

Result<Sentences> verify_checkpoints(const KeptCheckpoints& kept, const Charter& charter,
                                     const Roster& roster, const VerifyOptions& options) {
  Sentences sentences;
  for (const KeptCheckpoint& one : kept.logs) {
    const auto checked = check_kept(one.note, charter, roster);
    if (!checked) return std::unexpected(checked.error());
    const Level level = level_by_cosigners(checked->cosigned_by, checked->office, roster);
    if (const auto enough =
            check_level(level, options, "the checkpoint of " + checked->checkpoint.origin);
        !enough)
      return std::unexpected(enough.error());
    sentences.push_back("the checkpoint of " + checked->checkpoint.origin + " of " +
                        std::to_string(checked->checkpoint.size.value()) +
                        " entries is signed by the log's key and cosigned by " +
                        name_everyone(checked->cosigned_by));
    if (auto fresh =
            check_fresh(checked->cosigned_at, options, checked->checkpoint.origin, sentences);
        !fresh)
      return std::unexpected(fresh.error());
  }
  if (!options.older) return sentences;
  auto older = parse_kept_checkpoints(*options.older);
  if (!older) older = KeptCheckpoints{.logs = {{.note = *options.older, .since = {}, .proof = {}}}};
  const auto follows = check_follows(kept, *older, charter, roster);
  if (!follows) return std::unexpected(follows.error());
  sentences.insert(sentences.end(), follows->begin(), follows->end());
  return sentences;
}

Result<Sentences> verify_evidence(std::string_view file, const Charter& charter,
                                  const Roster& roster) {
  const auto evidence = parse_evidence(file);
  if (!evidence) return std::unexpected(evidence.error());
  const auto proven = check_evidence(*evidence, evidence_keys(charter, roster));
  if (!proven) return std::unexpected(proven.error());
  const auto note_of = [](const std::vector<std::string>& witnesses) {
    return "holds its signature" +
           (witnesses.empty() ? "" : ", and was cosigned by " + name_everyone(witnesses));
  };
  return Sentences{"the first note " + note_of(proven->cosigned_first),
                   "the second note " + note_of(proven->cosigned_second),
                   "they cannot both be true: " + proven->claim.sentence};
}

/// Whose key it is, as far as the charter and the chain tell.
Result<std::string> owner_text(const PublicKey& key, const Charter& charter,
                               const VerifyOptions& options) {
  const auto owner = owner_by_chain(options.chain, charter, key);
  if (!owner) return std::unexpected(owner.error());
  if (*owner) return "a key of " + (*owner)->value();
  return "the key " + to_base64(key.view()) +
         ", whose party is not proven: neither the charter nor a governance chain given names it";
}

Result<Sentences> verify_disclosure_file(std::string_view file, const Charter& charter,
                                         const Roster& roster, const VerifyOptions& options) {
  const auto disclosure = parse_disclosure(file);
  if (!disclosure) return std::unexpected(disclosure.error());
  const auto event = check_disclosure(*disclosure, charter.id, roster);
  if (!event) return std::unexpected(event.error());
  auto sentences = verify_receipt_file(disclosure->receipt, charter, roster, options);
  if (!sentences) return sentences;
  const auto by = owner_text(disclosure->key, charter, options);
  if (!by) return std::unexpected(by.error());
  const WithheldValue& value = disclosure->value;
  const bool is_text = valid_text(value.value);
  sentences->push_back(
      "it withholds the " + value.field.value() + ", TLP:" + std::string(spell(disclosure->tlp)) +
      ", behind a commitment, and this is the value that it committed to" +
      (is_text ? ": " : ", base64: ") + (is_text ? value.value : to_base64(value.value)));
  sentences->push_back("it was disclosed by " + *by);
  sentences->push_back("not proven: when it was disclosed, and that what the value says is true");
  return sentences;
}

Result<Sentences> verify_erasure(std::string_view file, const Charter& charter,
                                 const VerifyOptions& options) {
  const auto erasure = open_erasure(file);
  if (!erasure) return std::unexpected(erasure.error());
  if (erasure->ledger != charter.id)
    return refuse(Code::failed, "the erasure is of another ledger");
  const auto owner = owner_by_chain(options.chain, charter, erasure->key);
  if (!owner) return std::unexpected(owner.error());
  if (*owner && **owner != erasure->party)
    return refuse(Code::failed, "the erasure is signed by a key of " + (*owner)->value());
  const auto by = owner_text(erasure->key, charter, options);
  if (!by) return std::unexpected(by.error());
  return Sentences{erasure->party.value() + " has the " + erasure->field.value() + " of event " +
                       format_uuid(erasure->event) + " erased, behind the commitment " +
                       to_hex(erasure->commitment.view()),
                   "it is signed by " + *by, "not proven: that no copy of the value is left"};
}

Result<Sentences> verify_state_note(const Note& note, const Charter& charter,
                                    const Roster& roster) {
  const auto state = parse_state_note(note.text);
  if (!state) return std::unexpected(state.error());
  if (state->ledger != charter.ledger)
    return refuse(Code::failed, "the state note is of another ledger");
  const auto signers = state_signers(note, roster);
  if (!signers) return std::unexpected(signers.error());
  if (!signed_by_all(*signers, roster, state->settled))
    return refuse(Code::failed, "the state note is not signed by every office");
  return Sentences{"the state note at Lamport time " + std::to_string(state->settled.value()) +
                   " is signed by every office"};
}

Result<Sentences> never_fresh(const std::string& what) {
  return refuse(Code::failed, what + " carries no time, so that nothing says how fresh it is");
}

}  // namespace

Result<std::vector<std::string>> verify_file(std::string_view file, const Charter& charter,
                                             const Roster& roster, const VerifyOptions& options) {
  if (file.starts_with("c2sp.org/tlog-proof@v1\n"))
    return verify_receipt_file(file, charter, roster, options);
  if (file.starts_with("{\"format\":\"tallinn-ledger/checkpoints@v1\"")) {
    const auto kept = parse_kept_checkpoints(file);
    if (!kept) return std::unexpected(kept.error());
    return verify_checkpoints(*kept, charter, roster, options);
  }
  if (file.starts_with("tallinn-ledger/evidence@v1\n"))
    return options.fresh ? never_fresh("evidence") : verify_evidence(file, charter, roster);
  if (file.starts_with("{\"format\":\"tallinn-ledger/disclosure@v1\""))
    return verify_disclosure_file(file, charter, roster, options);
  if (file.starts_with(kErasureFormat))
    return options.fresh ? never_fresh("an erasure") : verify_erasure(file, charter, options);
  if (file.starts_with('{')) return verify_bundle_file(file, charter, options);
  const auto note = parse_note(file);
  if (!note)
    return refuse(
        Code::malformed,
        "this is neither a receipt, a trail bundle, a disclosure, evidence, nor a signed note");
  if (note->text.starts_with("tallinn-ledger/state@v1\n"))
    return options.fresh ? never_fresh("a state note") : verify_state_note(*note, charter, roster);
  return verify_checkpoints({.logs = {{.note = std::string(file), .since = {}, .proof = {}}}},
                            charter, roster, options);
}

}  // namespace tallinn
