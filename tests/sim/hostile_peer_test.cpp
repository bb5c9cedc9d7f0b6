// What no honest peer says: it is refused or bounded, makes nobody abort, and stops no office that
// has contradicted nothing.
#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "tests/sim/cut.h"

namespace tallinn::sim {
TEST_CASE("a batch that proves a log in which it has no entry is refused") {
  Cut world(21);
  must_record(world, kKyiv, need(1));
  const PeerBatch good = world.batch_from(kKyiv);
  const std::string text = format_checkpoint({"other.example/oslo/1", LogSize(1), Digest{}});
  const std::string stranger =
      format_note({text, {sign_note("other.example/oslo/1", test::test_key("oslo"), text)}});
  for (const LogId log :
       {LogId{OfficeNumber(65'535), Epoch(1)}, LogId{OfficeNumber(1), Epoch(7)}, kWarsaw1}) {
    PeerBatch bad = good;
    bad.logs.push_back({log, LogSize(1), stranger, {}});
    CHECK(world.give(bad).error().code == Code::malformed);
  }
  PeerBatch short_of_it = good;
  short_of_it.logs[0].size = LogSize(2);
  CHECK(world.give(short_of_it).error().code == Code::malformed);
  CHECK(world.give(good).has_value());
}

TEST_CASE("statements too long for evidence are refused where they come in") {
  Cut world(22);
  StateNote note{.ledger = world.charter().ledger,
                 .rules = kRules,
                 .settled = world.head(kWarsaw)->last,
                 .logs = {},
                 .records = 1,
                 .state = {}};
  for (std::uint32_t epoch = 2; epoch < 1'000; ++epoch)
    note.logs.push_back(
        {world.charter().origin({OfficeNumber(0), Epoch(epoch)}), LogSize(UINT64_MAX), Digest{}});
  for (const std::uint64_t records : {1, 2}) {
    note.records = records;
    CHECK(world.tell(NoteKind::state, world.state_by(note, "kyiv")).error().code ==
          Code::malformed);
  }
}

TEST_CASE("a state of a point that nothing has reached yet is not kept, nor who did not sign it") {
  Cut world(23);
  must_record(world, kWarsaw,
              R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106",)"
              R"("type":"PledgeAnnounced","author":"EE","occurred":"2025-10-15",)"
              R"("body":{"pledge":"EE-2026","donor":"EE","year":2026,)"
              R"("value":{"amount":"1.00","currency":"EUR"},"purpose":"A test",)"
              R"("source":{"title":"A test"}}})");
  const auto kept_at = [&](Lamport point) {
    std::size_t count = 0;
    REQUIRE(world.head(kWarsaw)
                ->snapshot
                ->scan(Family::notes, notes::state_key(point),
                       notes::state_key(Lamport(point.value() + 1)),
                       [&](BytesView, BytesView) {
                         ++count;
                         return StoreReader::Next::go_on;
                       })
                .has_value());
    return count;
  };
  const auto head = world.head(kWarsaw);
  StateNote note =
      state_note_at(*head->snapshot, world.charter(), head->roster, head->held, head->last, kRules)
          .value();
  note.settled = Lamport(1'000'000);
  CHECK(world.tell(NoteKind::state, world.state_by(note, "kyiv")).has_value());
  CHECK(kept_at(note.settled) == 0);
  note.settled = head->last;
  CHECK(world.tell(NoteKind::state, world.state_by(note, "kyiv")).has_value());
  CHECK(kept_at(note.settled) == 1);
  for (int stranger = 0; stranger < 5; ++stranger) {
    note.records = 7;
    auto other = *parse_note(world.state_by(note, "kyiv"));
    const std::string name = "stranger" + std::to_string(stranger);
    other.signatures.insert(other.signatures.begin(),
                            sign_note(name, test::test_key(name), other.text));
    CHECK(world.tell(NoteKind::state, format_note(other)).has_value());
  }
  CHECK(kept_at(note.settled) == 2);  // and what Kyiv signed as well
}

TEST_CASE(
    "a claim to hold more of an office's log pauses it, its own signature stops it for good") {
  Cut world(24);
  const LogSize held = world.head(kWarsaw)->held_of(kWarsaw1);
  world.warsaw().show_own_log({kWarsaw1, LogSize(held.value() + 1)});
  REQUIRE(world.warsaw().commit(world.now()).has_value());
  CHECK(world.standing() == Standing::peer_holds_more);
  CHECK(world.record(kWarsaw, test::public_record()[0]).error().code == Code::not_appending);
  world.restart();
  CHECK(world.standing() == Standing::may_append);

  world.warsaw().show_own_log({kWarsaw1, LogSize(held.value() + 1)});
  CHECK(world
            .tell(NoteKind::promise, world.promise_by("warsaw", kWarsaw1, LogSize(held.value() + 1),
                                                      Digest{}, world.head(kWarsaw)->last))
            .has_value());
  CHECK(world.standing() == Standing::peer_holds_more);
  world.restart();
  CHECK(world.standing() == Standing::peer_holds_more);
}

TEST_CASE("a promise that has counted counts after a restart, whatever newer one waits") {
  Cut world(26);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const Lamport last = world.head(kWarsaw)->last;
  const auto promised = [&](LogSize size, const Digest& root, std::uint64_t more) {
    return world.tell(NoteKind::promise,
                      world.promise_by("kyiv", kKyiv1, size, root, Lamport(last.value() + more)));
  };
  REQUIRE(promised(LogSize(1), world.log_root(kKyiv, kKyiv1), 5).has_value());
  REQUIRE(promised(LogSize(2), leaf_hash("what is still to come"), 9).has_value());
  for (int start = 0; start < 2; ++start) {
    const auto kept =
        world.head(kWarsaw)->snapshot->get(Family::notes, notes::counting_promise_key(kKyiv1));
    REQUIRE(kept->has_value());
    CHECK(parse_promise(parse_note(**kept)->text)->lamport == Lamport(last.value() + 5));
    world.restart();
  }
}

TEST_CASE("a promise is of the log that is held, or the two are evidence that freezes it") {
  Cut world(25);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const Lamport last = world.head(kWarsaw)->last;
  const auto promised = [&](LogSize size, const Digest& root) {
    return world.tell(NoteKind::promise, world.promise_by("kyiv", kKyiv1, size, root, last));
  };
  CHECK(promised(LogSize(1), world.log_root(kKyiv, kKyiv1)).has_value());
  CHECK(world.head(kWarsaw)->alarms.empty());
  CHECK(promised(LogSize(1), leaf_hash("another history")).has_value());
  CHECK(world.head(kWarsaw)->alarms.size() == 1);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(world.evidence_kinds() == std::vector{EvidenceKind::roots});
}

TEST_CASE("a promise below a checkpoint that does not begin with its tree is evidence") {
  Cut world(35);
  must_record(world, kKyiv, need(1));
  must_record(world, kKyiv, need(2));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  CHECK(world
            .tell(NoteKind::promise,
                  world.promise_by("kyiv", kKyiv1, LogSize(1), leaf_hash("another history"),
                                   world.head(kWarsaw)->last))
            .has_value());
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(world.evidence_kinds() == std::vector{EvidenceKind::prefix});
}

TEST_CASE("a promise is evidence whatever lines were added to it on the way") {
  Cut world(25);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const std::string text = world.promise_by(
      "kyiv", kKyiv1, LogSize(1), leaf_hash("another history"), world.head(kWarsaw)->last);
  Note note = parse_note(text).value();
  note.signatures.push_back(note.signatures.front());
  const VerifierKey& other = world.charter().offices[1].log;
  note.signatures.push_back(sign_note(other.name, test::test_office("warsaw").log, note.text));
  note.signatures.back().raw[20] ^= 1;
  CHECK(world.tell(NoteKind::promise, format_note(note)).has_value());
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(world.evidence_kinds() == std::vector{EvidenceKind::roots});
}

TEST_CASE("a promise beyond what is held does not count when what comes is another log") {
  Cut world(25);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  CHECK(world
            .tell(NoteKind::promise,
                  world.promise_by("kyiv", kKyiv1, LogSize(2), leaf_hash("another history"),
                                   world.head(kWarsaw)->last))
            .has_value());
  CHECK(world.head(kWarsaw)->alarms.empty());
  must_record(world, kKyiv, need(2));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const auto counting =
      world.head(kWarsaw)->snapshot->get(Family::notes, notes::counting_promise_key(kKyiv1));
  CHECK(parse_promise(parse_note(counting->value())->text)->own.size < LogSize(2));
  CHECK(world.evidence_kinds() == std::vector{EvidenceKind::roots});
}

TEST_CASE("an office stops when it is shown a promise of its own that is not of its log") {
  Cut world(25);
  const Lamport last = world.head(kWarsaw)->last;
  CHECK(world.standing() == Standing::may_append);
  const LogSize own = world.head(kWarsaw)->held_of(kWarsaw1);
  CHECK(world
            .tell(NoteKind::promise, world.promise_by("warsaw", kWarsaw1, own,
                                                      world.log_root(kWarsaw, kWarsaw1), last))
            .has_value());
  CHECK(world.standing() == Standing::may_append);
  CHECK(world
            .tell(NoteKind::promise,
                  world.promise_by("warsaw", kWarsaw1, own, leaf_hash("another history"), last))
            .has_value());
  CHECK(world.standing() == Standing::contradicted);
}

TEST_CASE("a batch that shows another entry of an office's own log stops it, also in one commit") {
  Cut world(26);
  Cut other(26);
  const auto pledge = [](const char* year) {
    return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106","type":"PledgeAnnounced",)"
           R"("author":"EE","occurred":"2025-10-15","body":{"pledge":"EE-2026","donor":"EE",)"
           R"("year":)" +
           std::string(year) +
           R"(,"value":{"amount":"1.00","currency":"EUR"},)"
           R"("purpose":"A test","source":{"title":"A test"}}})";
  };
  must_record(other, kWarsaw, pledge("2026"));
  const auto source = other.head(kWarsaw);
  const auto shown =
      make_batch(*source->snapshot, source->held, world.head(kWarsaw)->held, ValuesToo::leave_out);
  REQUIRE(shown->entries.size() == 1);
  const auto staged = world.warsaw().stage_submission(
      test::submission_of(pledge("2025"), world.charter().id), world.now());
  REQUIRE(staged->has_value());
  CHECK_FALSE(world.give(*shown).has_value());
  CHECK(world.standing() == Standing::contradicted);
  const auto signed_last =
      world.head(kWarsaw)->snapshot->get(Family::notes, notes::checkpoint_key(kWarsaw1));
  CHECK(parse_checkpoint(parse_note(signed_last->value())->text)->size <
        world.head(kWarsaw)->held_of(kWarsaw1));
}

TEST_CASE("an entry that breaks a promise is an alarm where a catch-up cannot prove it yet") {
  Cut world(27);
  const LogSize size = world.head(kKyiv)->held_of(kKyiv1);
  REQUIRE(world
              .tell(NoteKind::promise,
                    world.promise_by("kyiv", kKyiv1, size, world.log_root(kKyiv, kKyiv1),
                                     Lamport(world.head(kKyiv)->last.value() + 5)))
              .has_value());
  must_record(world, kKyiv, need(1));
  must_record(world, kKyiv, need(2));
  CHECK(world.give(world.first_entry_from(kKyiv)).error().code == Code::failed);
  CHECK(world.head(kWarsaw)->alarms.size() == 1);
  CHECK(world.head(kWarsaw)->frozen.empty());
  CHECK(world.give(world.batch_from(kKyiv)).error().code == Code::failed);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
}

TEST_CASE("a promise that is broken already is evidence for whoever holds what breaks it") {
  Cut world(28);
  const LogSize size = world.head(kKyiv)->held_of(kKyiv1);
  const Digest root = world.log_root(kKyiv, kKyiv1);
  for (int i = 1; i < 4; ++i) must_record(world, kKyiv, need(i));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const Lamport last = world.head(kKyiv)->last;
  REQUIRE(world
              .tell(NoteKind::promise,
                    world.promise_by("kyiv", kKyiv1, size, root, Lamport(last.value() - 3)))
              .has_value());
  CHECK(world.head(kWarsaw)->frozen.empty());
  REQUIRE(world
              .tell(NoteKind::promise,
                    world.promise_by("kyiv", kKyiv1, size, root, Lamport(last.value() - 2)))
              .has_value());
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(world.head(kWarsaw)->alarms.size() == 1);
}

TEST_CASE("an office stops when it is shown a promise of its own that its log has broken") {
  Cut world(29);
  const auto head = world.head(kWarsaw);
  const Digest root = StoredLogs(*head->snapshot).root(kWarsaw1, LogSize(1)).value();
  REQUIRE(world
              .tell(NoteKind::promise,
                    world.promise_by("warsaw", kWarsaw1, LogSize(1), root, head->last))
              .has_value());
  CHECK(world.standing() == Standing::contradicted);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kWarsaw1});
}

TEST_CASE("an office appends nothing at or below what it has promised, and takes no promise back") {
  Cut world(28);
  world.crash(kWarsaw);
  const Lamport promised(world.office(kWarsaw).kept_anchor->promised.value() + 100);
  world.office(kWarsaw).kept_anchor->promised = promised;
  world.start(kWarsaw);
  CHECK(world.standing() == Standing::may_append);
  const std::string pledge =
      R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106","type":"PledgeAnnounced","author":"EE",)"
      R"("occurred":"2025-10-15","body":{"pledge":"EE-2026","donor":"EE","year":2026,)"
      R"("value":{"amount":"1.00","currency":"EUR"},"purpose":"A test",)"
      R"("source":{"title":"A test"}}})";
  CHECK(world.record_here(kWarsaw, pledge).error().code == Code::behind);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  CHECK(world.office(kWarsaw).kept_anchor->promised == promised);
  const auto kept = world.head(kWarsaw)->snapshot->get(Family::notes, notes::promise_key(kWarsaw1));
  CHECK(parse_promise(parse_note(kept->value())->text)->lamport == promised);
}

TEST_CASE(
    "of two promises of one point the one that holds more stays, in whatever order they come") {
  Cut world(33);
  must_record(world, kKyiv, need(1));
  REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
  const auto kyiv = world.head(kKyiv);
  const std::string warsaw = world.charter().origin(kWarsaw1);
  std::vector<std::string> texts;
  for (const std::uint64_t holds : {1u, 2u, 1u}) {
    const Promise promise{.ledger = world.charter().id,
                          .own = {world.charter().origin(kKyiv1), kyiv->held_of(kKyiv1),
                                  world.log_root(kKyiv, kKyiv1)},
                          .lamport = Lamport(kyiv->last.value() + 1),
                          .holds = {{warsaw, LogSize(holds)}}};
    texts.push_back(sign_promise(promise, state_key_name(world.charter().ledger, "kyiv"),
                                 test::test_office("kyiv").state));
    REQUIRE(world.tell(NoteKind::promise, texts.back()).has_value());
  }
  CHECK(**world.head(kWarsaw)->snapshot->get(Family::notes, notes::promise_key(kKyiv1)) ==
        texts[1]);
}

TEST_CASE("a promise of another history is told of its office, not of whoever passes it on") {
  Cut world(34);
  must_record(world, kKyiv, need(1));
  must_record(world, kKyiv, need(2));
  REQUIRE(world.give(world.first_entry_from(kKyiv)).has_value());  // no checkpoint of one entry
  const auto taken = world.tell(
      NoteKind::promise, world.promise_by("kyiv", kKyiv1, LogSize(1), leaf_hash("another history"),
                                          world.head(kWarsaw)->last));
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().office == "kyiv");
  CHECK(world.head(kWarsaw)->alarms.size() == 1);
  CHECK(world.head(kWarsaw)->frozen.empty());
}

TEST_CASE("an office that does not know what it cosigned before cosigns nothing") {
  Cut world(29);
  world.crash(kWarsaw);
  world.office(kWarsaw).kept_anchor.reset();
  world.start(kWarsaw);
  REQUIRE(world.standing() == Standing::anchor_missing);
  must_record(world, kKyiv, need(1));
  world.connect();
  world.run_ms(3'000);
  CHECK(world.head(kWarsaw)->held_of(kKyiv1) == world.head(kKyiv)->held_of(kKyiv1));
  CHECK(world.head(kKyiv)->replicated[kKyiv1] == LogSize(0));
  const auto kyiv = world.head(kKyiv);
  const auto checkpoint = kyiv->snapshot->get(Family::notes, notes::checkpoint_key(kKyiv1));
  const auto asked = world.warsaw().stage_witness(
      {.old_size = LogSize(0), .proof = {}, .checkpoint = checkpoint->value()}, world.now());
  CHECK(asked->error().code == Code::unavailable);
}

TEST_CASE("withheld values that came while the link was cut reach the other office in pieces") {
  Cut world(30);
  constexpr int kFields = 31;
  std::string withhold = R"(,"withhold":{)";
  for (int field = 0; field < kFields; ++field)
    withhold += (field == 0 ? "\"field" : ",\"field") + std::to_string(field) +
                R"(":{"tlp":"AMBER","value":")" + std::string(16'000, 'v') + "\"}";
  withhold += "}";
  for (int n = 0; n < 12; ++n) must_record(world, kKyiv, need(n, withhold));
  world.connect();
  world.run_ms(20'000);
  CHECK(world.head(kWarsaw)->held_of(kKyiv1) == LogSize(12));
  CHECK(world.refusals.empty());
  for (int n = 0; n < 12; ++n) {
    const auto event = test::submission_of(need(n), world.charter().id).event;
    const auto values =
        StoredLogs(*world.head(kWarsaw)->snapshot).withheld_of(decode_event(event)->id);
    CHECK(values->size() == kFields);
  }
}

}  // namespace tallinn::sim
