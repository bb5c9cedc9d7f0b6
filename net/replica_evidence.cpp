// Contradictions: two signed statements of one office that cannot both be true become evidence,
// which is kept for good, freezes the log, and is told to every peer.
#include <algorithm>

#include "events/assert.h"
#include "ledger/store_notes.h"
#include "net/grown_tree.h"
#include "net/kept_evidence.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

/// A tree that this node has seen signed by the log's office: by a checkpoint or a promise.
struct SignedTree {
  Checkpoint tree;
  std::string note;
};

/// Looks for a pair of signed trees that exclude each other, one of them just shown.
class Comparison {
 public:
  Comparison(GrownTree& held, const SignedTree& shown) : held_(held), shown_(shown) {}

  /// Nothing: they can both be true, or nothing here shows that they cannot.
  std::optional<Evidence> with(const SignedTree& seen) {
    if (shown_.tree.size == seen.tree.size)
      return shown_.tree.root == seen.tree.root
                 ? std::nullopt
                 : std::optional(evidence_of_pair(EvidenceKind::roots, shown_.note, seen.note));
    return shown_.tree.size < seen.tree.size ? prefix(shown_, seen) : prefix(seen, shown_);
  }

 private:
  /// The larger one is of the tree that this node holds, which begins otherwise than the smaller.
  std::optional<Evidence> prefix(const SignedTree& small, const SignedTree& large) {
    const LogSize from = small.tree.size;
    const LogSize to = large.tree.size;
    if (to > held_.size() || from == LogSize(0)) return std::nullopt;
    const auto at_small = held_.root(from);
    if (!at_small || *at_small == small.tree.root) return std::nullopt;
    const auto at_large = held_.root(to);
    if (!at_large || *at_large != large.tree.root) return std::nullopt;
    auto hashes = prove_consistency(from, to, held_);
    if (!hashes) return std::nullopt;
    return Evidence{.kind = EvidenceKind::prefix,
                    .first = small.note,
                    .second = large.note,
                    .root = *at_small,
                    .index = {},
                    .entry = {},
                    .hashes = std::move(*hashes)};
  }

  GrownTree& held_;
  const SignedTree& shown_;
};

}  // namespace

GrownTree Replica::Impl::grown_tree(LogId id, std::vector<Digest> offered) const {
  const LogSize stored = committed(id);
  std::vector<Digest> leaves;
  for (auto staged = staged_entries.lower_bound({id, LogIndex(stored.value())});
       staged != staged_entries.end() && staged->first.log == id; ++staged)
    leaves.push_back(leaf_hash(staged->second));
  leaves.insert(leaves.end(), offered.begin(), offered.end());
  const auto lately = roots_lately.find(id);
  return GrownTree(store, id, stored, std::move(leaves),
                   lately == roots_lately.end() ? nullptr : &lately->second);
}

/// The evidence that the tree makes with what its office signed before.
Stored<std::optional<Evidence>> Replica::Impl::contradiction(const Checkpoint& shown,
                                                             std::string_view text,
                                                             LogId id) const {
  const LogKnowledge& log = known.logs().at(id);
  std::vector<std::string> checkpoints{log.checkpoint, log.ahead};
  for (const auto& [by, unused] : log.cosigned) {
    const auto cosigned = store.get(Family::notes, notes::cosigned_key(id, by));
    if (!cosigned) return std::unexpected(cosigned.error());
    if (*cosigned) checkpoints.push_back(**cosigned);
  }
  std::vector<SignedTree> seen;  // their signatures were checked when they came
  for (std::string& note : checkpoints)
    if (const auto tree = checkpoint_in(note)) seen.push_back({*tree, std::move(note)});
  if (log.promise) seen.push_back({log.promise->own, log.promise_note});
  GrownTree held = grown_tree(id);
  const SignedTree just_shown{shown, std::string(text)};
  Comparison comparison(held, just_shown);
  for (const SignedTree& one : seen) {
    auto evidence = comparison.with(one);
    if (held.fault()) return std::unexpected(*held.fault());
    if (evidence) return evidence;
  }
  return std::nullopt;
}

Stored<Replica::Impl::Shown> Replica::Impl::judge_tree(LogId id, const Checkpoint& shown,
                                                       std::string_view text,
                                                       const std::string& what) {
  const auto evidence = contradiction(shown, text, id);
  if (!evidence) return std::unexpected(evidence.error());
  if (*evidence && keep_evidence(**evidence)) return Shown::contradicts;
  const auto agrees = agrees_with_held(id, shown);
  if (!agrees) return std::unexpected(agrees.error());
  if (*agrees && !*evidence) return Shown::agrees;
  alarm(what + ", signed by the office of " + charter.origin(id) +
        ", is not of the log that this node holds");
  if (id == own) stop_appending(Standing::contradicted);
  return Shown::cannot_be;
}

Stored<bool> Replica::Impl::agrees_with_held(LogId id, const Checkpoint& shown) const {
  const auto grown = writers.find(id);
  if (grown != writers.end() && grown->second.size() == shown.size)  // as most are
    return grown->second.root() == shown.root;
  GrownTree tree = grown_tree(id);
  if (shown.size > tree.size()) return true;
  const auto root = tree.root(shown.size);
  if (tree.fault()) return std::unexpected(*tree.fault());
  return root && *root == shown.root;
}

Stored<Replica::Impl::Shown> Replica::Impl::judge_checkpoint(LogId id, const Checkpoint& shown,
                                                             std::string_view text) {
  return judge_tree(id, shown, text,
                    "a checkpoint of " + std::to_string(shown.size.value()) + " entries");
}

Stored<Replica::Impl::Shown> Replica::Impl::judge_promise(LogId id, const Promise& shown,
                                                          std::string_view text) {
  const auto tree = judge_tree(id, shown.own, text, "a promise");
  if (!tree || *tree != Shown::agrees) return tree;
  return judge_next_entry(id, shown, text);
}

std::string Replica::Impl::broken_by(const Place& place) const {
  return "entry " + charter.origin(place.log) + " " + std::to_string(place.index.value()) +
         " breaks a promise of its office";
}

Stored<Result<void>> Replica::Impl::check_promises(std::span<const OrderedEntry> fresh,
                                                   const PeerBatch& incoming) {
  for (const OrderedEntry& entry : fresh) {
    const Place& place = entry.position.place;
    const auto log = known.logs().find(place.log);
    if (log == known.logs().end()) continue;  // it opens itself: nothing was promised of it
    if (takes_what_is_frozen() && frozen.contains(place.log)) continue;  // the evidence is kept
    for (const auto* promise : {&log->second.promise, &log->second.counting_promise}) {
      if (!*promise || place.index.value() < (*promise)->own.size.value() ||
          entry.position.lamport > (*promise)->lamport)
        continue;
      const std::string sentence = broken_by(place);
      const auto kept = keep_broken_promise(place, fresh, incoming);
      if (!kept) return std::unexpected(kept.error());
      if (!*kept) alarm(sentence);
      return refused(Code::failed, sentence);
    }
  }
  return Result<void>{};
}

Stored<Replica::Impl::Shown> Replica::Impl::judge_next_entry(LogId id, const Promise& shown,
                                                             std::string_view text) {
  const LogKnowledge& log = known.logs().at(id);
  const Place next{id, LogIndex(shown.own.size.value())};
  if (log.held <= shown.own.size) return Shown::agrees;
  const auto lamport = lamport_at(id, next.index);
  if (!lamport) return std::unexpected(lamport.error());
  if (*lamport > shown.lamport) return Shown::agrees;
  const auto entry = entry_at(next);
  if (!entry) return std::unexpected(entry.error());
  if (log.checkpoint_size > shown.own.size) {
    GrownTree tree = grown_tree(id);
    auto hashes = prove_inclusion(next.index, log.checkpoint_size, tree);
    if (tree.fault()) return std::unexpected(*tree.fault());
    if (hashes && keep_evidence({.kind = EvidenceKind::promise,
                                 .first = std::string(text),
                                 .second = log.checkpoint,
                                 .root = {},
                                 .index = next.index,
                                 .entry = *entry,
                                 .hashes = std::move(*hashes)}))
      return Shown::contradicts;
  }
  alarm(broken_by(next));
  if (id == own) stop_appending(Standing::contradicted);
  return Shown::cannot_be;
}

Stored<bool> Replica::Impl::keep_broken_promise(const Place& place,
                                                std::span<const OrderedEntry> fresh,
                                                const PeerBatch& incoming) {
  const LogId id = place.log;
  std::vector<Digest> leaves;
  Bytes bytes;
  for (const OrderedEntry& entry : fresh) {
    if (entry.position.place.log != id) continue;
    leaves.push_back(entry.leaf);
    if (entry.position.place == place) bytes = encode_entry(entry.entry);
  }
  GrownTree tree = grown_tree(id, std::move(leaves));
  const auto growth = std::ranges::find(incoming.logs, id, &BatchLog::log);
  const auto opened = open_checkpoint(growth->checkpoint, id, known.roster());
  for (const Bytes& key : {notes::promise_key(id), notes::counting_promise_key(id)}) {
    const auto promise = store.get(Family::notes, key);
    if (!promise) return std::unexpected(promise.error());
    if (!*promise || !opened || opened->checkpoint.size != tree.size()) continue;
    auto hashes = prove_inclusion(place.index, tree.size(), tree);
    if (tree.fault()) return std::unexpected(*tree.fault());
    if (hashes)
      keep_evidence({.kind = EvidenceKind::promise,
                     .first = **promise,
                     .second = growth->checkpoint,
                     .root = {},
                     .index = place.index,
                     .entry = bytes,
                     .hashes = std::move(*hashes)});
  }
  return evidence_kept.contains(notes::evidence_key(EvidenceKind::promise, charter.origin(id)));
}

bool Replica::Impl::keep_evidence(Evidence evidence) {
  const auto claim = read_evidence(evidence);
  if (!claim) return false;  // as of a promise that was another one
  if (evidence_kept.contains(notes::evidence_key(claim->kind, claim->subject))) return true;
  const std::vector<VerifierKey> keys = known.roster().note_keys();
  // Whoever passed a note on may have added lines that do not hold.
  evidence.first = holding_signatures_only(evidence.first, keys);
  evidence.second = holding_signatures_only(evidence.second, keys);
  const auto proven = check_evidence(evidence, evidence_keys(charter, known.roster()));
  if (!proven) return false;
  keep_proven(proven->claim, format_evidence(evidence));
  return true;
}

void Replica::Impl::keep_proven(const EvidenceClaim& claim, const std::string& text) {
  const Bytes key = notes::evidence_key(claim.kind, claim.subject);
  if (!evidence_kept.insert(key).second) return;
  TALLINN_ASSERT(text.size() <= kMaxEvidenceBytes);
  put_note(key, text);
  staged_notes.push_back({NoteKind::evidence, text});
  count_evidence(claim);
}

void Replica::Impl::count_evidence(const EvidenceClaim& claim) {
  const auto log = frozen_by(claim, charter);
  alarm(claim.sentence + (log ? "; that log is frozen on this node" : ""));
  if (!log || !frozen.insert(*log).second) return;
  if (*log == own) stop_appending(Standing::contradicted);
}

Stored<Result<void>> Replica::Impl::take_evidence(const PeerNote& incoming) {
  const auto evidence = parse_evidence(incoming.text);
  if (!evidence) return refused(evidence.error());
  const LedgerKeys keys = evidence_keys(charter, known.roster());
  if (!names_known_only(*evidence, keys)) return wait_for_keys(incoming, *evidence);
  const auto proven = check_evidence(*evidence, keys);
  if (!proven) return refused(proven.error());
  keep_proven(proven->claim, incoming.text);
  return Result<void>{};
}

/// It is told first, to a node that may not have come to the epoch yet that it speaks of.
Result<void> Replica::Impl::wait_for_keys(const PeerNote& incoming, const Evidence& evidence) {
  const auto claim = read_evidence(evidence);
  if (!claim) return std::unexpected(claim.error());
  auto log = frozen_by(*claim, charter);
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    if (charter.offices[n].state.name == claim->subject) log = LogId{OfficeNumber(n), Epoch(0)};
  if (!log) return refuse(Code::failed, "the evidence is of another ledger");
  keep_early(incoming, *log);
  return refuse(Code::behind,
                "the evidence names a key that no event known here has opened a log "
                "with: it waits for that");
}

Stored<void> Replica::Impl::recover_evidence() {
  const auto kept = kept_evidence(store);
  if (!kept) return std::unexpected(kept.error());
  for (const KeptEvidence& one : *kept) {
    evidence_kept.insert(notes::evidence_key(one.claim.kind, one.claim.subject));
    count_evidence(one.claim);
  }
  return {};
}

}  // namespace tallinn
