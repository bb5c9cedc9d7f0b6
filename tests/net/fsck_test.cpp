#include "net/fsck.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "net/knowledge.h"
#include "tests/net/kept_store.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::array kDerived{Family::rows, Family::ids, Family::views, Family::undo};

}  // namespace

TEST_CASE("a store of a node is what its entries say") {
  const KeptStore kept;
  const FsckReport report = check(kept);
  for (const Difference& one : report.differences.kept()) MESSAGE(one.key, " ", one.detail);
  CHECK(report.differences.total() == 0);
  CHECK(report.logs.entries == 376);
  CHECK(report.logs.rows == 377);  // one hash of row 1
  CHECK(report.logs.ids == 376);
  CHECK(report.undo == 376);
  CHECK(report.notes == 4);
  CHECK(report.repairable());
}

TEST_CASE("every changed, lost or added derived record is named, and made again from the entries") {
  KeptStore kept;
  const auto before = kept.everything();
  for (const Family family : kDerived) {
    const Pairs& records = before.at(family);
    for (const std::size_t at : {std::size_t(0), records.size() / 2, records.size() - 1})
      for (const char* damage : {"flip", "erase", "add", "add longer"}) {
        const auto& [key, value] = records[at];
        CAPTURE(spell(family));
        CAPTURE(at);
        CAPTURE(damage);
        const std::string_view how(damage);
        Bytes at_key = key;
        if (how == "flip") kept.put(family, key, value.empty() ? Bytes("x") : flipped(value));
        if (how == "erase") kept.erase(family, key);
        if (how == "add longer") kept.put(family, at_key += '\0', value);
        if (how == "add") {
          at_key.front() = static_cast<char>(at_key.front() ^ 0x40);
          kept.put(family, at_key, value.empty() ? Bytes("x") : value);
        }
        const FsckReport found = check(kept);
        REQUIRE(found.differences.total() == 1);
        CHECK(found.differences.kept()[0].family == family);
        CHECK(found.differences.kept()[0].origin == Difference::Origin::derived);
        CHECK(found.differences.kept()[0].key == words_of_key(family, at_key));
        CHECK(spell(found.differences.kept()[0].kind) == (how == "flip"    ? "differs"
                                                          : how == "erase" ? "missing"
                                                                           : "unexpected"));
        REQUIRE(found.repairable());
        REQUIRE(repair(*kept.store, kept.scribe.charter, found).has_value());
        CHECK(check(kept).differences.total() == 0);
        CHECK(kept.everything() == before);
      }
  }
}

TEST_CASE("entries of an office that the charter does not name are a fault, and nothing aborts") {
  KeptStore kept;
  const Bytes event =
      encode_event(decode_event(test::submission_of(
                                    R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106",)"
                                    R"("type":"LogOpened","author":"EE","occurred":"2025-10-15",)"
                                    R"("body":{"office":"oslo","role":"front","epoch":2,)"
                                    R"("log":"@EE","witness":"@PL","state":"@UA",)"
                                    R"("transport":"@EE","after":5}})",
                                    kept.scribe.charter.id)
                                    .event)
                       .value());
  for (const Epoch epoch : {Epoch(2), Epoch(UINT32_MAX)}) {
    const LogId log{OfficeNumber(999), epoch};
    const Entry entry{.log = log,
                      .lamport = Lamport(6),
                      .seen = {},
                      .recorded = UnixMillis(1),
                      .event = event,
                      .signatures = {sign_event(test_key("EE"), kept.scribe.charter.id, event)}};
    kept.put(Family::entries, place_key({log, LogIndex(0)}), encode_entry(entry));
    const auto known = Knowledge::load(*kept.store, kept.scribe.charter);
    REQUIRE_FALSE(known.has_value());
    CHECK(known.error().kind == Fault::corrupt);
    CHECK(check(kept).differences.total() > 0);
    kept.erase(Family::entries, place_key({log, LogIndex(0)}));
  }
}

TEST_CASE("whole derived families that are gone are made again") {
  KeptStore kept;
  const auto before = kept.everything();
  for (const Family family : kDerived) REQUIRE(kept.store->make_empty(family).has_value());
  const FsckReport found = check(kept);
  for (const Family family : kDerived)
    CHECK(found.differences.of(family) == before.at(family).size());
  REQUIRE(found.repairable());
  REQUIRE(repair(*kept.store, kept.scribe.charter, found).has_value());
  CHECK(kept.everything() == before);
}

TEST_CASE("views that were not made to their end are named and made again") {
  KeptStore kept;
  const auto before = kept.everything();
  kept.erase(Family::meta, "rules");
  const FsckReport found = check(kept);
  REQUIRE(found.differences.total() == 1);
  CHECK(found.differences.kept()[0].family == Family::meta);
  REQUIRE(repair(*kept.store, kept.scribe.charter, found).has_value());
  CHECK(kept.everything() == before);
}

TEST_CASE("a changed or lost entry is named by log and index, and nothing is made from it") {
  KeptStore kept;
  const auto before = kept.everything();
  const Pairs& entries = before.at(Family::entries);
  for (const std::size_t at :
       {std::size_t(0), std::size_t(5), entries.size() / 2, entries.size() - 1})
    for (const char* damage : {"flip", "erase", "another"}) {
      CAPTURE(at);
      CAPTURE(damage);
      const std::string_view how(damage);
      const auto& [key, value] = entries[at];
      if (how == "flip") kept.put(Family::entries, key, flipped(value));
      if (how == "erase") kept.erase(Family::entries, key);
      if (how == "another") {  // reads as an entry, and is not the one
        Entry entry = decode_entry(value).value();
        entry.recorded = UnixMillis(entry.recorded.value() + 1);
        kept.put(Family::entries, key, encode_entry(entry));
      }
      const FsckReport found = check(kept);
      CHECK_FALSE(found.repairable());
      CHECK(found.views_unchecked.has_value());
      const Place place = parse_place_key(key);
      const auto named = std::ranges::find_if(found.differences.kept(), [&](const Difference& one) {
        return one.family == Family::entries && one.log == place.log && one.index == place.index;
      });
      CHECK(named != found.differences.kept().end());
      CHECK(found.differences.of_truth() == found.differences.total());
      kept.put(Family::entries, key, value);
      CHECK(check(kept).differences.total() == 0);
    }
  CHECK(kept.everything() == before);
}

TEST_CASE("an entry that stands in no log is named") {
  KeptStore kept;
  for (const Bytes& key : {place_key({{kKyiv, Epoch(1)}, LogIndex(5'000)}),
                           place_key({{OfficeNumber(9), Epoch(1)}, LogIndex(3)}), Bytes("short")}) {
    kept.put(Family::entries, key, "no entry");
    const FsckReport found = check(kept);
    CHECK(found.differences.of(Family::entries) >= 1);
    CHECK(found.differences.of(Family::rows) == 0);
    kept.erase(Family::entries, key);
  }
  CHECK(check(kept).differences.total() == 0);
}

TEST_CASE("an entry and its hash changed together are betrayed by the signed checkpoint") {
  KeptStore kept;
  const Place place{{kKyiv, Epoch(1)}, LogIndex(7)};
  Entry entry = decode_entry(*StoredLogs(*kept.store).entry(place)).value();
  entry.recorded = UnixMillis(entry.recorded.value() + 1);
  kept.put(Family::entries, place_key(place), encode_entry(entry));
  kept.put(Family::rows, row_key(place.log, 0, 7), leaf_hash(encode_entry(entry)).view());
  const FsckReport found = check(kept);
  CHECK(found.differences.of(Family::entries) >= 1);
  CHECK_FALSE(found.repairable());
}

TEST_CASE("a note that does not hold, or that no node writes, is named and left alone") {
  KeptStore kept;
  const auto before = kept.everything();
  for (const auto& [key, value] : before.at(Family::notes)) {
    if (key == notes::charter_key()) continue;
    kept.put(Family::notes, key, flipped(value));
    CHECK(check(kept).differences.of(Family::notes) == 1);
    kept.put(Family::notes, key, value);
  }
  kept.put(Family::notes, "x", "unknown");
  kept.put(Family::meta, "x", "unknown");
  kept.put(Family::withheld, Bytes(16, 'i') + "field", Bytes(40, 'v'));
  const FsckReport found = check(kept);
  CHECK(found.differences.of(Family::notes) == 1);
  CHECK(found.differences.of(Family::meta) == 1);
  CHECK(found.differences.of(Family::withheld) == 1);
  CHECK(found.differences.of_truth() == 3);
  REQUIRE(repair(*kept.store, kept.scribe.charter, found).has_value());
  CHECK(check(kept).differences.total() == 3);
}

TEST_CASE(
    "what an office signed of a second history is damage only while no evidence of it is kept") {
  KeptStore kept;
  const LogId warsaw{kWarsaw, Epoch(1)};
  const std::string origin = kept.scribe.charter.origin(warsaw);
  const auto of_size = [&](std::uint64_t size, std::string_view history) {
    const std::string text = format_checkpoint({origin, LogSize(size), leaf_hash(history)});
    return format_note({text, {sign_note(origin, test_office("warsaw").log, text)}});
  };
  const std::string other = of_size(9, "another history");
  kept.put(Family::notes, notes::cosigned_key(warsaw, kKyiv), other);
  CHECK(check(kept).differences.of(Family::entries) == 1);
  const Evidence evidence = evidence_of_pair(EvidenceKind::roots, other, of_size(9, "a third one"));
  kept.put(Family::notes, notes::evidence_key(EvidenceKind::roots, origin),
           format_evidence(evidence));
  CHECK(check(kept).differences.total() == 0);
}

TEST_CASE("a checkpoint of more than is held says nothing of the entries") {
  KeptStore kept;
  const LogId warsaw{kWarsaw, Epoch(1)};
  const std::string origin = kept.scribe.charter.origin(warsaw);
  const std::string text = format_checkpoint({origin, LogSize(9), leaf_hash("another history")});
  const Bytes key = notes::ahead_key(warsaw);
  kept.put(Family::notes, key,
           format_note({text, {sign_note(origin, test_office("warsaw").log, text)}}));
  CHECK(check(kept).differences.total() == 0);
  kept.put(Family::notes, key,
           format_note({text, {sign_note(origin, test_office("kyiv").log, text)}}));
  CHECK(check(kept).differences.of(Family::notes) == 1);
}

TEST_CASE("a tail that this office has cosigned and does not hold is named") {
  KeptStore kept;
  const LogId warsaw{kWarsaw, Epoch(1)};
  const std::size_t last = kept.scribe.size(kWarsaw) - 1;
  Batch batch;
  batch.erase(Family::entries, place_key({warsaw, LogIndex(last)}));
  batch.erase(Family::rows, row_key(warsaw, 0, last));
  REQUIRE(kept.store->commit(std::move(batch)).has_value());
  const FsckReport found = check(kept);
  CHECK(found.differences.of(Family::entries) == 1);
  CHECK(found.differences.kept()[0].index == LogIndex(last));
  CHECK_FALSE(found.repairable());
}

TEST_CASE("what a log holds while it catches up is checked, and told as not proven, not as wrong") {
  KeptStore kept;
  const LogSize kyiv(kept.scribe.size(kKyiv));
  const LogSize warsaw(kept.scribe.size(kWarsaw));
  kept.record(20, kKyiv);
  kept.record(20, kWarsaw);
  for (const OfficeNumber office : {kKyiv, kWarsaw})  // of the other one a cosignature is kept
    kept.put(Family::notes, notes::checkpoint_key({office, Epoch(1)}),
             kept.scribe.cosigned_checkpoint(office));
  const FsckReport report = check(kept);
  CHECK(report.differences.total() == 0);
  CHECK(report.repairable());
  CHECK(report.undo == 376);
  REQUIRE(report.logs.unproven.size() == 2);
  const UnprovenTail& first = report.logs.unproven[0];
  CHECK(first.log.office == kKyiv);
  CHECK(first.proven == LogSize(0));
  CHECK(first.held == kyiv);
  CHECK(first.signed_size == LogSize(kept.scribe.size(kKyiv)));
  CHECK(report.logs.unproven[1].proven == warsaw);
  CHECK(report.logs.unproven[1].held == warsaw);

  SUBCASE("a changed entry of a proven part is still found") {
    const Bytes key = place_key({{kWarsaw, Epoch(1)}, LogIndex(5)});
    Entry entry = decode_entry(*StoredLogs(*kept.store).entry(parse_place_key(key))).value();
    entry.recorded = UnixMillis(entry.recorded.value() + 1);
    kept.put(Family::entries, key, encode_entry(entry));
    const FsckReport found = check(kept);
    CHECK(found.differences.of(Family::entries) == 1);
    CHECK_FALSE(found.repairable());
  }
  SUBCASE("where tree and entries differ and nothing signed decides, nothing is made from either") {
    kept.put(Family::rows, row_key({kKyiv, Epoch(1)}, 0, 5), Bytes(32, 'x'));
    const FsckReport found = check(kept);
    CHECK(found.differences.of(Family::rows) == 1);
    CHECK(found.differences.of(Family::entries) == 1);
    CHECK_FALSE(found.repairable());
  }
  SUBCASE("an event id that is gone is made again") {
    const auto ids = kept.everything().at(Family::ids);
    kept.erase(Family::ids, ids[3].first);
    const FsckReport found = check(kept);
    CHECK(found.differences.total() == 1);
    REQUIRE(repair(*kept.store, kept.scribe.charter, found).has_value());
    CHECK(kept.everything().at(Family::ids) == ids);
  }
}
