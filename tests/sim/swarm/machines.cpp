// What happens to a node's machine, and what it may do when it runs again.
#include "ledger/store_notes.h"
#include "net/rebuild.h"
#include "tests/sim/swarm/run.h"

namespace tallinn::swarm {
namespace {

/// Of these no start in the same epoch ever comes back.
bool is_final(Standing standing) {
  return standing != Standing::may_append && standing != Standing::peer_holds_more &&
         standing != Standing::not_opened;
}

}  // namespace

void Run::restart(std::size_t n, Expected expected) {
  cluster_.start(n);
  Node& one = cluster_.node(n);
  if (!one.up() || !one.office()) return;
  const Standing standing = one.head()->standing;
  const std::string words = one.name() + " starts as " + std::string(spell(standing));
  const bool appends = standing == Standing::may_append;
  if (expected == Expected::to_refuse) refusing_.insert(n);
  const LogId own{*one.office(), Epoch(1)};
  if (refusing_.contains(n))
    tally_.require(!appends, Promise::acknowledged, words + " on data that lacks what it has said");
  else if (expected == Expected::as_before && !cluster_.truth().doubted(own))
    tally_.require(appends || standing == Standing::peer_holds_more, Promise::acknowledged,
                   words + ", and has lost nothing");
  const auto& answered = cluster_.watch().acknowledged();
  const auto size = answered.find(own);
  if (appends && size != answered.end() && !cluster_.truth().doubted(own))
    tally_.require(one.head()->held_of(own) >= size->second, Promise::acknowledged,
                   one.name() + " appends, and has lost what it has answered");
  if (is_final(standing)) refusing_.insert(n);
}

void Run::remember_refusals() {
  for (std::size_t n = 0; n < 2; ++n)
    if (cluster_.up(n) && is_final(cluster_.node(n).head()->standing)) refusing_.insert(n);
}

void Run::crash_at_an_operation(std::size_t n, SimDisk::Failing how) {
  Node& one = cluster_.node(n);
  one.arm(static_cast<std::uint64_t>(random_.between(1, 40)), how);
  if (!random_.percent(30)) return;
  // Within its start.
  cluster_.kill(n);
  one.arm(static_cast<std::uint64_t>(random_.between(1, 30)), how);
  restart(n, Expected::as_before);
}

void Run::remember_machine() {
  if (cluster_.up(plan_.unlucky)) remembered_ = cluster_.node(plan_.unlucky).snapshot();
}

// Two of these one after the other are a machine rolled back: only the first one is told apart.
void Run::roll_disk_back() {
  const std::size_t n = plan_.unlucky;
  if (!remembered_ || !cluster_.up(n) || refusing_.contains(n)) return;
  cluster_.kill(n);
  Node& one = cluster_.node(n);
  const auto said = [](const std::optional<AnchorState>& anchor) {
    return anchor ? anchor->commit : CommitNumber(0);
  };
  const bool lacks = said(remembered_->anchor) < said(one.anchor_state());
  one.put_disk(remembered_->disk->copy());
  cluster_.watch().forget(n);
  cluster_.watch().harmed(n);
  restart(n, lacks ? Expected::to_refuse : Expected::anything);
}

void Run::roll_anchor_back() {
  const std::size_t n = plan_.unlucky;
  if (!remembered_ || !cluster_.up(n) || refusing_.contains(n)) return;
  cluster_.kill(n);
  Node& one = cluster_.node(n);
  const auto now = one.anchor_state() ? one.anchor_state()->commit : CommitNumber(0);
  const auto then = remembered_->anchor ? remembered_->anchor->commit : CommitNumber(0);
  one.put_anchor(remembered_->anchor);
  cluster_.watch().harmed(n);
  const bool older = then.value() + 1 < now.value() || (!remembered_->anchor && now.value() > 0);
  restart(n, older ? Expected::to_refuse : Expected::anything);
}

void Run::lose_disk() {
  const std::size_t n = plan_.unlucky;
  if (!cluster_.up(n) || refusing_.contains(n)) return;
  cluster_.kill(n);
  Node& one = cluster_.node(n);
  const bool said = one.anchor_state() && one.anchor_state()->commit > CommitNumber(0);
  one.put_disk(SimDisk::make());
  cluster_.watch().forget(n);
  cluster_.watch().harmed(n);
  restart(n, said ? Expected::to_refuse : Expected::anything);
}

void Run::roll_machine_back() {
  const std::size_t n = plan_.unlucky;
  if (!remembered_ || !cluster_.up(n)) return;
  cluster_.kill(n);
  Node& one = cluster_.node(n);
  one.put_disk(remembered_->disk->copy());
  one.put_anchor(remembered_->anchor);
  cluster_.watch().forget(n);
  cluster_.watch().harmed(n);
  cluster_.truth().doubt({*one.office(), Epoch(1)});
  refusing_.erase(n);  // what it knew of that is gone as well
  restart(n, Expected::anything);
  if (random_.percent(50)) restart_told_of_more(n);
}

/// It hears of more of its log than it has, and starts again before it has got that.
void Run::restart_told_of_more(std::size_t n) {
  const std::size_t other = 1 - n;
  if (!cluster_.up(n) || !cluster_.up(other)) return;
  const LogId own{*cluster_.node(n).office(), Epoch(1)};
  const auto seen =
      cluster_.node(other).head()->snapshot->get(Family::notes, notes::checkpoint_key(own));
  if (!seen || !*seen) return;
  const bool more = checkpoint_in(**seen)->size > cluster_.node(n).head()->held_of(own);
  const auto told = cluster_.give(n, PeerNote{NoteKind::checkpoint, **seen});
  if (!told) return;
  cluster_.kill(n);
  restart(n, more && *told ? Expected::to_refuse : Expected::anything);
}

void Run::clone_machine() {
  const std::size_t n = plan_.unlucky;
  if (!remembered_ || cluster_.nodes() > kClone) return;
  cluster_.truth().doubt({OfficeNumber(static_cast<std::uint16_t>(n)), Epoch(1)});
  cluster_.watch().harmed(n);  // it is shown what the other one has cosigned in its name
  cluster_.watch().harmed(kClone);
  cluster_.add_clone(n, {remembered_->disk->copy(), remembered_->anchor});
}

void Run::rebuild(std::size_t n) {
  cluster_.kill(n);
  const auto rebuilt = cluster_.node(n).rebuild_views();
  tally_.require(rebuilt.has_value(), Promise::rebuilt,
                 "a rebuild fails: " + (rebuilt ? std::string() : rebuilt.error().detail));
  restart(n, Expected::as_before);
}

}  // namespace tallinn::swarm
