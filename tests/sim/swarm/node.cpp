#include "tests/sim/swarm/node.h"

#include "net/rebuild.h"
#include "tests/ledger/keys_for_tests.h"

namespace tallinn::swarm {
namespace {

constexpr const char* kPath = "/sim/db";

/// As the file does it: written beside what follows, durable before the next commit.
class SimAnchor final : public Anchor {
 public:
  explicit SimAnchor(AnchorDisk& disk) : disk_(disk), found_(disk.durable) {}
  const std::optional<AnchorState>& found() const override { return found_; }
  Stored<void> set(const AnchorState& state) override {
    disk_.written = state;
    return {};
  }
  Stored<void> durable() override {
    disk_.end(AnchorDisk::Last::reached);
    return {};
  }

 private:
  AnchorDisk& disk_;
  std::optional<AnchorState> found_;
};

}  // namespace

Node::Node(const Charter& charter, std::optional<OfficeNumber> office, std::string name,
           std::uint64_t state_every)
    : charter_(charter),
      office_(office),
      name_(std::move(name)),
      key_name_(name_),
      state_every_(state_every) {}

OfficeKeys Node::keys() const {
  return test::test_office(key_name_);
}

Stored<void> Node::start(std::string key_name) {
  key_name_ = std::move(key_name);
  return start();
}

Stored<void> Node::start() {
  auto store = Store::open(kPath, {.disk = disk_, .cache_bytes = 1u << 20});
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  anchor_ = std::make_unique<SimAnchor>(anchor_disk_);
  std::optional<NodeIdentity> identity;
  std::optional<MirrorIdentity> mirror;
  if (office_)
    identity.emplace(NodeIdentity{*office_, keys()});
  else
    mirror.emplace(MirrorIdentity{name_, test::test_mirror(name_).witness});
  auto replica = Replica::open(*store_, *anchor_, heads_,
                               {.charter = charter_,
                                .identity = std::move(identity),
                                .mirror = std::move(mirror),
                                .mirrors = {test::mirror_keys(charter_, kMirrorName)},
                                .state_every = state_every_});
  if (!replica) {
    const Fault why = replica.error();
    stop();
    return std::unexpected(why);
  }
  replica_ = std::move(*replica);
  failed_ = false;
  return {};
}

void Node::stop() {
  beside_.reset();
  heads_.set(nullptr);
  replica_.reset();
  anchor_.reset();
  store_.reset();
  disk_->fail_mine_after(0, SimDisk::Failing::broken);
  armed_ = failed_ = false;
}

void Node::kill() {
  stop();
  anchor_disk_.end(AnchorDisk::Last::reached);
}

void Node::power_cut(generator::Random& random) {
  stop();
  const auto torn = static_cast<unsigned>(random.percent(50) ? 0 : random.between(0, 1'000));
  disk_->tear_unsynced(torn);
  anchor_disk_.end(random.percent(50) ? AnchorDisk::Last::reached : AnchorDisk::Last::lost);
}

Stored<void> Node::rebuild_views() {
  auto store = Store::open(kPath, {.disk = disk_, .cache_bytes = 1u << 20});
  if (!store) return std::unexpected(store.error());
  if (auto rebuilt = tallinn::rebuild_views(**store, charter_); !rebuilt)
    return std::unexpected(rebuilt.error());
  return {};
}

void Node::arm(std::uint64_t operations, SimDisk::Failing how) {
  disk_->fail_mine_after(operations, how);
  armed_ = true;
}

Snapshot Node::snapshot() const {
  return {disk_->copy(), anchor_disk_.newest()};
}

void Node::put_anchor(std::optional<AnchorState> anchor) {
  anchor_disk_ = {.durable = std::move(anchor), .written = std::nullopt};
}

void Node::lose_everything() {
  disk_ = SimDisk::make();
  anchor_disk_ = {};
}

Stored<void> Node::begin_rebuild_beside() {
  auto begun = RebuildBeside::begin(*store_, charter_);
  if (!begun) return std::unexpected(begun.error());
  beside_ = std::move(*begun);
  rebuild_keeps_files = false;
  return {};
}

Stored<std::optional<std::uint64_t>> Node::step_rebuild_beside(std::size_t most, UnixMillis now) {
  const auto phase = beside_->step(most);
  if (!phase) return std::unexpected(phase.error());
  if (*phase != RebuildBeside::Phase::ready) return std::nullopt;
  const auto placed = replica_->take_views(*beside_, 4, now);
  if (!placed) return std::unexpected(placed.error());
  if (!*placed) return std::nullopt;
  const std::uint64_t differences = beside_->differences().total();
  beside_.reset();
  if (auto dropped = store_->drop_previous(); !dropped) return std::unexpected(dropped.error());
  return differences;
}

}  // namespace tallinn::swarm
