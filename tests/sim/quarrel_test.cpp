// Random histories with seals and new epochs, given to nodes in random pieces and orders: equal
// everywhere, after a restart and after a rebuild.
#include "tests/sim/history.h"
#include "tests/sim/office_logs.h"
#include "tests/sim/seeds.h"

namespace tallinn::sim {
namespace {

/// Offices that record, hear each other now and then, seal each other's logs and open the next.
class Quarrel {
 public:
  explicit Quarrel(std::uint64_t seed) : random_(seed), history_(test::signed_charter()) {
    for (std::size_t n = 0; n < 2; ++n)
      offices_.push_back(std::make_unique<Reader>(history_.charter()));
    logs_ = {kKyiv1, kWarsaw1};
  }
  History& run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    return history_;
  }
  std::mt19937_64& random() { return random_; }

 private:
  void step() {
    const std::size_t n = random_() % 2;
    const LogId other = offices_[n]->head()->roster.offices()[1 - n].current;
    switch (random_() % 12) {
      case 0: return seal(n, other);
      case 1: return seal(n, logs_[n]);
      case 2: return open(n, other);
      case 3:
      case 4: return hear(n);
      default: return record(n, party(made_++));
    }
  }

  void record(std::size_t n, const std::string& line) {
    const auto head = offices_[n]->head();
    const bool goes_on = head->roster.offices()[n].current == logs_[n] &&
                         head->roster.in_force(OfficeNumber(static_cast<std::uint16_t>(n)));
    if (!goes_on || head->held_of(logs_[n]) != history_.size(logs_[n])) return;
    std::vector<HeldLog> seen;
    for (const HeldLog& held : head->held) {
      const LogSize size = head->roster.within(held);
      if (held.log.office == logs_[n].office || size == LogSize(0)) continue;
      if (!seen.empty()) seen.pop_back();
      seen.push_back({held.log, size});
    }
    history_.append(logs_[n], line, seen, start_of(logs_[n], nullptr, head->roster));
    offices_[n]->must_take(history_, logs_[n]);
  }

  void seal(std::size_t n, LogId log) {
    const auto head = offices_[n]->head();
    const std::uint64_t held = head->held_of(log).value();
    const LogSize size(held - std::min<std::uint64_t>(held, random_() % 3 == 0 ? 1 : 0));
    record(n, change(log, size, head->last).sealed);
  }

  /// Both know who is to go on: else there would be two ledgers, which no order can join.
  void open(std::size_t n, LogId log) {
    hear(n);
    hear(1 - n);
    const auto head = offices_[n]->head();
    const auto& sealed = head->roster.log(log)->sealed;
    if (!sealed) return;
    const LogId next{log.office, Epoch(log.epoch.value() + 1)};
    history_.open(next, "next " + std::to_string(changes_));
    record(n, change(log, sealed->size, head->last).opened);
    if (offices_[n]->head()->roster.log(next) == nullptr) return;
    logs_[1 - n] = next;
    hear(1 - n);
  }

  Change change(LogId log, LogSize size, Lamport after) {
    const std::string seed = "next " + std::to_string(changes_);
    return change_of(history_, log, size, after, changes_++, seed);
  }

  void hear(std::size_t n) { offices_[n]->take_as_far_as(history_, *offices_[1 - n], random_); }

  std::mt19937_64 random_;
  History history_;
  std::vector<std::unique_ptr<Reader>> offices_;
  std::vector<LogId> logs_;
  int made_ = 0;
  int changes_ = 0;
};

}  // namespace

TEST_CASE("whatever is sealed and opened, and in whatever order it comes, every node is equal") {
  Reader::RebuiltBeside all;
  for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
    CAPTURE(seed);
    Quarrel quarrel(seed);
    History& history = quarrel.run(60);
    Reader first(history.charter());
    first.take_all(history, quarrel.random());
    for (int other = 0; other < 3; ++other) {
      Reader reader(history.charter());
      const bool rebuilds = other == 0 && seed % 3 == 0;
      if (rebuilds) reader.keep_rebuilding_beside();
      reader.take_all(history, quarrel.random());
      check_same(first, reader);
      if (!rebuilds) continue;
      const auto rebuilt = reader.end_rebuilding_beside();
      check_same(first, reader);
      CHECK(rebuilt.differences == 0);
      all.times += rebuilt.times;
      all.took_back += rebuilt.took_back;
    }
    check_lasting(first);
  }
  CHECK(all.times > 5);
  CHECK(all.took_back > 1);
}

}  // namespace tallinn::sim
