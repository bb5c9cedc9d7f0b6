// State notes: what this node computed, and what the others signed of the same point, joined.
#include <algorithm>

#include "ledger/store_notes.h"
#include "net/replica_impl.h"
#include "projections/state_tree.h"

namespace tallinn {
namespace {

constexpr std::int64_t kIdleBeforeStateMs = 1'000;
constexpr std::size_t kMostWanted = 64;

/// What two notes of one point and other texts are to each other.
std::string contradiction_of(const StateNote& one, const StateNote& other) {
  const std::string at = "two state notes at settled time " + std::to_string(one.settled.value());
  return one.logs == other.logs ? at + " differ"
                                : at + " are of different logs, and cannot be compared";
}

}  // namespace

Stored<Result<void>> Replica::Impl::take_state(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  if (parsed->ledger != charter.ledger)
    return refused(Code::failed, "a state note of another ledger");
  bool held = true;  // all that it speaks of: else what is still to come could not be folded
  for (const Checkpoint& log : parsed->logs) {
    const auto id = charter.parse_origin(log.origin);
    if (!id) return refused(id.error());
    if (known.roster().log(*id) == nullptr) {
      keep_early(incoming, *id);
      return Result<void>{};
    }
    held = held && held_of(*id) >= log.size;
  }
  const auto signers = state_signers(*note, known.roster());
  if (!signers) return refused(signers.error());
  if (signers->empty()) return refused(Code::failed, "a state note that no office signed");
  if (parsed->rules != kRules || (joint_state && parsed->settled <= *joint_state))
    return Result<void>{};
  const auto last = known.last_lamport(*this);
  if (!last) return std::unexpected(last.error());
  if (parsed->settled > *last || !held) {
    keep_early(incoming, signers->front(), parsed->settled);
    return Result<void>{};
  }
  // A key that did not sign for that point then says nothing of it now.
  const std::string text =
      known_signatures_only(incoming.text, known.roster().state_keys_at(parsed->settled));
  if (!parse_note(text)) return Result<void>{};
  return join_state(*parsed, text);
}

Stored<Result<void>> Replica::Impl::join_state(const StateNote& parsed, const std::string& text) {
  const auto kept = store.get(Family::notes, notes::state_key(parsed.settled));
  if (!kept) return std::unexpected(kept.error());
  std::string joined = text;
  if (*kept) {
    const auto ours = parse_note(**kept);
    const auto theirs = parse_note(text);
    if (!ours || !theirs) return broken(Fault::corrupt, "a kept state note does not read");
    if (ours->text != theirs->text) {
      const auto before = parse_state_note(ours->text);
      if (!before) return broken(Fault::corrupt, "a kept state note does not read");
      alarm(contradiction_of(*before, parsed));
      for (const NoteSignature& line : theirs->signatures)
        put_note(notes::state_key(parsed.settled) + "!" + line.name, text);
      keep_evidence(evidence_of_pair(EvidenceKind::states, **kept, text));
      staged_notes.push_back({NoteKind::state, text});
      return Result<void>{};
    }
    joined = merge_signatures(**kept, text);
    if (joined == **kept) return Result<void>{};
  }
  put_note(notes::state_key(parsed.settled), joined);
  staged_notes.push_back({NoteKind::state, joined});
  const auto all = state_signers(*parse_note(joined), known.roster());
  const auto in_force = known.roster().in_force_at(parsed.settled);
  if (all && signed_by_all(*all, known.roster(), parsed.settled)) {
    joint_state = parsed.settled;
    settled = std::max(settled, parsed.settled);
  }
  const bool to_sign =
      own && std::ranges::count(in_force, *own) > 0 && std::ranges::count(*all, *own) == 0;
  if (mirror || (to_sign && joint_state < parsed.settled)) wanted_states.insert(parsed.settled);
  while (wanted_states.size() > kMostWanted) wanted_states.erase(wanted_states.begin());
  return Result<void>{};
}

std::optional<Lamport> Replica::Impl::next_state_point(std::int64_t idle_ms, Propose propose) {
  const Lamport joint = joint_state.value_or(Lamport(0));
  const Lamport reached = head->settled;
  const Lamport done = std::max(computed_state, joint);
  // A mirror compares what is signed already; of what is before that, the views are no more here.
  std::erase_if(wanted_states,
                [&](Lamport point) { return mirror ? point < joint : point <= joint; });
  const auto named = wanted_states.upper_bound(reached);
  if (named != wanted_states.begin()) return *std::prev(named);
  if (mirror || propose == Propose::nothing) return std::nullopt;
  const Lamport multiple(reached.value() / state_every * state_every);
  if (multiple > done) return multiple;
  if (idle_ms >= kIdleBeforeStateMs && reached > done) return reached;
  return std::nullopt;
}

std::optional<StateJob> Replica::next_state_job(std::int64_t idle_ms, Propose propose) {
  Impl& r = *impl_;
  if (r.fault || (!r.own && !r.mirror) || r.contradicted_order) return std::nullopt;
  const auto point = r.next_state_point(idle_ms, propose);
  if (!point) return std::nullopt;
  r.wanted_states.erase(*point);
  auto note =
      state_note_at(*r.head->snapshot, r.charter, r.head->roster, r.head->held, *point, kRules);
  if (!note) {
    r.fault = note.error();
    return std::nullopt;
  }
  return StateJob{r.head->snapshot, std::move(*note)};
}

Stored<StateNote> compute_state(StateJob job) {
  StoredViews stored(*job.snapshot);
  ViewsAt views(stored);
  if (const auto left_out = leave_out_later(*job.snapshot, job.note.settled, views); !left_out)
    return std::unexpected(left_out.error());
  const StateRoot root = state_root(views);
  if (stored.fault()) return std::unexpected(*stored.fault());
  job.note.records = root.records;
  job.note.state = root.root;
  return job.note;
}

Stored<void> Replica::Impl::recover_states() {
  std::optional<StateNote> first;
  const auto scanned = store.scan(
      Family::notes, notes::state_key(joint_state.value_or(Lamport(0))), notes::state_end(),
      [&](BytesView key, BytesView text) {
        const auto note = parse_note(text);
        const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
        if (!parsed || (joint_state && parsed->settled <= *joint_state))
          return StoreReader::Next::go_on;
        if (key == notes::state_key(parsed->settled))
          first = *parsed;
        else if (first && first->settled == parsed->settled)  // kept beside it
          alarm(contradiction_of(*first, *parsed));
        return StoreReader::Next::go_on;
      });
  return scanned;
}

/// A mirror signs no state: it says when the offices have signed another one than it computes.
Stored<void> Replica::Impl::compare_state(const StateNote& computed) {
  const auto kept = store.get(Family::notes, notes::state_key(computed.settled));
  if (!kept) return std::unexpected(kept.error());
  const auto note = *kept ? parse_note(**kept) : refuse(Code::not_found, "");
  if (note && note->text != format_state_note(computed))
    alarm("the state at Lamport time " + std::to_string(computed.settled.value()) +
          " that offices have signed is not what this mirror computes");
  return {};
}

Stored<void> Replica::stage_state(const StateNote& computed) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  r.computed_state = std::max(r.computed_state, computed.settled);
  r.wanted_states.erase(computed.settled);
  if (r.mirror) return r.compare_state(computed);
  if (!r.own || (r.joint_state && computed.settled <= *r.joint_state)) return {};
  const std::string text = format_state_note(computed);
  const PeerNote note{NoteKind::state,
                      format_note({text,
                                   {sign_note(r.known.roster().log(*r.own)->state.name,
                                              r.identity->keys.state, text)}})};
  auto taken = r.take_state(note);
  if (!taken) return r.stop(taken.error());
  r.wanted_states.erase(computed.settled);
  return {};
}

}  // namespace tallinn
