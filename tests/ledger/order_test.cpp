#include "ledger/order.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace tallinn;

namespace {

LogId log_of(unsigned office, unsigned epoch = 1) {
  return {.office = OfficeNumber(static_cast<std::uint16_t>(office)), .epoch = Epoch(epoch)};
}
HeldLog held(LogId log, std::uint64_t size) {
  return {.log = log, .size = LogSize(size)};
}

/// Lamport times of entries, by log.
class Times final : public LamportReader {
 public:
  Stored<Lamport> lamport_at(LogId log, LogIndex index) override {
    const auto& times = times_[log];
    if (index.value() >= times.size()) return broken(Fault::corrupt, "no such entry");
    return Lamport(times[index.value()]);
  }
  std::vector<std::uint64_t>& of(LogId log) { return times_[log]; }

 private:
  std::map<LogId, std::vector<std::uint64_t>> times_;
};

/// Did the office say that it holds entry `index` of `log`? Any statement, any later epoch.
bool said_it_holds(const OfficeView& view, LogId log, std::uint64_t index) {
  std::vector<HeldLog> statements = view.seen;
  for (const PromiseView& promise : view.promises)
    if (view.held_size >= promise.own_size)
      statements.insert(statements.end(), promise.holds.begin(), promise.holds.end());
  return std::ranges::any_of(statements, [&](const HeldLog& one) {
    if (one.log.office != log.office) return false;
    return (one.log.epoch > log.epoch && one.size.value() > 0) ||
           (one.log.epoch == log.epoch && one.size.value() > index);
  });
}

/// Is S settled? The rule word by word, over every entry.
bool slow_is_settled(std::uint64_t s, const SettledInput& input, Times& times) {
  for (const OfficeView& view : input.offices) {
    bool reached = view.last_lamport.value() >= s;
    for (const PromiseView& promise : view.promises)
      if (view.held_size >= promise.own_size && promise.lamport.value() >= s) reached = true;
    if (!reached) return false;
    for (const HeldLog& log : input.logs)
      for (std::uint64_t i = 0; i < log.size.value(); ++i)
        if (log.log.office != view.office && times.of(log.log)[i] <= s &&
            !said_it_holds(view, log.log, i))
          return false;
  }
  return true;
}

std::uint64_t slow_settled(const SettledInput& input, Times& times, std::uint64_t greatest) {
  for (std::uint64_t s = greatest; s > 0; --s)
    if (slow_is_settled(s, input, times)) return s;
  return 0;
}

}  // namespace

TEST_CASE("a Lamport time is one more than all that came before, and nothing else passes") {
  const std::vector<Lamport> none;
  const std::vector<Lamport> seen{Lamport(4), Lamport(9), Lamport(2)};
  CHECK(next_lamport(std::nullopt, none) == Lamport(1));
  CHECK(next_lamport(Lamport(5), none) == Lamport(6));
  CHECK(next_lamport(Lamport(5), seen) == Lamport(10));
  CHECK(next_lamport(Lamport(12), seen) == Lamport(13));
  CHECK(check_lamport(Lamport(10), Lamport(5), seen));
  CHECK(check_lamport(Lamport(9), Lamport(5), seen).error().code == Code::failed);
  CHECK(check_lamport(Lamport(11), Lamport(5), seen).error().code == Code::failed);
  CHECK_FALSE(check_lamport(Lamport(0), std::nullopt, none));
  CHECK_FALSE(check_lamport(Lamport(0), Lamport(UINT64_MAX), none));
}

TEST_CASE("settled stops at the lowest horizon, and below what an office never said it holds") {
  // Kyiv: 1, 2, 5. Warsaw: 3, 4 (both having seen two of Kyiv), then silent.
  Times times;
  times.of(log_of(0)) = {1, 2, 5};
  times.of(log_of(1)) = {3, 4};
  SettledInput input{.offices = {{.office = OfficeNumber(0),
                                  .current_log = log_of(0),
                                  .held_size = LogSize(3),
                                  .last_lamport = Lamport(5),
                                  .seen = {held(log_of(1), 2)},
                                  .promises = {}},
                                 {.office = OfficeNumber(1),
                                  .current_log = log_of(1),
                                  .held_size = LogSize(2),
                                  .last_lamport = Lamport(4),
                                  .seen = {held(log_of(0), 2)},
                                  .promises = {}}},
                     .logs = {held(log_of(0), 3), held(log_of(1), 2)}};
  CHECK(settled(input, times).value() == Lamport(4));

  // Warsaw promises: nothing of mine at or below 5 any more, and I hold three of Kyiv.
  input.offices[1].promises = {
      {.own_size = LogSize(2), .lamport = Lamport(5), .holds = {held(log_of(0), 3)}}};
  CHECK(settled(input, times).value() == Lamport(5));

  // The promise does not count while the reader lacks an entry below its size.
  input.offices[1].promises[0].own_size = LogSize(3);
  CHECK(settled(input, times).value() == Lamport(4));

  // Warsaw never said that it holds Kyiv's second entry.
  input.offices[1].seen = {held(log_of(0), 1)};
  CHECK(settled(input, times).value() == Lamport(1));
}

TEST_CASE("an office that was never heard settles nothing, and alone an office settles its own") {
  Times times;
  times.of(log_of(0)) = {1, 2};
  OfficeView kyiv{.office = OfficeNumber(0),
                  .current_log = log_of(0),
                  .held_size = LogSize(2),
                  .last_lamport = Lamport(2),
                  .seen = {},
                  .promises = {}};
  OfficeView warsaw{.office = OfficeNumber(1),
                    .current_log = log_of(1),
                    .held_size = LogSize(0),
                    .last_lamport = Lamport(0),
                    .seen = {},
                    .promises = {}};
  const SettledInput alone{.offices = {kyiv}, .logs = {held(log_of(0), 2)}};
  CHECK(settled(alone, times).value() == Lamport(2));
  const SettledInput both{.offices = {kyiv, warsaw}, .logs = {held(log_of(0), 2)}};
  CHECK(settled(both, times).value() == Lamport(0));
}

TEST_CASE("entries of a new epoch cover the sealed one, an empty new epoch does not") {
  Times times;
  times.of(log_of(0, 1)) = {1, 2};
  times.of(log_of(0, 2)) = {5};
  SettledInput input{.offices = {{.office = OfficeNumber(0),
                                  .current_log = log_of(0, 2),
                                  .held_size = LogSize(1),
                                  .last_lamport = Lamport(5),
                                  .seen = {},
                                  .promises = {}},
                                 {.office = OfficeNumber(1),
                                  .current_log = log_of(1),
                                  .held_size = LogSize(1),
                                  .last_lamport = Lamport(6),
                                  .seen = {held(log_of(0, 2), 1)},
                                  .promises = {}}},
                     .logs = {held(log_of(0, 1), 2), held(log_of(0, 2), 1)}};
  CHECK(settled(input, times).value() == Lamport(5));
  input.offices[1].seen = {held(log_of(0, 2), 0)};
  CHECK(settled(input, times).value() == Lamport(0));
  input.offices[1].seen = {held(log_of(0, 1), 2)};
  CHECK(settled(input, times).value() == Lamport(4));
}

TEST_CASE("a fault of the store comes out") {
  Times times;
  const SettledInput input{.offices = {{.office = OfficeNumber(1),
                                        .current_log = log_of(1),
                                        .held_size = LogSize(0),
                                        .last_lamport = Lamport(9),
                                        .seen = {},
                                        .promises = {}}},
                           .logs = {held(log_of(0), 2)}};
  CHECK(settled(input, times).error().kind == Fault::corrupt);
}

TEST_CASE("on ten thousand random inputs the answer is the slow one") {
  constexpr unsigned kSeed = 20231220;
  std::mt19937 random(kSeed);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (unsigned round = 0; round < 10000; ++round) {
    Times times;
    SettledInput input;
    const unsigned offices = 1 + below(3);
    std::vector<LogId> logs;
    for (unsigned o = 0; o < offices; ++o)
      for (unsigned e = 1; e <= 1 + below(2); ++e) logs.push_back(log_of(o, e));
    for (LogId log : logs) {
      std::uint64_t time = below(4);
      for (unsigned i = below(5); i > 0; --i) times.of(log).push_back(time += 1 + below(3));
      input.logs.push_back(held(log, times.of(log).size()));
    }
    const auto statement = [&] {
      std::vector<HeldLog> said;
      for (unsigned i = below(4); i > 0; --i)
        said.push_back(held(logs[below(static_cast<unsigned>(logs.size()))], below(6)));
      return said;
    };
    for (unsigned o = 0; o < offices; ++o) {
      OfficeView view{.office = OfficeNumber(static_cast<std::uint16_t>(o)),
                      .current_log = log_of(o),
                      .held_size = LogSize(times.of(log_of(o)).size()),
                      .last_lamport = Lamport(below(12)),
                      .seen = statement(),
                      .promises = {}};
      for (unsigned i = below(3); i > 0; --i)
        view.promises.push_back(
            {.own_size = LogSize(below(6)), .lamport = Lamport(below(14)), .holds = statement()});
      input.offices.push_back(std::move(view));
    }
    const std::uint64_t fast = settled(input, times).value().value();
    REQUIRE_MESSAGE(fast == slow_settled(input, times, 20), "seed " << kSeed << " round " << round);
  }
}
