// History: logs of offices as plain bytes, written by hand or taken from a store, which can be
// given to a node in any order and in any pieces. Reader: a node that only takes.
#pragma once

#include <random>

#include "ledger/note.h"
#include "net/rebuild.h"
#include "net/replica.h"
#include "net/state_notes.h"
#include "projections/roster.h"
#include "projections/state_tree.h"
#include "tests/sim/beside.h"
#include "tests/sim/epoch_lines.h"
#include "tests/support/record.h"

namespace tallinn::sim {

class History final : public HashReader {
 public:
  explicit History(Charter charter) : charter_(std::move(charter)) {
    for (std::size_t n = 0; n < charter_.offices.size(); ++n)
      seeds_[{OfficeNumber(static_cast<std::uint16_t>(n)), Epoch(1)}] = charter_.offices[n].name;
  }

  /// The log is signed by the keys of this seed.
  void open(LogId log, std::string_view seed) { seeds_[log] = seed; }
  /// Appends an event, with the exact Lamport time; `start`: of a log that begins with it.
  Position append(LogId log, const std::string& line, const std::vector<HeldLog>& seen,
                  const LogStart& start = {}) {
    return append(log, test::submission_of(line, charter_.id), seen, start);
  }
  Position append(LogId log, const Submission& submission, const std::vector<HeldLog>& seen,
                  const LogStart& start = {}) {
    Entry entry{.log = log,
                .lamport = {},
                .seen = {},
                .recorded = UnixMillis(1'800'000'000'000),
                .event = submission.event,
                .signatures = submission.signatures};
    std::vector<Lamport> earlier{start.after};
    for (const HeldLog& one : seen) {
      entry.seen.push_back({one.log, one.size});
      earlier.push_back(lamport({one.log, LogIndex(one.size.value() - 1)}));
    }
    auto& entries = logs_[log];
    std::optional<Lamport> previous;
    if (!entries.empty()) previous = lamport({log, LogIndex(entries.size() - 1)});
    if (entries.empty() && start.follows) previous = lamport(*start.follows);
    entry.lamport = next_lamport(previous, earlier);
    entries.push_back(encode_entry(entry));
    return {entry.lamport, {log, LogIndex(entries.size() - 1)}};
  }
  /// Entries as they are.
  void add(LogId log, const std::vector<Bytes>& entries) { logs_[log] = entries; }
  /// Every entry of a store that is not here.
  void add(const StoreReader& store) {
    StoredLogs logs(store);
    for (const LogId log : logs.logs().value()) {
      auto& entries = logs_[log];
      const auto size = logs.size(log).value().value();
      while (entries.size() < size)
        entries.push_back(logs.entry({log, LogIndex(entries.size())}).value());
    }
  }

  LogSize size(LogId log) const {
    const auto found = logs_.find(log);
    return LogSize(found == logs_.end() ? 0 : found->second.size());
  }
  std::vector<HeldLog> sizes() const {
    std::vector<HeldLog> out;
    for (const auto& [id, entries] : logs_) out.push_back({id, LogSize(entries.size())});
    return out;
  }
  Entry entry(const Place& place) const {
    return decode_entry(logs_.at(place.log).at(place.index.value())).value();
  }
  Lamport lamport(const Place& place) const { return entry(place).lamport; }
  Digest root(LogId log, LogSize size) {
    reading_ = log;
    return size == LogSize(0) ? empty_root() : tree_root(size, *this).value();
  }
  /// Entries of one log, with the proof that leads to a checkpoint of all that there is of it.
  PeerBatch batch(LogId log, LogSize from, LogSize to) {
    PeerBatch batch;
    for (auto index = from.value(); index < to.value(); ++index)
      batch.entries.push_back({log, LogIndex(index), logs_.at(log).at(index)});
    const std::string origin = charter_.origin(log);
    const std::string text = format_checkpoint({origin, size(log), root(log, size(log))});
    const SigningKey key = test::test_office(seeds_.at(log)).log;
    batch.logs.push_back({log, to, format_note({text, {sign_note(origin, key, text)}}),
                          prove_consistency(to, size(log), *this).value()});
    return batch;
  }
  const Charter& charter() const { return charter_; }

 private:
  Result<Digest> read(NodeId node) override {
    Frontier frontier;
    const auto& entries = logs_.at(reading_);
    const std::uint64_t width = std::uint64_t{1} << node.level;
    for (std::uint64_t i = node.index * width; i < (node.index + 1) * width; ++i)
      frontier.append(leaf_hash(entries.at(i)));
    return frontier.root();
  }

  const Charter charter_;
  std::map<LogId, std::string> seeds_;
  std::map<LogId, std::vector<Bytes>> logs_;
  LogId reading_;
};

/// Of a prefix of a log as the history has it.
inline Change change_of(History& history, LogId log, LogSize size, Lamport after, int number,
                        std::string_view seed = "kyiv again") {
  return sim::change_of(history.charter(), log, size, history.root(log, size), after, seed, number);
}

class Reader {
 public:
  explicit Reader(const Charter& charter) : charter_(charter) { start(); }

  /// As much of one log as is said, or to its end.
  Result<void> take(History& history, LogId log, std::optional<LogSize> to = std::nullopt,
                    Signatures signatures = Signatures::to_check) {
    const LogSize from = head()->held_of(log);
    auto taken =
        replica_->stage_batch(history.batch(log, from, to.value_or(history.size(log))), signatures);
    REQUIRE_MESSAGE(taken.has_value(), taken.error().detail);
    REQUIRE(replica_->commit(UnixMillis(0)).has_value());
    if (beside_ && beside_->step(5)) beside_again();
    return *taken;
  }
  /// From now on its views are made anew all the time, a few entries whenever something is taken.
  void keep_rebuilding_beside() { beside_.emplace(*store_, *replica_); }
  struct RebuiltBeside {
    int times = 0;
    int took_back = 0;  ///< of them, where entries came that stand before what was folded anew
    std::uint64_t differences = 0;
  };
  /// The one that is under way is finished.
  RebuiltBeside end_rebuilding_beside() {
    beside_->finish();
    beside_again();
    beside_.reset();
    return rebuilt_beside_;
  }
  void must_take(History& history, LogId log, std::optional<LogSize> to = std::nullopt) {
    const auto taken = take(history, log, to);
    REQUIRE_MESSAGE(taken.has_value(), taken.error().detail);
  }
  /// All of it, in pieces that `random` chooses, as far as what an entry has seen is here.
  void take_all(History& history, std::mt19937_64& random) {
    take_up_to(history, history.sizes(), random);
    for (const HeldLog& log : history.sizes()) CHECK(head()->held_of(log.log) == log.size);
  }
  void take_as_far_as(History& history, const Reader& other, std::mt19937_64& random) {
    take_up_to(history, other.head()->held, random);
  }
  void start() {
    auto store = Store::open("/sim/db", {.disk = disk_});
    REQUIRE(store.has_value());
    store_ = std::move(*store);
    anchor_ = open_anchor_memory(kept_);
    auto replica =
        Replica::open(*store_, *anchor_, heads_, {.charter = charter_, .identity = std::nullopt});
    REQUIRE_MESSAGE(replica.has_value(), replica.error().detail);
    replica_ = std::move(*replica);
  }
  void stop() {
    beside_.reset();
    heads_.set(nullptr);
    replica_.reset();
    anchor_.reset();
    store_.reset();
  }
  void restart() {
    stop();
    start();
  }
  void rebuild() {
    stop();
    {
      auto store = Store::open("/sim/db", {.disk = disk_});
      REQUIRE(store.has_value());
      const auto rebuilt = rebuild_views(**store, charter_);
      REQUIRE_MESSAGE(rebuilt.has_value(), rebuilt.error().detail);
    }
    start();
  }
  std::shared_ptr<Head> head() const { return heads_.get(); }
  Replica& replica() { return *replica_; }
  const Charter& charter() const { return charter_; }
  StateRoot root() const {
    StoredViews views(*head()->snapshot);
    return state_root(views);
  }

 private:
  void beside_again() {
    ++rebuilt_beside_.times;
    rebuilt_beside_.took_back += beside_->took_back() ? 1 : 0;
    rebuilt_beside_.differences += beside_->rebuild().differences().total();
    beside_.emplace(*store_, *replica_);
  }
  void take_up_to(History& history, const std::vector<HeldLog>& sizes, std::mt19937_64& random) {
    constexpr int kIdle = 100;  // that often nothing was ready: all is here
    for (int idle = 0; idle < kIdle;) {
      const HeldLog& log = sizes[random() % sizes.size()];
      const std::uint64_t held = head()->held_of(log.log).value();
      const std::uint64_t most = std::min(log.size.value(), held + 1 + random() % 12);
      std::uint64_t to = held;
      while (to < most && ready(history, {log.log, LogIndex(to)})) ++to;
      idle = to > held ? 0 : idle + 1;
      if (to > held) must_take(history, log.log, LogSize(to));
    }
  }
  bool ready(const History& history, const Place& place) const {
    const Entry entry = history.entry(place);
    const auto event = decode_event(entry.event);
    if (head()->roster.log(place.log) == nullptr &&
        opens_its_own_log(charter_, place, &*event) == nullptr)
      return false;
    return std::ranges::all_of(
        entry.seen, [&](const Seen& seen) { return head()->held_of(seen.log) >= seen.size; });
  }

  const Charter charter_;
  std::shared_ptr<MemoryDisk> disk_ = MemoryDisk::make();
  std::unique_ptr<Store> store_;
  std::optional<AnchorState> kept_;
  std::unique_ptr<Anchor> anchor_;
  HeadSlot heads_;
  std::unique_ptr<Replica> replica_;
  std::optional<Beside> beside_;
  RebuiltBeside rebuilt_beside_;
};

/// A state note of all that a reader holds up to `point`, signed by those offices' first keys.
inline PeerNote state_signed_by(const Reader& reader, const std::vector<std::string>& offices,
                                Lamport point) {
  const auto head = reader.head();
  const Charter& charter = reader.charter();
  auto note = state_note_at(*head->snapshot, charter, head->roster, head->held, point, kRules);
  REQUIRE(note.has_value());
  const auto computed = compute_state({head->snapshot, *note});
  REQUIRE(computed.has_value());
  const std::string text = format_state_note(*computed);
  std::vector<NoteSignature> signatures;
  for (const std::string& office : offices)
    signatures.push_back(
        sign_note(state_key_name(charter.ledger, office), test::test_office(office).state, text));
  return {NoteKind::state, format_note({text, signatures})};
}
/// The reader takes it.
inline void settle(Reader& reader, const std::vector<std::string>& offices, Lamport point) {
  const PeerNote note = state_signed_by(reader, offices, point);
  REQUIRE(reader.replica().stage_note(note).value().has_value());
  REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
  REQUIRE(reader.head()->joint_state == point);
}

/// Whatever the order was in which it came: the same roster, views and root, and no alarm.
inline void check_same(const Reader& a, const Reader& b) {
  CHECK(a.head()->roster == b.head()->roster);
  CHECK(a.root() == b.root());
  CHECK(a.head()->last == b.head()->last);
  CHECK(a.head()->alarms.empty());
  CHECK(b.head()->alarms.empty());
}

/// Nor does a restart or a rebuild change anything.
inline void check_lasting(Reader& reader) {
  const Roster roster = reader.head()->roster;
  const StateRoot root = reader.root();
  reader.restart();
  CHECK(reader.head()->roster == roster);
  CHECK(reader.root() == root);
  reader.rebuild();
  CHECK(reader.head()->roster == roster);
  CHECK(reader.root() == root);
}

}  // namespace tallinn::sim
