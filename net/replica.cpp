#include "net/replica.h"

#include <algorithm>

#include "ledger/note.h"
#include "ledger/store_erased.h"
#include "ledger/store_notes.h"
#include "ledger/store_standing.h"
#include "net/fsck_logs.h"
#include "net/peer_notes.h"
#include "net/rebuild.h"
#include "net/replica_impl.h"

namespace tallinn {

namespace {

constexpr std::size_t kRootsKept = 64;           // of a log
constexpr std::size_t kMostErasedUndo = 10'000;  // by one commit; the next goes on

}  // namespace

std::unexpected<Fault> Replica::Impl::stop(Fault why) {
  if (!fault) fault = std::move(why);
  return std::unexpected(*fault);
}

void Replica::Impl::stop_appending(Standing why) {
  paused = false;
  if (standing != Standing::contradicted) standing = why;
  put_stopped(batch, *own, standing);
  dirty = true;
}

void Replica::Impl::show_own(LogId log, LogSize size) {
  LogSize& shown = own_shown[log];
  shown = std::max(shown, size);
  check_own_shown();
}

void Replica::Impl::claim_own(LogId log, LogSize size) {
  LogSize& claimed = own_claimed[log];
  claimed = std::max(claimed, size);
  check_own_shown();
}

void Replica::Impl::check_own_shown() {
  if (!own || (standing != Standing::may_append && !paused)) return;
  const auto more = [&](const std::map<LogId, LogSize>& sizes) {
    const auto found = sizes.find(*own);
    return found != sizes.end() && found->second > committed(*own);
  };
  if (more(own_shown)) {
    stop_appending(Standing::peer_holds_more);
  } else if (more(own_claimed)) {
    paused = true;
    standing = Standing::peer_holds_more;
    dirty = true;
  }
}

void Replica::Impl::find_own_log() {
  own = known.roster().log_of_key(identity->office, identity->keys.log.public_key());
}

Stored<void> Replica::Impl::judge_own_log() {
  if (!own) {
    standing = Standing::not_opened;
    return {};
  }
  const auto commit = anchored_commit(store, *own);
  if (!commit) return std::unexpected(commit.error());
  own_commit = *commit;
  std::optional<Fault> unreadable;
  paused = false;
  standing = judge_anchor(anchor.both(), charter.id,
                          {.log = {*own, committed(*own)}, .commit = own_commit}, [&](LogSize at) {
                            const auto root = StoredLogs(store).root(*own, at);
                            if (!root) unreadable = root.error();
                            return root ? *root : Digest{};
                          });
  if (unreadable) return std::unexpected(*unreadable);
  const auto stopped = stopped_for_good(store, *own);
  if (!stopped) return std::unexpected(stopped.error());
  if (*stopped) standing = **stopped;
  check_own_shown();
  if (standing == Standing::may_append && known.roster().log(*own)->sealed)
    standing = Standing::sealed;
  return anchor_own_log();
}

void Replica::Impl::alarm(std::string sentence) {
  if (std::ranges::find(alarms, sentence) != alarms.end()) return;
  alarms.push_back(std::move(sentence));
  dirty = true;
}

Stored<std::unique_ptr<Replica>> Replica::open(Store& store, Anchor& anchor, HeadSlot& heads,
                                               Options options) {
  const auto kept = store.get(Family::notes, notes::charter_key());
  if (!kept) return std::unexpected(kept.error());
  if (*kept && **kept != options.charter.note)
    return broken(Fault::corrupt, "this data belongs to another charter");
  const auto whole = logs_are_whole(store);
  if (!whole) return std::unexpected(whole.error());
  if (!*whole)
    return broken(Fault::corrupt,
                  "a repair of this data was cut short; run `tallinn fsck --repair` again");
  if (auto ready = prepare_views(store, options.charter); !ready)
    return std::unexpected(ready.error());
  auto impl = std::make_unique<Impl>(store, anchor, heads, std::move(options));
  auto known = Knowledge::load(store, impl->charter, impl->known.mirrors());
  if (!known) return std::unexpected(known.error());
  impl->known = std::move(*known);
  if (auto recovered = impl->recover(); !recovered) return std::unexpected(recovered.error());
  return std::unique_ptr<Replica>(new Replica(std::move(impl)));
}

Stored<void> Replica::Impl::recover() {
  StoredLogs logs(store);
  for (const auto& [id, log] : known.logs()) {
    auto frontier = logs.frontier(id, log.held);
    if (!frontier) return std::unexpected(frontier.error());
    writers.emplace(id, LogWriter(id, std::move(*frontier)));
    if (log.held == LogSize(0)) continue;
    const Position last{log.last_lamport, {id, LogIndex(log.held.value() - 1)}};
    if (!folded || *folded < last) folded = last;
  }
  auto erased = keys_to_scrub(store);
  if (!erased) return std::unexpected(erased.error());
  to_scrub = std::move(*erased);
  if (auto compared = compare_with_seals({}); !compared) return compared;
  const auto joint = newest_joint_state(store, known.roster());
  if (!joint) return std::unexpected(joint.error());
  if (*joint) joint_state = computed_state = settled = (*joint)->settled;
  if (auto said = recover_states(); !said) return said;
  if (!identity) {
    if (mirror) standing = Standing::mirror;
    if (auto recovered = recover_evidence(); !recovered) return recovered;
    return publish();
  }
  if (anchor.found()) {
    anchored = *anchor.found();
    for (const HeldLog& cosigned : anchored.cosigned) {
      if (!known.logs().contains(cosigned.log)) continue;
      LogSize& mine = known.log(cosigned.log).cosigned[identity->office].size;
      mine = std::max(mine, cosigned.size);
    }
  }
  find_own_log();
  if (auto judged = judge_own_log(); !judged) return judged;
  if (auto recovered = recover_evidence(); !recovered) return recovered;
  return publish();
}

/// Before anything is committed: the anchor begins with a log, and follows the last commit when a
/// power cut came between the two.
Stored<void> Replica::Impl::anchor_own_log() {
  if (standing != Standing::may_append) return {};
  const auto& found = anchor.found();
  if (!found || found->own.log != *own) {  // then nothing was said of it yet
    AnchorState begun{.ledger = charter.id,
                      .commit = own_commit,
                      .own = {*own, LogSize(0)},
                      .root = empty_root(),
                      .cosigned = anchored.cosigned,
                      .promised = Lamport(0)};
    anchored = std::move(begun);
    return anchor.set(anchored);
  }
  if (found->commit == own_commit) return {};
  anchored = says_now().value_or(anchored);
  anchored.commit = own_commit;
  return anchor.set(anchored);
}

Stored<void> Replica::commit(UnixMillis now) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  if (!r.dirty) return r.scrub();
  r.sign_own_checkpoint();
  if (auto cosigned = r.cosign(now); !cosigned) return r.stop(cosigned.error());
  if (auto counted = r.let_promises_count(); !counted) return r.stop(counted.error());
  if (auto promised = r.promise(); !promised) return r.stop(promised.error());
  if (auto written = r.write(now); !written) return r.stop(written.error());
  if (auto published = r.publish(); !published) return published;
  return r.scrub();
}

std::optional<AnchorState> Replica::Impl::says_now() {
  // Also when sealed or paused: what was staged before that is said with it.
  if (!own || (!may_cosign() && !paused)) return std::nullopt;
  const LogKnowledge& ours = known.log(*own);
  AnchorState state{.ledger = charter.id,
                    .commit = anchored.commit,
                    .own = {*own, ours.held},
                    .root = writer(*own).root(),
                    .cosigned = {},
                    .promised = promised()};
  for (const auto& [id, log] : known.logs()) {
    const auto mine = log.cosigned.find(identity->office);
    if (!is_ours(id) && mine != log.cosigned.end())
      state.cosigned.push_back({id, mine->second.size});
  }
  if (state == anchored) return std::nullopt;
  state.commit = CommitNumber(own_commit.value() + 1);
  return state;
}

/// Of what was taken back and folded again only what came out otherwise.
void Replica::Impl::put_views() {
  for (const auto& [key, value] : views.changes()) {
    if (!value)
      batch.erase(Family::views, key);
    else if (taken_back.empty() || !view_cache.holds(key, *value))
      batch.put(Family::views, key, *value);
  }
  for (const auto& [position, undo] : taken_back)
    if (!staged_undo.contains(position)) batch.erase(Family::undo, position_key(position));
  for (const auto& [position, undo] : staged_undo) {
    if (joint_state && position.lamport <= *joint_state) continue;
    const auto before = taken_back.find(position);
    if (before == taken_back.end() || before->second != undo)
      batch.put(Family::undo, position_key(position), undo);
  }
}

Stored<void> Replica::Impl::erase_old_undo() {
  if (!joint_state) return {};
  Bytes reached = position_key({Lamport(joint_state->value() + 1), {}});
  if (reached <= undo_from) return {};
  std::size_t erased = 0;
  const auto scanned =
      store.scan(Family::undo, undo_from, Bytes(reached), [&](BytesView key, BytesView) {
        if (erased++ == kMostErasedUndo) {
          reached = key;
          return StoreReader::Next::stop;
        }
        batch.erase(Family::undo, key);
        return StoreReader::Next::go_on;
      });
  undo_from = std::move(reached);
  return scanned;
}

void Replica::Impl::remember_roots() {
  for (const auto& [id, log] : writers) {
    auto& roots = roots_lately[id];
    if (!roots.contains(log.size())) roots.emplace(log.size(), log.root());
    if (roots.size() > kRootsKept) roots.erase(roots.begin());
  }
}

Stored<void> Replica::Impl::write(UnixMillis) {
  put_views();
  if (auto erased = erase_old_undo(); !erased) return erased;
  const auto said = says_now();
  if (said) {
    if (auto durable = anchor.durable(); !durable) return durable;
    put_anchored(batch, *own, said->commit);
  }
  if (auto committed = store.commit(std::move(batch)); !committed) return committed;
  batch = Batch();
  dirty = false;
  remember_roots();
  view_cache.written(views.changes());
  views.clear();
  staged_entries.clear();
  staged_ids.clear();
  staged_undo.clear();
  taken_back.clear();
  staged_values.clear();
  staged_erasures.clear();
  std::ranges::move(staged_notes, std::back_inserter(outbox));
  staged_notes.clear();
  if (!said) return {};
  own_commit = said->commit;
  anchored = *said;
  return anchor.set(*said);
}

Stored<void> Replica::Impl::publish() {
  auto next = std::make_shared<Head>();
  next->snapshot = store.snapshot();
  next->trees = std::make_shared<SharedTrees>(next->snapshot);
  next->revision = ++revision;
  next->held = known.held();
  next->cosigned = known.cosigned();
  for (const auto& [id, log] : known.logs()) next->replicated[id] = known.replicated(id);
  const auto now_settled = known.settled(*this);
  if (!now_settled) return stop(now_settled.error());
  settled = std::max(settled, *now_settled);
  next->settled = settled;
  next->roster = known.roster();
  next->own = own;
  const auto last = known.last_lamport(*this);
  if (!last) return stop(last.error());
  next->last = *last;
  next->standing = standing;
  if (identity) next->office = identity->office;
  next->joint_state = joint_state;
  next->alarms = alarms;
  next->frozen = frozen;
  head = next;
  heads.set(std::move(next));
  return {};
}

std::vector<PeerNote> Replica::take_notes() {
  return std::exchange(impl_->outbox, {});
}

std::vector<PeerNote> Replica::notes_for_new_peer() const {
  const Impl& r = *impl_;
  auto notes = tallinn::notes_for_new_peer(
      {.store = r.store, .known = r.known, .frozen = r.frozen, .joint_state = r.joint_state});
  return notes ? *std::move(notes) : std::vector<PeerNote>();  // the next commit shows the fault
}

void Replica::show_own_log(const HeldLog& peer_holds) {
  if (impl_->is_ours(peer_holds.log)) impl_->claim_own(peer_holds.log, peer_holds.size);
}

const std::vector<HeldLog>& Replica::held() const {
  return impl_->head->held;
}
const Charter& Replica::charter() const {
  return impl_->charter;
}
Replica::Replica(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Replica::~Replica() = default;

}  // namespace tallinn
