#include "net/peer_notes.h"

#include "ledger/store_notes.h"
#include "net/kept_evidence.h"

namespace tallinn {
namespace {

constexpr std::size_t kMostStatesTold = 64;

Stored<void> add_log_notes(const NotesOf& of, LogId id, const LogKnowledge& log,
                           std::vector<PeerNote>& out) {
  if (!log.checkpoint.empty()) out.push_back({NoteKind::checkpoint, log.checkpoint});
  for (const auto& [by, cosigned] : log.cosigned) {
    const auto text = of.store.get(Family::notes, notes::cosigned_key(id, by));
    if (!text) return std::unexpected(text.error());
    if (*text && **text != log.checkpoint) out.push_back({NoteKind::checkpoint, **text});
  }
  const auto promise = of.store.get(Family::notes, notes::promise_key(id));
  if (!promise) return std::unexpected(promise.error());
  if (*promise) out.push_back({NoteKind::promise, **promise});
  return {};
}

/// The newest states: one that both sign is worth all before it.
Stored<void> add_states(const NotesOf& of, std::vector<PeerNote>& out) {
  const Bytes from = notes::state_key(of.joint_state.value_or(Lamport(0)));
  std::size_t states = 0;
  return of.store.scan_back(
      Family::notes, from, notes::state_end(), [&](BytesView key, BytesView text) {
        if (key.size() != from.size())
          return StoreReader::Next::go_on;  // what differed from one of these
        out.push_back({NoteKind::state, std::string(text)});
        return ++states < kMostStatesTold ? StoreReader::Next::go_on : StoreReader::Next::stop;
      });
}

}  // namespace

Stored<std::vector<PeerNote>> notes_for_new_peer(const NotesOf& of) {
  std::vector<PeerNote> out;
  const auto evidence = kept_evidence(of.store);
  if (!evidence) return std::unexpected(evidence.error());
  for (const KeptEvidence& one : *evidence) out.push_back({NoteKind::evidence, one.text});
  for (const auto& [id, log] : of.known.logs())
    if (!of.frozen.contains(id))
      if (auto added = add_log_notes(of, id, log, out); !added)
        return std::unexpected(added.error());
  if (auto added = add_states(of, out); !added) return std::unexpected(added.error());
  // Last, as there is no end to their number, and nothing settles by them.
  const auto erasures = of.store.scan(Family::notes, notes::erasures_begin(), notes::erasures_end(),
                                      [&](BytesView, BytesView text) {
                                        out.push_back({NoteKind::erasure, std::string(text)});
                                        return StoreReader::Next::go_on;
                                      });
  if (!erasures) return std::unexpected(erasures.error());
  return out;
}

}  // namespace tallinn
