// Withheld values between two offices: given to the other office, erased at both whatever came
// first, and never back.
#include "tests/sim/withheld.h"

#include "ledger/store_notes.h"
#include "net/event_json.h"

namespace tallinn::sim {

TEST_CASE(
    "a value is given to the other office, and an erasure takes it from both, files and all") {
  Offices world(41);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  CHECK(world.states(1) == "held held");
  CHECK(world.on_disk(kKyiv));
  CHECK(world.on_disk(kWarsaw));
  const auto erased = world.erase(kWarsaw, world.statement(kWarsaw, 1, "UA"));
  REQUIRE(erased.has_value());
  CHECK_FALSE(world.on_disk(kWarsaw));
  world.run_ms(1'000);
  CHECK(world.states(1) == "erased erased");
  CHECK_FALSE(world.on_disk(kKyiv));
  CHECK(world.differences(kKyiv) + world.differences(kWarsaw) == 0);
  CHECK(world.refusals.empty());
  const Submission again = test::submission_of(withholding(1), world.charter().id);
  CHECK(check_withheld(world.view(kKyiv, 1).event, again.values.front()).has_value());
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  world.run_ms(5'000);
  CHECK(world.states(1) == "erased erased");
  check_converged(world);
}

TEST_CASE("what was erased while the link was cut is erased at the other office when they meet") {
  Offices world(42);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  world.cut();
  world.must_record(kKyiv,
                    withholding(2, kSite + "2"));  // Warsaw learns of it and of its erasure at once
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 2, "UA")).has_value());
  CHECK(world.states(1) == "erased held");
  CHECK_FALSE(world.on_disk(kKyiv));
  for (const std::size_t n : {kKyiv, kWarsaw}) {
    world.crash(n);
    world.start(n);
  }
  CHECK(world.states(1) == "erased held");
  world.connect();
  world.run_ms(3'000);
  CHECK(world.states(1) == "erased erased");
  CHECK(world.states(2) == "erased erased");
  CHECK_FALSE(world.on_disk(kWarsaw));
  CHECK(world.refusals.empty());
}

TEST_CASE("an erasure of what is named and not recorded here is refused, and stops no node") {
  Offices world(63);
  world.cut();
  world.must_record(kKyiv, withholding(1));
  world.must_record(kWarsaw,
                    R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae301","type":"ErrorDeclared",)"
                    R"("author":"UA","occurred":"2025-10-15","body":{"event":")" +
                        id_of(1) + R"(","reason":"duplicate","replaced_by":[]}})");
  const auto erased = world.erase(kWarsaw, world.statement(kKyiv, 1, "UA"));
  REQUIRE(!erased.has_value());
  CHECK(erased.error().code == Code::not_found);
  const auto shown = place_of_event(*world.head(kWarsaw), *parse_uuid(id_of(1)));
  REQUIRE(shown.has_value());
  CHECK(!shown->has_value());
  world.connect();
  world.run_ms(3'000);
  CHECK(world.states(1) == "held held");
}

TEST_CASE("a value that comes after its erasure is not taken, and touches no disk") {
  Offices world(43);
  world.cut();
  world.must_record(kKyiv, withholding(1));
  const auto batch = [&](ValuesToo values) {
    const auto kyiv = world.head(kKyiv);
    auto made = make_batch(*kyiv->snapshot, kyiv->held, world.head(kWarsaw)->held, values);
    REQUIRE(made.has_value());
    return std::move(*made);
  };
  const PeerBatch late = batch(ValuesToo::include);
  REQUIRE(late.values.size() == 1);
  CHECK(batch(ValuesToo::leave_out).entries == late.entries);
  CHECK(batch(ValuesToo::leave_out).values.empty());
  const std::string statement = world.statement(kKyiv, 1, "UA");
  Replica& warsaw = *world.office(kWarsaw).replica;
  const auto early = warsaw.stage_note({NoteKind::erasure, statement});
  REQUIRE(early.has_value());
  CHECK(early->error().code == Code::behind);
  const auto taken = warsaw.stage_batch(late, Signatures::to_check);
  REQUIRE(taken.has_value());
  REQUIRE(taken->has_value());
  REQUIRE(warsaw.commit(world.now()).has_value());
  CHECK(world.states(1) == "held erased");
  CHECK_FALSE(world.on_disk(kWarsaw));
}

TEST_CASE("an office with a new disk is given what is held and told what was erased") {
  Offices world(44);
  world.must_record(kKyiv, withholding(1));
  world.must_record(kKyiv, withholding(2, kSite + "2"));
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  world.run_ms(1'000);
  world.replace_disk(kWarsaw);
  world.run_ms(4'000);
  CHECK(world.states(1) == "erased erased");
  CHECK(world.states(2) == "held held");
}

TEST_CASE("a value that was lost comes back when its event is recorded again, and no other does") {
  Offices world(51);
  world.must_record(kKyiv, withholding(1));
  Store& store = *world.office(kKyiv).store;
  const Bytes key = withheld_key(*parse_uuid(id_of(1)), Name("site"));
  const Bytes value = **store.get(Family::withheld, key);
  Batch lost;
  lost.erase(Family::withheld, key);
  REQUIRE(store.commit(std::move(lost)).has_value());
  Submission again = test::submission_of(withholding(1), world.charter().id);
  again.values.front().value = "another";
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  CHECK_FALSE(store.get(Family::withheld, key)->has_value());
  again = test::submission_of(withholding(1), world.charter().id);
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  CHECK(*store.get(Family::withheld, key) == value);
}

TEST_CASE("a reader from before keeps what it reads; when it is gone the files follow") {
  Offices world(45);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  auto before = world.head(kKyiv);
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  CHECK(world.state(kKyiv, 1) == "erased");
  CHECK(world.office(kKyiv).replica->erased_remains());
  CHECK(world.on_disk(kKyiv));
  before.reset();
  world.run_ms(1'000);
  CHECK_FALSE(world.office(kKyiv).replica->erased_remains());
  CHECK_FALSE(world.on_disk(kKyiv));

  world.must_record(kKyiv, withholding(2, kSite + "2"));  // and where the power goes in between
  world.run_ms(1'000);
  before = world.head(kWarsaw);
  REQUIRE(world.erase(kWarsaw, world.statement(kWarsaw, 2, "UA")).has_value());
  before.reset();
  CHECK(world.on_disk(kWarsaw, kSite + "2"));
  world.crash(kWarsaw);
  CHECK(world.on_disk(kWarsaw, kSite + "2"));
  world.start(kWarsaw);
  world.run_ms(1'000);
  CHECK_FALSE(world.on_disk(kWarsaw, kSite + "2"));
  CHECK(world.states(2) == "erased erased");
}

TEST_CASE(
    "only a key in force of the event's author may erase, and only what the event withholds") {
  Offices world(46);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  const auto code = [&](const std::string& text) {
    const auto erased = world.erase(kKyiv, text);
    return erased ? std::string("erased") : std::string(code_name(erased.error().code));
  };
  CHECK(code(world.statement(kKyiv, 1, "EE")) == "unauthorised");
  CHECK(code(world.statement(kKyiv, 1, "NAO-EE")) == "unauthorised");
  CHECK(code(world.statement(kKyiv, 1, "MOSCOW")) == "unauthorised");
  CHECK(code(world.statement(kKyiv, 1, "UA", 3'600)) == "invalid_value");
  CHECK(code("no statement") == "malformed");
  Erasure other = open_erasure(world.statement(kKyiv, 1, "UA")).value();
  other.commitment.bytes[0] ^= 1;
  CHECK(code(sign_erasure(other, test::test_key("UA"))) == "not_found");
  other.event.bytes[15] ^= 1;
  CHECK(code(sign_erasure(other, test::test_key("UA"))) == "not_found");
  other = open_erasure(world.statement(kKyiv, 1, "UA")).value();
  other.ledger.bytes[0] ^= 1;
  CHECK(code(sign_erasure(other, test::test_key("UA"))) == "failed");
  CHECK(world.states(1) == "held held");
  world.run_ms(500);
  CHECK(code(world.statement(kKyiv, 1, "UA")) == "erased");
}

TEST_CASE("an erasure that one office took counts at the other, which had seen the key revoked") {
  Offices world(47);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  world.cut();
  world.must_record(
      kWarsaw,
      R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae200","type":"KeyRevoked","author":"EE","occurred":"2025-10-15","body":)"
      R"({"key":")" +
          to_base64(test::test_key("UA").public_key().view()) + R"(","reason":"Lost"}})");
  CHECK(world.erase(kWarsaw, world.statement(kWarsaw, 1, "UA")).error().code == Code::unauthorised);
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  world.connect();
  world.run_ms(3'000);
  CHECK(world.states(1) == "erased erased");
  CHECK(world.refusals.empty());
}

TEST_CASE("another event under the same id neither replaces a value nor has it erased") {
  Offices world(48);
  world.cut();
  world.must_record(kKyiv, withholding(1));
  const auto twin = test::submission_of(same_id(1, kSite + "2"), world.charter().id);
  REQUIRE(world.submit_here(kWarsaw, twin).has_value());
  CHECK(world.state(kWarsaw, 1) == "held");
  const std::string by_twin = world.statement(kWarsaw, 1, "EE");
  world.connect();
  world.run_ms(3'000);
  for (const std::size_t n : {kKyiv, kWarsaw}) {
    REQUIRE(world.view(n, 1).event.author == PartyId("UA"));  // it counts: it comes first
    CHECK(world.view(n, 1).value_of(Name("site"))->value == kSite);
    CHECK(world.erase(n, by_twin).error().code == Code::unauthorised);
  }
  CHECK(world.states(1) == "held held");
}

TEST_CASE("of two statements that erase one value both offices keep the earlier") {
  Offices world(49);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  world.cut();
  const std::string first = world.statement(kKyiv, 1, "UA");
  const std::string second = world.statement(kKyiv, 1, "UA", 60);
  REQUIRE(world.erase(kKyiv, second).has_value());
  REQUIRE(world.erase(kWarsaw, first).has_value());
  CHECK(world.erase(kWarsaw, second).value() == open_erasure(first).value());
  world.connect();
  world.run_ms(3'000);
  for (const std::size_t n : {kKyiv, kWarsaw})
    CHECK(world.view(n, 1).erasures.front().text == first);
}

TEST_CASE(
    "fsck names a value that is held although it was erased, and an erasure that was changed") {
  Offices world(50);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  Store& store = *world.office(kKyiv).store;
  const Bytes key = withheld_key(*parse_uuid(id_of(1)), Name("site"));
  const Bytes value = **store.get(Family::withheld, key);
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  CHECK(world.differences(kKyiv) == 0);
  Batch back;
  back.put(Family::withheld, key, value);
  REQUIRE(store.commit(std::move(back)).has_value());
  CHECK(world.differences(kKyiv) == 1);
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA", 1)).has_value());
  CHECK(world.differences(kKyiv) == 0);
  CHECK_FALSE(world.on_disk(kKyiv));
  const Event event = world.view(kKyiv, 1).event;
  const Bytes note = notes::erasure_key(event.id, event.withheld.front().commitment, event.author);
  Bytes text = **store.get(Family::notes, note);
  text[40] ^= 1;
  Batch changed;
  changed.put(Family::notes, note, text);
  REQUIRE(store.commit(std::move(changed)).has_value());
  CHECK(world.differences(kKyiv) == 1);
}

}  // namespace tallinn::sim
