// World: two offices, their disks and the link between them in one thread, under one seed: all real
// code but for clock, network and disk. Everything that happens follows from the seed and the
// calls.
#pragma once

#include <map>
#include <queue>
#include <random>

#include "ledger/store_lacking.h"
#include "net/make_batch.h"
#include "net/rebuild.h"
#include "net/replica.h"
#include "net/session.h"
#include "tests/sim/beside.h"
#include "tests/support/record.h"

namespace tallinn::sim {

struct LinkFaults {
  std::int64_t least_delay_ms = 1;
  std::int64_t most_delay_ms = 40;
  std::size_t bytes_per_s = 0;  ///< of each direction; 0: as many as come
  unsigned cut_percent = 0;     ///< chance that a chunk of bytes cuts the link instead of arriving
};

/// One office: its disk survives crashes, everything else does not.
struct Office {
  std::string seed;  ///< what its keys are made from
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::optional<AnchorState> kept_anchor;
  std::unique_ptr<Store> store;
  std::unique_ptr<Anchor> anchor;
  HeadSlot heads;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<Session> session;
  std::optional<Beside> beside;
  int rebuilt_beside = 0;
  int took_back_beside = 0;
  std::int64_t last_change_ms = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed, LinkFaults faults = {},
                 std::uint64_t state_every = kStateEvery)
      : random_(seed), faults_(faults), state_every_(state_every) {
    for (std::size_t n = 0; n < 2; ++n) start(n, charter_.offices[n].name);
  }

  // --- what a test does ---
  /// Records a line at an office, at once. A decision that belongs to the other office is taken
  /// there when it is up.
  Result<Admitted> record(std::size_t n, const std::string& line) {
    return submit(n, test::submission_of(line, charter_.id));
  }
  /// The same, but only if it belongs here.
  Result<Admitted> record_here(std::size_t n, const std::string& line) {
    return submit_here(n, test::submission_of(line, charter_.id));
  }
  Result<Admitted> submit_here(std::size_t n, const Submission& submission) {
    auto staged = office(n).replica->stage_submission(submission, now());
    REQUIRE(staged.has_value());
    commit(n);
    return *staged;
  }
  Result<Admitted> submit(std::size_t n, const Submission& submission) {
    auto answer = submit_here(n, submission);
    if (!answer && answer.error().code == Code::wrong_office && offices_[1 - n].replica)
      return submit(1 - n, submission);
    return answer;
  }
  void connect() {
    linked_ = true;
    retry_at_ = clock_ms_;
  }
  void cut() {
    linked_ = false;
    drop();
  }
  /// Power cut: what was not synced is gone.
  void crash(std::size_t n) {
    drop();
    offices_[n].beside.reset();
    offices_[n].heads.set(nullptr);
    offices_[n].replica.reset();
    offices_[n].anchor.reset();
    offices_[n].store.reset();
    offices_[n].disk->lose_unsynced();
  }
  /// The office's disk and anchor are gone; it starts on empty ones.
  void replace_disk(std::size_t n) { replace_disk(n, offices_[n].seed); }
  /// The same, with other keys.
  void replace_disk(std::size_t n, std::string_view seed) {
    crash(n);
    offices_[n].disk = MemoryDisk::make();
    offices_[n].kept_anchor.reset();
    start(n, seed);
  }
  /// Makes the views anew, between a stop and a start.
  void rebuild(std::size_t n) {
    rebuild(n, [](Store&) {});
  }
  /// The same, after `change` has had its way with the store.
  template <class ChangeStore>
  void rebuild(std::size_t n, ChangeStore&& change) {
    crash(n);
    {
      auto store = Store::open("/sim/db", {.disk = offices_[n].disk});
      REQUIRE(store.has_value());
      change(**store);
      REQUIRE(rebuild_views(**store, charter_).has_value());
    }
    start(n);
  }
  /// Makes the views anew beside the office, a few entries at each tick.
  void begin_rebuild_beside(std::size_t n) {
    offices_[n].beside.emplace(*offices_[n].store, *offices_[n].replica);
  }
  void start(std::size_t n) { start(n, offices_[n].seed); }
  void start(std::size_t n, std::string_view seed) {
    Office& o = offices_[n];
    o.seed = seed;
    auto store = Store::open("/sim/db", {.disk = o.disk});
    REQUIRE_MESSAGE(store.has_value(), store.error().detail);
    o.store = std::move(*store);
    o.anchor = open_anchor_memory(o.kept_anchor);
    auto replica =
        Replica::open(*o.store, *o.anchor, o.heads,
                      {.charter = charter_,
                       .identity = NodeIdentity{OfficeNumber(static_cast<std::uint16_t>(n)),
                                                test::test_office(o.seed)},
                       .mirrors = mirrors,
                       .state_every = state_every_});
    REQUIRE_MESSAGE(replica.has_value(), replica.error().detail);
    o.replica = std::move(*replica);
    o.last_change_ms = clock_ms_;
  }
  /// Turns the clocks on while nothing happens.
  void skip_ms(std::int64_t milliseconds) {
    drop();
    clock_ms_ += milliseconds;
    retry_at_ = clock_ms_;
  }
  /// Lets simulated time pass.
  void run_ms(std::int64_t milliseconds) {
    const std::int64_t until = clock_ms_ + milliseconds;
    while (clock_ms_ < until) step(until);
  }

  // --- what a test looks at ---
  Office& office(std::size_t n) { return offices_[n]; }
  std::shared_ptr<Head> head(std::size_t n) { return offices_[n].heads.get(); }
  const Charter& charter() const { return charter_; }
  UnixMillis now() const { return UnixMillis(clock_ms_); }
  std::uint64_t random(std::uint64_t bound) { return random_() % bound; }
  std::uint64_t sessions() const { return sessions_; }
  std::vector<MirrorKeys> mirrors;    ///< that the offices list when they start
  std::vector<std::string> refusals;  ///< reasons of sessions that a side blamed on its peer

 private:
  struct Chunk {
    std::int64_t at_ms;
    std::uint64_t sequence;
    std::size_t to;
    Bytes bytes;
    bool operator>(const Chunk& other) const {
      return std::tie(at_ms, sequence) > std::tie(other.at_ms, other.sequence);
    }
  };

  void step(std::int64_t until) {
    if (linked_ && !offices_[0].session && clock_ms_ >= retry_at_ && offices_[0].replica &&
        offices_[1].replica)
      meet();
    const std::int64_t next_tick = clock_ms_ / 50 * 50 + 50;
    const bool chunk_first = !chunks_.empty() && chunks_.top().at_ms < next_tick;
    const std::int64_t at =
        std::min(until, chunk_first ? std::max(clock_ms_, chunks_.top().at_ms) : next_tick);
    clock_ms_ = at;
    if (chunk_first && chunks_.top().at_ms <= at) return deliver();
    if (clock_ms_ % 50 == 0) tick();
  }

  void meet() {
    ++sessions_;
    for (std::size_t n = 0; n < 2; ++n) {
      Hello hello{kPeerVersion, charter_.id, charter_.offices[n].name, offices_[n].replica->held()};
      offices_[n].session = std::make_unique<Session>(
          std::move(hello), charter_.offices[1 - n].name, SessionLimits{}, now());
    }
    for (std::size_t n = 0; n < 2; ++n) {
      offices_[n].session->start();
      obey(n);
    }
  }

  void drop() {
    for (Office& o : offices_) o.session.reset();
    chunks_ = {};
    last_arrival_ = {};
    under_way_ = {};
    retry_at_ = clock_ms_ + 100 + static_cast<std::int64_t>(random(200));
  }

  void deliver() {
    Chunk chunk = chunks_.top();
    chunks_.pop();
    if (random(100) < faults_.cut_percent) return drop();
    under_way_[chunk.to] -= chunk.bytes.size();
    offices_[chunk.to].session->on_bytes(chunk.bytes, now());
    obey(chunk.to);
  }

  void tick() {
    for (std::size_t n = 0; n < 2; ++n) {
      Office& o = offices_[n];
      if (!o.replica) continue;
      if (o.session) {
        o.session->on_tick(now());
        o.session->on_written(under_way_[1 - n]);
        obey(n);
      }
      o.replica->renew_cosignatures(now());
      commit(n);
      step_rebuild(o);
      if (auto job = o.replica->next_state_job(clock_ms_ - o.last_change_ms)) {
        const auto computed = compute_state(*job);
        REQUIRE(computed.has_value());
        REQUIRE(o.replica->stage_state(*computed).has_value());
        commit(n);
      }
    }
  }

  void step_rebuild(Office& o) {
    if (!o.beside || !o.beside->step(1 + random(20))) return;
    CHECK(o.beside->rebuild().differences().total() == 0);
    ++o.rebuilt_beside;
    o.took_back_beside += o.beside->took_back() ? 1 : 0;
    o.beside.reset();
  }

  void commit(std::size_t n) {
    Office& o = offices_[n];
    const auto before = o.replica->held();
    const auto committed = o.replica->commit(now());
    REQUIRE_MESSAGE(committed.has_value(), committed.error().detail);
    if (o.replica->held() != before) o.last_change_ms = clock_ms_;
    const auto notes = o.replica->take_notes();
    if (!o.session) return;
    o.session->on_held(o.replica->held());
    for (const PeerNote& note : notes) o.session->tell(note);
    obey(n);
  }

  void send(std::size_t from, Bytes bytes) {
    // In pieces, so that frames are cut anywhere; in order, as TCP does.
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(bytes.size() - at, 1 + random(20'000));
      const auto delay =
          faults_.least_delay_ms + static_cast<std::int64_t>(random(static_cast<std::uint64_t>(
                                       faults_.most_delay_ms - faults_.least_delay_ms + 1)));
      std::int64_t& last = last_arrival_[1 - from];
      last = std::max(last, clock_ms_ + delay);
      if (faults_.bytes_per_s != 0)
        last += static_cast<std::int64_t>(size * 1'000 / faults_.bytes_per_s);
      under_way_[1 - from] += size;
      chunks_.push({last, sequence_++, 1 - from, bytes.substr(at, size)});
      at += size;
    }
  }

  void ask_for_values(Office& o, const std::optional<Uuid>& after) {
    auto events = lacking_events(*o.heads.get()->snapshot, after, kMostEventsWanted);
    REQUIRE(events.has_value());
    o.session->want(std::move(*events));
  }

  /// Does what a session asks for, until it asks for nothing more.
  void obey(std::size_t n) {
    Office& o = offices_[n];
    while (o.session) {
      auto commands = o.session->take_commands();
      if (commands.empty()) return;
      for (SessionCommand& command : commands) {
        if (!o.session) return;
        if (auto* out = std::get_if<SendBytes>(&command)) {
          send(n, std::move(out->bytes));
        } else if (auto* ready = std::get_if<PeerReady>(&command)) {
          for (const HeldLog& held : ready->hello.held) o.replica->show_own_log(held);
          commit(n);
          o.session->greet(o.replica->notes_for_new_peer());
          o.session->on_written(under_way_[1 - n]);
          ask_for_values(o, std::nullopt);
        } else if (auto* make = std::get_if<MakeBatch>(&command)) {
          auto batch = make_batch(*head(n)->snapshot, head(n)->given(), make->peer_held,
                                  ValuesToo::include, make->most_bytes);
          REQUIRE(batch.has_value());
          o.session->on_batch_made(std::move(*batch));
        } else if (auto* taken = std::get_if<CommitBatch>(&command)) {
          const auto staged = o.replica->stage_batch(taken->batch, Signatures::to_check);
          REQUIRE(staged.has_value());
          commit(n);
          o.session->on_batch_committed(*staged, o.replica->held());
        } else if (auto* note = std::get_if<TakeNote>(&command)) {
          const auto staged = o.replica->stage_note(note->note);
          REQUIRE(staged.has_value());
          if (!*staged) o.session->on_note_refused(staged->error());
          commit(n);
        } else if (auto* wanted = std::get_if<MakeValues>(&command)) {
          auto values = values_of(*head(n)->snapshot, wanted->events, wanted->most_bytes);
          REQUIRE(values.has_value());
          o.session->on_values_made(std::move(*values));
        } else if (auto* values = std::get_if<TakeValues>(&command)) {
          REQUIRE(o.replica->stage_values(values->values).has_value());
          commit(n);
          ask_for_values(o, values->up_to);
        } else if (auto* closed = std::get_if<CloseSession>(&command)) {
          if (closed->fault) refusals.push_back(closed->reason);
          return drop();
        }
      }
    }
  }

  std::mt19937_64 random_;
  LinkFaults faults_;
  std::uint64_t state_every_;
  const Charter charter_ = test::signed_charter();
  std::array<Office, 2> offices_;
  std::priority_queue<Chunk, std::vector<Chunk>, std::greater<>> chunks_;
  std::array<std::int64_t, 2> last_arrival_{};
  std::array<std::size_t, 2> under_way_{};  ///< bytes to each office
  std::uint64_t sequence_ = 0;
  std::uint64_t sessions_ = 0;
  std::int64_t clock_ms_ = 1'800'000'000'000;
  std::int64_t retry_at_ = 0;
  bool linked_ = false;
};

}  // namespace tallinn::sim
