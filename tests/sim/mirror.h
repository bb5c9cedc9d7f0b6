// A mirror beside the two offices of a World: its disk survives restarts; what it and an office
// tell each other goes without a link.
#pragma once

#include "tests/ledger/keys_for_tests.h"
#include "tests/sim/converged.h"

namespace tallinn::sim {

class Mirror {
 public:
  Mirror(const Charter& charter, std::string name) : charter_(charter), name_(std::move(name)) {
    start();
  }

  /// Again, with what its disk holds.
  void start() {
    replica_.reset();
    heads_.set(nullptr);
    store_.reset();
    auto store = Store::open("/mirror/db", {.disk = disk_});
    REQUIRE_MESSAGE(store.has_value(), store.error().detail);
    store_ = std::move(*store);
    auto replica = Replica::open(*store_, *anchor_, heads_,
                                 {.charter = charter_,
                                  .mirror = MirrorIdentity{name_, test::test_mirror(name_).witness},
                                  .mirrors = {test::mirror_keys(charter_, name_)}});
    REQUIRE_MESSAGE(replica.has_value(), replica.error().detail);
    replica_ = std::move(*replica);
  }

  void lose_disk() {
    replica_.reset();
    heads_.set(nullptr);
    store_.reset();
    disk_ = MemoryDisk::make();
    start();
  }

  bool has_on_disk(BytesView bytes) { return disk_->has_bytes(bytes); }
  Replica& replica() { return *replica_; }
  std::shared_ptr<Head> head() const { return heads_.get(); }
  StateRoot root() const {
    StoredViews views(*head()->snapshot);
    return state_root(views);
  }

 private:
  const Charter& charter_;
  std::string name_;
  std::shared_ptr<MemoryDisk> disk_ = MemoryDisk::make();
  std::optional<AnchorState> unsaid_;
  std::unique_ptr<Anchor> anchor_ = open_anchor_memory(unsaid_);
  std::unique_ptr<Store> store_;
  HeadSlot heads_;
  std::unique_ptr<Replica> replica_;
};

/// Offices that list these mirrors, from now on.
inline void list_mirrors(World& world, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    world.mirrors.push_back(test::mirror_keys(world.charter(), name));
  for (const std::size_t n : {kKyiv, kWarsaw}) {
    world.crash(n);
    world.start(n);
  }
}

/// Everything that one of them has and the other lacks, as over a session: batches, then notes.
/// Answers what was refused.
inline std::vector<std::string> give(Replica& from, const Head& head, Replica& to, UnixMillis now) {
  std::vector<std::string> refusals;
  for (const HeldLog& held : head.held) to.show_own_log(held);
  for (int batches = 0; batches < 100; ++batches) {
    const auto batch = make_batch(*head.snapshot, head.given(), to.held(), ValuesToo::leave_out);
    REQUIRE(batch.has_value());
    if (batch->entries.empty()) break;
    const auto taken = to.stage_batch(*batch, Signatures::to_check);
    REQUIRE(taken.has_value());
    if (!*taken) refusals.push_back(taken->error().detail);
    REQUIRE(to.commit(now).has_value());
    if (!*taken) break;
  }
  for (const PeerNote& note : from.notes_for_new_peer()) {
    const auto taken = to.stage_note(note);
    REQUIRE(taken.has_value());
    if (!*taken && taken->error().code != Code::behind) refusals.push_back(taken->error().detail);
  }
  REQUIRE(to.commit(now).has_value());
  return refusals;
}

/// An office and a mirror tell each other all they know, until neither has news.
inline std::vector<std::string> meet(World& world, std::size_t n, Mirror& mirror) {
  std::vector<std::string> refusals;
  for (int round = 0; round < 3; ++round) {
    Replica& office = *world.office(n).replica;
    std::ranges::copy(give(office, *world.head(n), mirror.replica(), world.now()),
                      std::back_inserter(refusals));
    std::ranges::copy(give(mirror.replica(), *mirror.head(), office, world.now()),
                      std::back_inserter(refusals));
  }
  return refusals;
}

}  // namespace tallinn::sim
