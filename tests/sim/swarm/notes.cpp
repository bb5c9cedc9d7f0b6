#include "tests/sim/swarm/notes.h"

#include "ledger/promise.h"
#include "ledger/state_note.h"

namespace tallinn::swarm {

void Notes::told(const PeerNote& note) {
  constexpr std::size_t kMostKept = 400;
  if (!checked_.insert(note.text).second) return;
  if (kept_.size() < kMostKept) kept_.push_back(note);
  switch (note.kind) {
    case NoteKind::checkpoint: return check_checkpoint(note.text);
    case NoteKind::promise: return check_promise(note.text);
    case NoteKind::state: return check_state(note.text);
    case NoteKind::evidence:
    case NoteKind::erasure: return;  // of evidence the watch hears by the node's alarms
  }
}

void Notes::check_of_log(const Checkpoint& checkpoint, const std::string& what) {
  const auto log = charter_.parse_origin(checkpoint.origin);
  tally_.require(log.has_value(), Promise::one_history, what + " names an unknown log");
  if (truth_.doubted(*log)) return;
  tally_.require(checkpoint.size <= truth_.size(*log), Promise::one_history,
                 what + " of " + checkpoint.origin + " says more than anybody holds");
  tally_.require(truth_.root(*log, checkpoint.size) == checkpoint.root, Promise::one_history,
                 what + " of " + checkpoint.origin + " is of another history");
}

void Notes::check_checkpoint(const std::string& text) {
  const auto note = parse_note(text);
  const auto checkpoint = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
  tally_.require(checkpoint.has_value(), Promise::one_history, "a checkpoint does not read");
  check_of_log(*checkpoint, "a checkpoint");
  const auto log = charter_.parse_origin(checkpoint->origin);
  for (std::size_t office = 0; office < charter_.offices.size(); ++office) {
    const std::string witness = witness_key_name(charter_.ledger, charter_.offices[office].name);
    for (const NoteSignature& line : note->signatures)
      if (line.name == witness && !watch_.is_harmed(office) && !truth_.any_doubt())
        tally_.require(watch_.held(office, *log) >= checkpoint->size, Promise::one_history,
                       charter_.offices[office].name + " has cosigned more than it holds");
  }
}

void Notes::check_promise(const std::string& text) {
  const auto note = parse_note(text);
  const auto promise = note ? parse_promise(note->text) : std::unexpected(note.error());
  tally_.require(promise.has_value(), Promise::one_history, "a promise does not read");
  const auto own = charter_.parse_origin(promise->own.origin);
  check_of_log(promise->own, "a promise");
  if (truth_.any_doubt()) return;
  const std::size_t office = own->office.value();
  if (watch_.is_harmed(office)) return;
  const std::string& name = charter_.offices[office].name;
  tally_.require(promise->lamport <= watch_.last(office), Promise::one_history,
                 name + " promises more than it holds");
  for (const PromiseHolds& holds : promise->holds)
    tally_.require(watch_.held(office, *charter_.parse_origin(holds.origin)) >= holds.size,
                   Promise::one_history, name + " says it holds what it does not");
  for (auto index = promise->own.size.value(); index < truth_.size(*own).value(); ++index)
    tally_.require(truth_.fact({*own, LogIndex(index)})->lamport > promise->lamport,
                   Promise::one_history, name + " promises what it has broken");
  truth_.promised(*own, promise->own.size, promise->lamport);
}

void Notes::check_state(const std::string& text) {
  const auto note = parse_note(text);
  const auto state = note ? parse_state_note(note->text) : std::unexpected(note.error());
  tally_.require(state.has_value(), Promise::one_history, "a state note does not read");
  if (truth_.any_doubt()) return;
  for (const Checkpoint& log : state->logs) check_of_log(log, "a state note");
  // Alone or together: of one point there is one state.
  const auto [found, first] = states_.emplace(std::to_string(state->settled.value()), note->text);
  tally_.require(first || found->second == note->text, Promise::equal,
                 "two states are signed of Lamport time " + std::to_string(state->settled.value()));
}

}  // namespace tallinn::swarm
