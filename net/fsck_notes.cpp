#include "net/fsck_notes.h"

#include <algorithm>

#include "events/event.h"
#include "events/uuid.h"
#include "events/wire.h"
#include "ledger/evidence.h"
#include "ledger/note.h"
#include "ledger/promise.h"
#include "ledger/state_note.h"
#include "ledger/store_log.h"
#include "ledger/store_notes.h"
#include "ledger/value_statement.h"
#include "net/fsck_logs.h"
#include "net/kept_evidence.h"
#include "net/kept_growth.h"
#include "net/rebuild.h"
#include "net/state_notes.h"

namespace tallinn {
namespace {

Difference wrong(Family family, std::string key, std::string detail) {
  return {.kind = Difference::Kind::wrong,
          .origin = Difference::Origin::truth,
          .family = family,
          .key = std::move(key),
          .log = {},
          .index = {},
          .detail = std::move(detail)};
}

Difference unreadable(Family family, std::string key, const Fault& fault) {
  Difference difference = wrong(family, std::move(key), fault.detail);
  difference.kind = Difference::Kind::unreadable;
  return difference;
}

class NotesCheck {
 public:
  NotesCheck(const StoreReader& store, const Charter& charter, const Roster& roster,
             std::optional<OfficeNumber> own, Differences& found)
      : store_(store), charter_(charter), roster_(roster), own_(own), found_(found) {}

  Stored<CheckedNotes> run() {
    const auto scanned = store_.scan(Family::notes, {}, {}, [&](BytesView key, BytesView text) {
      ++checked_.notes;
      take(key, text);
      return StoreReader::Next::go_on;
    });
    if (!scanned && scanned.error().kind == Fault::io) return std::unexpected(scanned.error());
    if (!scanned) found_.add(unreadable(Family::notes, "a note", scanned.error()));
    return std::move(checked_);
  }

 private:
  void take(BytesView key, BytesView text) {
    WireReader reader(key);
    const notes::Kind kind{static_cast<char>(reader.be<std::uint8_t>())};
    const Result<void> holds = check(kind, reader, text);
    if (!holds) found_.add(wrong(Family::notes, words(key), holds.error().detail));
  }

  Result<void> check(notes::Kind kind, WireReader& key, BytesView text) {
    using enum notes::Kind;
    switch (kind) {
      case charter:
        if (text == charter_.note) return {};
        return refuse(Code::failed, "it is not the charter that this check was given");
      case ahead: {  // whether it is of the entries is for the node to find out, and to tell
        const LogId log = key.log();
        if (!key.done()) return unknown();
        const auto opened = opened_checkpoint(log, text);
        return opened ? Result<void>{} : std::unexpected(opened.error());
      }
      case checkpoint:
      case cosigned: {
        const LogId log = key.log();
        std::optional<OfficeNumber> by;
        if (kind == cosigned) by = OfficeNumber(key.be<std::uint16_t>());
        if (!key.done()) return unknown();
        return check_checkpoint(log, by, text);
      }
      case mirror_cosigned: {  // which mirrors there are, and whose keys, no store says
        const LogId log = key.log();
        if (!key.ok()) return unknown();
        return check_checkpoint(log, std::nullopt, text);
      }
      case promise:
      case counting_promise: {
        const LogId log = key.log();
        if (!key.done()) return unknown();
        return check_promise(log, text);
      }
      case evidence: return check_evidence_text(text);
      case erasure: return check_erasure_text(key, text);
      case growth: {
        const LogId log = key.log();
        if (!key.done()) return unknown();
        return check_growth(log);
      }
      case state: {
        const Lamport settled(key.be<std::uint64_t>());
        if (!key.ok()) return unknown();
        return check_state(settled, text);
      }
    }
    return unknown();
  }

  static Result<void> unknown() { return refuse(Code::failed, "no note of ours has such a key"); }

  std::string words(BytesView key) const {
    using enum notes::Kind;
    constexpr std::array<std::pair<notes::Kind, std::string_view>, 11> kKinds{
        {{charter, "charter"},
         {checkpoint, "checkpoint"},
         {ahead, "checkpoint of more than is held"},
         {cosigned, "cosigned checkpoint"},
         {mirror_cosigned, "mirror's checkpoint"},
         {promise, "promise"},
         {counting_promise, "counting promise"},
         {state, "state note"},
         {evidence, "evidence"},
         {erasure, "erasure"},
         {growth, "growth"}}};
    for (const auto& [kind, name] : kKinds)
      if (!key.empty() && notes::Kind{key.front()} == kind) {
        WireReader reader(key.substr(1));
        if (kind == state)
          return std::string(name) + " of Lamport time " +
                 std::to_string(reader.be<std::uint64_t>());
        if (kind == charter) return std::string(name);
        if (kind == erasure && key.size() > Uuid::kSize)
          return std::string(name) + " of what " + format_uuid(reader.fixed<Uuid>()) + " withholds";
        if (kind == evidence) return std::string(name) + " " + escaped(key.substr(1));
        const LogId log = reader.log();
        if (reader.ok() && charter_.office(log.office) != nullptr)
          return std::string(name) + " of " + charter_.origin(log);
      }
    return escaped(key);
  }

  Result<Checkpoint> opened_checkpoint(LogId id, BytesView text) const {
    const auto note = parse_note(text);
    auto checkpoint = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
    if (!checkpoint) return checkpoint;
    const RosterLog* keys = roster_.log(id);
    if (keys == nullptr) return refuse(Code::failed, "no event here opens its log");
    if (checkpoint->origin != charter_.origin(id))
      return refuse(Code::failed, "it is of " + checkpoint->origin);
    const auto verified = verify_note(*note, roster_.checkpoint_keys());
    if (!verified) return std::unexpected(verified.error());
    if (!signed_by(*verified, keys->log))
      return refuse(Code::failed, "the log's key has not signed it");
    return checkpoint;
  }

  Result<void> check_checkpoint(LogId id, std::optional<OfficeNumber> by, BytesView text) {
    const auto checkpoint = opened_checkpoint(id, text);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (by && charter_.office(*by) == nullptr) return refuse(Code::failed, "it names no office");
    SaidOfLog& said = checked_.said[id];
    said.roots.push_back({checkpoint->size, checkpoint->root});
    const bool ours = own_ && (by == own_);
    if (ours) said.must_hold = std::max(said.must_hold, checkpoint->size);
    return {};
  }

  Result<void> check_growth(LogId id) {
    const auto growth = kept_growth(store_, id);
    if (!growth) return refuse(Code::failed, growth.error().detail);
    return check_checkpoint(id, std::nullopt, (*growth)->checkpoint);
  }

  Result<void> check_promise(LogId id, BytesView text) {
    const RosterLog* keys = roster_.log(id);
    if (keys == nullptr) return refuse(Code::failed, "no event here opens its log");
    const auto promise = open_promise(text, charter_.id, keys->state);
    if (!promise) return std::unexpected(promise.error());
    if (promise->own.origin != charter_.origin(id))
      return refuse(Code::failed, "it is of " + promise->own.origin);
    return {};
  }

  Result<void> check_evidence_text(BytesView text) {
    const auto evidence = parse_evidence(text);
    if (!evidence) return std::unexpected(evidence.error());
    const auto proven = check_evidence(*evidence, evidence_keys(charter_, roster_));
    if (!proven) return std::unexpected(proven.error());
    if (const auto log = frozen_by(proven->claim, charter_)) checked_.said[*log].accused = true;
    return {};
  }

  Result<void> check_erasure_text(WireReader& key, BytesView text) const {
    const auto erasure = open_erasure(text);
    if (!erasure) return std::unexpected(erasure.error());
    if (erasure->ledger != charter_.id) return refuse(Code::failed, "it is of another ledger");
    const Bytes named = notes::erasure_key(erasure->event, erasure->commitment, erasure->party);
    if (key.take(named.size() - 1) != BytesView(named).substr(1) || !key.done())
      return refuse(Code::failed, "it is of another value");
    return {};
  }

  Result<void> check_state(Lamport settled, BytesView text) const {
    const auto note = parse_note(text);
    const auto state = note ? parse_state_note(note->text) : std::unexpected(note.error());
    if (!state) return std::unexpected(state.error());
    if (state->ledger != charter_.ledger) return refuse(Code::failed, "it is of another ledger");
    if (state->settled != settled)
      return refuse(Code::failed,
                    "it is of Lamport time " + std::to_string(state->settled.value()));
    const auto signers = state_signers(*note, roster_);
    if (!signers) return std::unexpected(signers.error());
    if (signers->empty()) return refuse(Code::failed, "no office has signed it");
    return {};
  }

  const StoreReader& store_;
  const Charter& charter_;
  const Roster& roster_;
  const std::optional<OfficeNumber> own_;
  Differences& found_;
  CheckedNotes checked_;
};

Result<void> check_withheld_value(const StoreReader& store, BytesView key, BytesView stored) {
  const StoredLogs logs(store);
  const auto id = Uuid::from(key.substr(0, Uuid::kSize));
  WireReader reader(stored);
  const auto salt = reader.fixed<Salt>();
  if (!id || key.size() == Uuid::kSize || !reader.ok())
    return refuse(Code::failed, "it is not laid out as a withheld value");
  const auto places = logs.places_of(*id);
  if (!places) return refuse(Code::failed, places.error().detail);
  const WithheldValue value{.event = *id,
                            .field = Name(std::string(key.substr(Uuid::kSize))),
                            .salt = salt,
                            .value = Bytes(stored.substr(Salt::kSize))};
  for (const StoredLogs::IdPlace& at : *places) {
    const auto bytes = logs.entry(at.place);
    const auto entry = bytes ? decode_entry(*bytes) : refuse(Code::failed, bytes.error().detail);
    const auto event = entry ? decode_event(entry->event) : std::unexpected(entry.error());
    if (!event || !check_withheld(*event, value)) continue;
    const auto erased = store.get(
        Family::notes, notes::erasure_key(*id, withheld_commitment(value), event->author));
    if (!erased) return refuse(Code::failed, erased.error().detail);
    if (*erased)
      return refuse(Code::failed, "its author has had it erased: `tallinn erase` erases it again");
    return {};
  }
  return refuse(Code::failed, places->empty() ? "no entry here is its event"
                                              : "its event committed to another value");
}

}  // namespace

Stored<CheckedNotes> check_notes(const StoreReader& store, const Charter& charter,
                                 const Roster& roster, std::optional<OfficeNumber> own,
                                 Differences& found) {
  return NotesCheck(store, charter, roster, own, found).run();
}

Stored<std::uint64_t> check_withheld_values(const StoreReader& store, Differences& found) {
  std::uint64_t count = 0;
  const auto scanned = store.scan(Family::withheld, {}, {}, [&](BytesView key, BytesView value) {
    ++count;
    if (const auto holds = check_withheld_value(store, key, value); !holds)
      found.add(wrong(Family::withheld, words_of_key(Family::withheld, key), holds.error().detail));
    return StoreReader::Next::go_on;
  });
  if (!scanned && scanned.error().kind == Fault::io) return std::unexpected(scanned.error());
  if (!scanned) found.add(unreadable(Family::withheld, "a value", scanned.error()));
  return count;
}

Stored<void> check_marks(const StoreReader& store, Differences& found) {
  const auto known = [](BytesView key) {
    return key == "format" || key == "rules" || key == "repairing" || key == "generation" ||
           key == "rebuilt" || key.starts_with("anchored/") || key.starts_with("stopped/") ||
           key.starts_with("scrub/") || key.starts_with("lacking/");
  };
  auto scanned = store.scan(Family::meta, {}, {}, [&](BytesView key, BytesView) {
    if (!known(key)) {
      Difference difference = wrong(Family::meta, escaped(key), "");
      difference.kind = Difference::Kind::unexpected;
      found.add(std::move(difference));
    }
    return StoreReader::Next::go_on;
  });
  if (!scanned && scanned.error().kind == Fault::io) return scanned;
  if (!scanned) found.add(unreadable(Family::meta, "a mark", scanned.error()));
  const auto unfinished = [&](const Stored<bool>& whole, std::string key, std::string detail) {
    if (whole.value_or(true)) return;  // what cannot be read has been named
    Difference difference = wrong(Family::meta, std::move(key), std::move(detail));
    difference.origin = Difference::Origin::derived;
    found.add(std::move(difference));
  };
  unfinished(views_are_whole(store), "rules",
             "the views were not made to their end, or by other rules");
  unfinished(logs_are_whole(store), "repairing", "a repair of trees and event ids was cut short");
  return {};
}

}  // namespace tallinn
