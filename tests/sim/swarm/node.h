// Node: one office or mirror of a simulated run: real store, replica and rebuild on a disk and an
// anchor that can fail, be torn, lost, copied and put back. One thread.
#pragma once

#include "ledger/store_sim_disk.h"
#include "net/rebuild_beside.h"
#include "net/replica.h"
#include "tools/generator/random.h"

namespace tallinn::swarm {

/// An anchor's file: what was handed over last may not have reached the disk.
struct AnchorDisk {
  std::optional<AnchorState> durable;
  std::optional<AnchorState> written;

  const std::optional<AnchorState>& newest() const { return written ? written : durable; }
  /// The end of the process; power cut: what was written last is there or not.
  enum class Last : std::uint8_t { reached, lost };
  void end(Last last) {
    if (last == Last::reached && written) durable = written;
    written.reset();
  }
};

/// A machine as it was at a moment.
struct Snapshot {
  std::shared_ptr<SimDisk> disk;
  std::optional<AnchorState> anchor;
};

inline constexpr const char* kMirrorName = "mirror";

class Node {
 public:
  /// `name`: what peers know it by; no office: a mirror. `charter` outlives it.
  Node(const Charter& charter, std::optional<OfficeNumber> office, std::string name,
       std::uint64_t state_every);

  const std::string& name() const { return name_; }
  std::optional<OfficeNumber> office() const { return office_; }
  /// Runs, and its store has not failed.
  bool up() const { return replica_ != nullptr && !failed_; }
  bool failed() const { return failed_; }
  Replica& replica() { return *replica_; }
  std::shared_ptr<Head> head() const { return heads_.get(); }
  UnixMillis clock(std::int64_t now_ms) const { return UnixMillis(now_ms + skew_ms); }
  OfficeKeys keys() const;

  /// The disk is as healthy as it was made; a Fault leaves it stopped.
  Stored<void> start();
  /// With other keys from now on.
  Stored<void> start(std::string key_name);
  /// The process ends; what the machine was told to write is written.
  void kill();
  void power_cut(generator::Random& random);
  /// Only while it is stopped.
  Stored<void> rebuild_views();

  /// The disk fails at the n-th operation from now.
  void arm(std::uint64_t operations, SimDisk::Failing how);
  bool armed() const { return armed_; }
  bool has_on_disk(BytesView bytes) const { return disk_->has_bytes(bytes); }
  /// Its store has answered a Fault.
  void fail() { failed_ = true; }

  Snapshot snapshot() const;
  /// Only while it is stopped.
  void put_disk(std::shared_ptr<SimDisk> disk) { disk_ = std::move(disk); }
  void put_anchor(std::optional<AnchorState> anchor);
  const std::optional<AnchorState>& anchor_state() const { return anchor_disk_.newest(); }
  void lose_everything();

  Stored<void> begin_rebuild_beside();
  bool rebuilding() const { return beside_ != nullptr; }
  void end_rebuild_beside() { beside_.reset(); }
  /// Differences found, once the new views are in place; until then nothing.
  Stored<std::optional<std::uint64_t>> step_rebuild_beside(std::size_t most, UnixMillis now);

  std::int64_t skew_ms = 0;          ///< of its clock
  std::int64_t slow_until_ms = 0;    ///< it reads little until then
  std::int64_t last_change_ms = 0;   ///< by the simulation's clock
  bool rebuild_keeps_files = false;  ///< what was erased stays in files that the rebuild reads

 private:
  void stop();

  const Charter& charter_;
  const std::optional<OfficeNumber> office_;
  const std::string name_;
  std::string key_name_;
  const std::uint64_t state_every_;
  std::shared_ptr<SimDisk> disk_ = SimDisk::make();
  AnchorDisk anchor_disk_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Anchor> anchor_;
  HeadSlot heads_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<RebuildBeside> beside_;
  bool armed_ = false;
  bool failed_ = false;
};

}  // namespace tallinn::swarm
