// Every write, sync, new file and rename that a short history of an office makes fails in turn, on
// the store's disk and on the anchor's. After a restart every event that was acknowledged is there,
// nothing that was signed is contradicted, and the store is what its entries say.
#include <doctest/doctest.h>

#include "ledger/store_log.h"
#include "ledger/store_notes.h"
#include "net/fsck.h"
#include "net/rebuild_beside.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/support/record.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// A power cut keeps everything that was written, or only what was synced.
enum class Cut { keeps_unsynced, loses_unsynced };

/// Two places on a disk of its own: what is durable, and what is written and not synced yet.
struct AnchorDisk {
  std::optional<AnchorState> durable;
  std::optional<AnchorState> written;
  std::uint64_t fails_after = 0;  ///< the n-th sync from now; 0: none
  void cut(Cut how) {
    if (how == Cut::keeps_unsynced && written) durable = written;
    written.reset();
    fails_after = 0;
  }
};

class CutAnchor final : public Anchor {
 public:
  explicit CutAnchor(AnchorDisk& disk) : disk_(disk), found_(disk.durable) {}
  const std::optional<AnchorState>& found() const override { return found_; }
  Stored<void> set(const AnchorState& state) override {
    if (auto before = durable(); !before) return before;
    disk_.written = state;
    return {};
  }
  Stored<void> durable() override {
    if (!failed_ && disk_.written && disk_.fails_after > 0) failed_ = --disk_.fails_after == 0;
    if (failed_) return broken(Fault::io, "the anchor's disk failed");
    if (disk_.written) disk_.durable = std::exchange(disk_.written, std::nullopt);
    return {};
  }

 private:
  AnchorDisk& disk_;
  std::optional<AnchorState> found_;
  bool failed_ = false;
};

struct Machine {
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  AnchorDisk anchor_disk;
  Charter charter = signed_charter();
  std::map<Place, Bytes> acknowledged;  ///< event bytes
  std::vector<std::string> shown;       ///< own checkpoints that left the office
  bool finished = false;

  /// An office in memory, until it goes.
  struct Running {
    std::unique_ptr<Store> store;
    std::unique_ptr<CutAnchor> anchor;
    HeadSlot heads;
    std::unique_ptr<Replica> replica;
    ~Running() { heads.set(nullptr); }
  };
  std::unique_ptr<Running> start() {
    auto running = std::make_unique<Running>();
    auto store = Store::open("/store", {.disk = disk});
    if (!store) return nullptr;
    running->store = std::move(*store);
    running->anchor = std::make_unique<CutAnchor>(anchor_disk);
    auto replica = Replica::open(
        *running->store, *running->anchor, running->heads,
        {.charter = charter,
         .identity = NodeIdentity{*charter.office_number("warsaw"), test_office("warsaw")}});
    if (!replica) return nullptr;
    running->replica = std::move(*replica);
    return running;
  }

  /// Records lines [begin, end), two in each commit; what is committed is acknowledged.
  bool record(Running& office, std::size_t begin, std::size_t end) {
    std::map<Place, Bytes> staged;
    for (std::size_t n = begin; n < end; ++n) {
      const Submission submission = submission_of(public_record()[n], charter.id);
      const auto admitted = office.replica->stage_submission(submission, kNow);
      if (!admitted) return false;
      if (!*admitted) continue;  // the other office's
      staged.emplace((*admitted)->place, submission.event);
      if (staged.size() < 2 && n + 1 < end) continue;
      if (!office.replica->commit(kNow)) return false;
      acknowledged.merge(staged);
      staged.clear();
      show(*office.store);
    }
    return true;
  }

  void run() {
    for (const auto& [begin, end] : {std::pair(0u, 9u), std::pair(9u, 14u)}) {
      const auto office = start();
      if (!office || !record(*office, begin, end)) return;
    }
    finished = true;
  }

  std::uint64_t fails_rebuilding = 0;  ///< the n-th operation from when that begins; 0: none

  /// The views made anew, lines recorded beside that.
  void run_rebuilding() {
    const auto office = start();
    if (!office || !record(*office, 0, 9)) return;
    disk->fail_after(fails_rebuilding);
    const auto rebuild = RebuildBeside::begin(*office->store, charter);
    if (!rebuild) return;
    for (std::size_t line = 9;; ++line) {
      if (line < 13 && !record(*office, line, line + 1)) return;
      const auto phase = (*rebuild)->step(4);
      if (!phase) return;
      if (*phase != RebuildBeside::Phase::ready) continue;
      const auto placed = office->replica->take_views(**rebuild, 2, kNow);
      if (!placed) return;
      if (!*placed) continue;
      CHECK(line > 13);  // all was recorded beside it
      break;
    }
    CHECK((*rebuild)->differences().total() == 0);
    finished = office->store->drop_previous() && record(*office, 13, 14);
  }

  void cut(Cut how) {
    disk->fail_after(0);
    if (how == Cut::loses_unsynced) disk->lose_unsynced();
    anchor_disk.cut(how);
  }

  void check_after() {
    const auto office = start();
    REQUIRE(office != nullptr);
    const StoredLogs logs(*office->store);
    for (const auto& [place, event] : acknowledged) {
      const auto bytes = logs.entry(place);
      REQUIRE(bytes.has_value());
      CHECK(decode_entry(*bytes)->event == event);
    }
    const bool appends = office->heads.get()->standing == Standing::may_append;
    CHECK(appends);  // a power cut alone costs no epoch
    CHECK(record(*office, 14, 18));
    for (const std::string& text : shown) {  // nothing that was shown is contradicted
      const Checkpoint old = parse_checkpoint(parse_note(text)->text).value();
      CHECK(*logs.root({kWarsaw, Epoch(1)}, old.size) == old.root);
    }
    const auto scratch = open_store(MemoryDisk::make());
    const auto report =
        fsck(*office->store, charter, *scratch, {.own = kWarsaw, .threads = 1, .progress = {}});
    REQUIRE(report.has_value());
    for (const Difference& one : report->differences.kept()) MESSAGE(one.key, " ", one.detail);
    CHECK(report->differences.total() == 0);
  }

 private:
  static constexpr OfficeNumber kWarsaw{1};
  static constexpr UnixMillis kNow{1'800'000'000'000};

  void show(const Store& store) {
    const auto text = store.get(Family::notes, notes::checkpoint_key({kWarsaw, Epoch(1)}));
    if (text && *text && (shown.empty() || shown.back() != **text)) shown.emplace_back(**text);
  }
};

/// Runs the history once for each operation that can fail, `set(machine, operation)` choosing it,
/// and as often as it takes to get past the last one. Answers how many failed.
template <class Set>
std::uint64_t fail_each(Set&& set, void (Machine::*run)() = &Machine::run) {
  std::uint64_t failures = 0;
  for (const Cut how : {Cut::loses_unsynced, Cut::keeps_unsynced})
    for (std::uint64_t operation = 1;; ++operation) {
      CAPTURE(static_cast<int>(how));
      CAPTURE(operation);
      Machine machine;
      set(machine, operation);
      (machine.*run)();
      machine.cut(how);
      machine.check_after();
      if (machine.finished) break;
      ++failures;
    }
  return failures;
}

}  // namespace

TEST_CASE("whichever operation of the store's disk fails, an office has all it acknowledged") {
  const auto failures =
      fail_each([](Machine& machine, std::uint64_t nth) { machine.disk->fail_after(nth); });
  CHECK(failures > 60);
}

TEST_CASE("whichever operation fails while views are made anew, one or the other are whole") {
  const auto failures =
      fail_each([](Machine& machine, std::uint64_t nth) { machine.fails_rebuilding = nth; },
                &Machine::run_rebuilding);
  CHECK(failures > 60);
}

TEST_CASE("whichever sync of the head anchor fails, an office has all it acknowledged") {
  const auto failures =
      fail_each([](Machine& machine, std::uint64_t nth) { machine.anchor_disk.fails_after = nth; });
  CHECK(failures >= 4);
}

TEST_CASE("after a power cut between a commit and its anchor the office goes on, and only then") {
  Machine machine;
  machine.run();
  REQUIRE(machine.finished);
  CHECK(machine.acknowledged.size() > 8);
  const auto last = machine.anchor_disk.durable;
  {
    const auto office = machine.start();
    REQUIRE(office != nullptr);
    REQUIRE(machine.record(*office, 14, 16));
  }
  machine.cut(Cut::loses_unsynced);  // what was handed over last is gone
  REQUIRE(machine.anchor_disk.durable.has_value());
  {
    const auto office = machine.start();
    REQUIRE(office != nullptr);
    CHECK(office->heads.get()->standing == Standing::may_append);
    REQUIRE(machine.record(*office, 16, 22));
  }
  machine.anchor_disk.written.reset();
  machine.anchor_disk.durable = last;  // an older one, put back
  const auto office = machine.start();
  REQUIRE(office != nullptr);
  CHECK(office->heads.get()->standing == Standing::anchor_behind);
}
