#include "projections/audit_log.h"

#include <doctest/doctest.h>

#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr LogId log_of(std::uint16_t office, std::uint32_t epoch = 1) {
  return {.office = OfficeNumber(office), .epoch = Epoch(epoch)};
}

/// Logs that are gone through entry by entry, each with the Lamport time that fits.
struct Replayed {
  /// `held`: how many entries each log has in the end.
  explicit Replayed(const std::map<LogId, std::uint64_t>& held, Roster known = {})
      : roster(std::move(known)) {
    for (const auto& [log, size] : held) logs.emplace(log, HeldLog{log, LogSize(size)});
  }

  std::optional<std::string> add(LogId log, Lamport lamport, std::vector<Seen> seen = {}) {
    const Entry entry{.log = log,
                      .lamport = lamport,
                      .seen = std::move(seen),
                      .recorded = UnixMillis(0),
                      .event = {},
                      .signatures = {}};
    return logs.at(log).add(Digest{}, entry, logs, roster);
  }

  Roster roster;
  std::map<LogId, AuditLog> logs;
};

}  // namespace

TEST_CASE("what an entry names in `seen`, it has seen all of that was seen there") {
  const auto third = [](std::vector<Seen> seen) {
    Replayed replayed({{log_of(0), 2}, {log_of(1), 2}, {log_of(2), 2}});
    REQUIRE_FALSE(replayed.add(log_of(0), Lamport(1)));
    REQUIRE_FALSE(replayed.add(log_of(0), Lamport(2)));
    REQUIRE_FALSE(replayed.add(log_of(1), Lamport(2), {{log_of(0), LogSize(1)}}));
    REQUIRE_FALSE(replayed.add(log_of(1), Lamport(3), {{log_of(0), LogSize(2)}}));
    return replayed.add(log_of(2), Lamport(4), std::move(seen));
  };
  const std::string lacks = "its `seen` lacks what the entries that it names have seen";
  CHECK(third({{log_of(1), LogSize(2)}}) == lacks);
  CHECK(third({{log_of(0), LogSize(1)}, {log_of(1), LogSize(2)}}) == lacks);
  CHECK_FALSE(third({{log_of(0), LogSize(2)}, {log_of(1), LogSize(2)}}));
  // The first of the two had seen less.
  CHECK(third({{log_of(0), LogSize(1)}, {log_of(1), LogSize(1)}})
            .value_or("")
            .starts_with("the Lamport time"));
}

TEST_CASE("a `seen` that names a log and no entry of it is refused, as every node does") {
  Replayed replayed({{log_of(0), 1}, {log_of(1), 1}});
  CHECK(replayed.add(log_of(1), Lamport(1), {{log_of(0), LogSize(0)}}) ==
        "its `seen` names a log and no entry of it");
}

TEST_CASE("a log of a later epoch has seen no less than the one that it goes on with") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.seal_kyiv();
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  const Roster roster = read_roster(views, scribe.charter);
  const std::uint64_t sealed = roster.limit(log_of(0)).value();
  REQUIRE(sealed == scribe.size(kKyiv));
  const auto next = [&](std::uint64_t seen_of_kyiv, std::vector<Seen> seen, std::uint64_t lamport) {
    Replayed replayed({{log_of(0), sealed + 1}, {log_of(0, 2), 1}, {log_of(1), 2}}, roster);
    REQUIRE_FALSE(replayed.add(log_of(1), Lamport(1)));
    for (std::uint64_t i = 0; i <= sealed; ++i)
      REQUIRE_FALSE(replayed.add(log_of(0), Lamport(i + 2), {{log_of(1), LogSize(1)}}));
    REQUIRE_FALSE(
        replayed.add(log_of(1), Lamport(seen_of_kyiv + 2), {{log_of(0), LogSize(seen_of_kyiv)}}));
    return replayed.add(log_of(0, 2), Lamport(lamport), std::move(seen));
  };
  CHECK_FALSE(next(sealed, {{log_of(1), LogSize(2)}}, sealed + 3));
  CHECK_FALSE(next(sealed, {{log_of(1), LogSize(1)}}, sealed + 2));
  CHECK(next(sealed, {}, sealed + 2) == "its `seen` goes back behind that of the entry before it");
  CHECK(next(sealed + 1, {{log_of(1), LogSize(2)}}, sealed + 4) ==
        "it follows a seal that cuts off what the entries that its `seen` names have seen");
}
