// A whole system in small: offices append, hear each other late, promise; a reader asks what is
// settled. Later nothing may come before a settled time, and every office must have held all of it.
// This is what the rule is for.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "ledger/order.h"

using namespace tallinn;

namespace {

using Sizes = std::vector<std::uint64_t>;  // how much of each office's log

struct ModelEntry {
  std::uint64_t lamport;
  Sizes seen;
};

struct Promised {
  std::uint64_t own_size;
  std::uint64_t lamport;
  Sizes holds;
};

LogId log_of(std::size_t office) {
  return {.office = OfficeNumber(static_cast<std::uint16_t>(office)), .epoch = Epoch(1)};
}

class Model final : public LamportReader {
 public:
  Model(std::size_t offices, unsigned seed)
      : logs_(offices), holds_(offices + 1, Sizes(offices)), promises_(offices), random_(seed) {}

  Stored<Lamport> lamport_at(LogId log, LogIndex index) override {
    return Lamport(logs_[log.office.value()][index.value()].lamport);
  }

  void step() {
    const std::size_t office = below(logs_.size());
    switch (below(5)) {
      case 0:
      case 1: append(office); break;
      case 2: promise(office); break;
      default: deliver(below(holds_.size()), office); break;
    }
  }

  /// What the reader, who is no office, may take for settled now.
  std::uint64_t ask() {
    SettledInput input;
    const Sizes& held = holds_.back();
    for (std::size_t o = 0; o < logs_.size(); ++o) {
      input.logs.push_back({.log = log_of(o), .size = LogSize(held[o])});
      OfficeView view{.office = OfficeNumber(static_cast<std::uint16_t>(o)),
                      .current_log = log_of(o),
                      .held_size = LogSize(held[o]),
                      .last_lamport = Lamport(held[o] == 0 ? 0 : logs_[o][held[o] - 1].lamport),
                      .seen = {},
                      .promises = {}};
      if (held[o] > 0) view.seen = statement(logs_[o][held[o] - 1].seen);
      // Any promise may have reached the reader, an old one too.
      for (const Promised& one : promises_[o])
        if (below(2) == 0)
          view.promises.push_back({.own_size = LogSize(one.own_size),
                                   .lamport = Lamport(one.lamport),
                                   .holds = statement(one.holds)});
      input.offices.push_back(std::move(view));
    }
    const std::uint64_t answer = settled(input, *this).value().value();
    asked_.push_back({.lamport = answer, .holds = holds_});
    return answer;
  }

  /// Everything that exists in the end, against everything that was ever answered.
  bool every_answer_was_true() const {
    for (const Asked& asked : asked_)
      for (std::size_t o = 0; o < logs_.size(); ++o)
        for (std::size_t i = 0; i < logs_[o].size(); ++i)
          if (logs_[o][i].lamport <= asked.lamport &&
              std::ranges::any_of(asked.holds, [&](const Sizes& held) { return held[o] <= i; }))
            return false;
    return true;
  }

 private:
  struct Asked {
    std::uint64_t lamport;
    std::vector<Sizes> holds;
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::uint64_t greatest_held(std::size_t who) const {
    std::uint64_t greatest = 0;
    for (std::size_t o = 0; o < logs_.size(); ++o)
      if (holds_[who][o] > 0) greatest = std::max(greatest, logs_[o][holds_[who][o] - 1].lamport);
    return greatest;
  }
  void append(std::size_t office) {
    logs_[office].push_back({.lamport = greatest_held(office) + 1, .seen = holds_[office]});
    holds_[office][office] = logs_[office].size();
  }
  void promise(std::size_t office) {
    promises_[office].push_back({.own_size = logs_[office].size(),
                                 .lamport = greatest_held(office),
                                 .holds = holds_[office]});
  }
  /// Some more of a log, with all that those entries have seen.
  void deliver(std::size_t to, std::size_t office) {
    const std::uint64_t has = holds_[to][office];
    if (has >= logs_[office].size()) return;
    const std::uint64_t until = has + 1 + below(logs_[office].size() - has);
    holds_[to][office] = until;
    const Sizes& seen = logs_[office][until - 1].seen;
    for (std::size_t o = 0; o < seen.size(); ++o) holds_[to][o] = std::max(holds_[to][o], seen[o]);
  }
  static std::vector<HeldLog> statement(const Sizes& sizes) {
    std::vector<HeldLog> held;
    for (std::size_t o = 0; o < sizes.size(); ++o)
      held.push_back({.log = log_of(o), .size = LogSize(sizes[o])});
    return held;
  }

  std::vector<std::vector<ModelEntry>> logs_;
  std::vector<Sizes> holds_;  // each office's, and last the reader's
  std::vector<std::vector<Promised>> promises_;
  std::vector<Asked> asked_;
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("in a thousand random systems nothing ever comes before what was settled") {
  std::uint64_t progress = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    Model model(2 + seed % 2, seed);
    std::uint64_t newest = 0;
    for (int i = 0; i < 150; ++i) {
      model.step();
      if (i % 5 == 0) newest = std::max(newest, model.ask());
    }
    REQUIRE_MESSAGE(model.every_answer_was_true(), "seed " << seed);
    progress += newest;
  }
  CHECK(progress > 1000 * 5);  // a rule that never settles anything would pass too
}
