// Withheld values between two offices: given to the other office, erased at both whatever came
// first, and never back.
#include "events/uuid.h"
#include "ledger/store_lacking.h"
#include "ledger/store_notes.h"
#include "net/fsck_notes.h"
#include "net/withheld_view.h"
#include "tests/sim/mirror.h"

namespace tallinn::sim {
namespace {

/// Longer than any key or note that has it by chance, and not to be compressed away.
const std::string kSite = "5hNf2Qx8Zr0LkVw7Yc3Tb9Jm1Dp6GsEu4AiHoXqRtKyW";

std::string id_of(int number) {
  return "0199e52a-a000-7001-8d78-7d89ef3ae" + std::to_string(100 + number);
}
std::string need(int number, const std::string& value = kSite) {
  return R"({"id":")" + id_of(number) +
         R"(","type":"NeedRegistered","author":"UA","occurred":"2025-10-15","withhold":{"site":)"
         R"({"tlp":"AMBER","value":")" +
         value + R"("}},"body":{"need":"UA-)" + std::to_string(number) +
         R"(","title":{"en":"Parts","uk":"Parts"},"kind":"hardware","sector":"government",)"
         R"("lines":[{"line":1,"description":"parts","quantity":2,"unit":"C62"}],)"
         R"("recipient":"UA","urgency":"low"}})";
}
/// A fact by EE under the id of that need.
std::string same_id(int number, const std::string& value) {
  return R"({"id":")" + id_of(number) +
         R"(","type":"ReconciliationAttested","author":"EE","occurred":"2025-10-15","withhold":)"
         R"({"site":{"tlp":"AMBER","value":")" +
         value +
         R"("}},"body":{"party":"EE","from":"2024-01-01","to":"2024-12-31","agrees":true,)"
         R"("figures":[]}})";
}

struct Offices : World {
  explicit Offices(std::uint64_t seed) : World(seed) {
    connect();
    for (const std::string& line : test::public_record())
      if (line.find("PartyAdmitted") != std::string::npos ||
          line.find("KeyEnrolled") != std::string::npos)
        must_record(kWarsaw, line);
    run_ms(3'000);
  }
  void must_record(std::size_t n, const std::string& line) {
    const auto recorded = record(n, line);
    REQUIRE_MESSAGE(recorded.has_value(), recorded.error().detail);
  }
  WithheldView view(std::size_t n, int number) {
    auto view = withheld_view(*head(n), *parse_uuid(id_of(number)));
    REQUIRE(view.has_value());
    REQUIRE(view->has_value());
    return **view;
  }
  /// "held", "erased", "gone" (neither) or "both" at that office.
  std::string state(std::size_t n, int number) {
    const WithheldView seen = view(n, number);
    const bool held = seen.value_of(Name("site")) != nullptr;
    const bool erased = seen.erasure_of(Name("site")) != nullptr;
    return held ? erased ? "both" : "held" : erased ? "erased" : "gone";
  }
  std::string states(int number) { return state(kKyiv, number) + " " + state(kWarsaw, number); }
  std::string statement(std::size_t n, int number, const std::string& party,
                        std::int64_t later_s = 0) {
    const Event event = view(n, number).event;
    return sign_erasure(
        {.ledger = charter().id,
         .event = event.id,
         .field = Name("site"),
         .commitment = event.withheld.front().commitment,
         .at = UnixSeconds(static_cast<std::uint64_t>(now().value() / 1000 + later_s)),
         .party = PartyId(party),
         .key = test::test_key(party).public_key()},
        test::test_key(party));
  }
  Result<Erasure> erase(std::size_t n, const std::string& text) {
    const auto erased = office(n).replica->stage_erasure(text, now());
    REQUIRE(erased.has_value());
    REQUIRE(office(n).replica->commit(now()).has_value());
    return *erased;
  }
  bool on_disk(std::size_t n, const std::string& value = kSite) {
    return office(n).disk->has_bytes(value);
  }
  std::uint64_t differences(std::size_t n) {
    Differences found;
    REQUIRE(check_withheld_values(*office(n).store, found).has_value());
    REQUIRE(
        check_notes(*office(n).store, charter(), head(n)->roster, std::nullopt, found).has_value());
    return found.total();
  }
};

}  // namespace

TEST_CASE("an office that got its entries from a mirror asks the other office for their values") {
  Offices world(56);
  list_mirrors(world, {"tallinn"});
  world.connect();
  for (int n = 1; n <= 3; ++n) world.must_record(kKyiv, need(n));
  world.must_record(kKyiv, need(4, "another value, for somebody else"));
  world.run_ms(3'000);
  REQUIRE(world.erase(kWarsaw, world.statement(kWarsaw, 2, "UA")).has_value());
  world.run_ms(1'000);
  Mirror mirror(world.charter(), "tallinn");
  meet(world, kWarsaw, mirror);
  CHECK_FALSE(mirror.has_on_disk(kSite));
  world.cut();
  world.replace_disk(kKyiv);
  meet(world, kKyiv, mirror);
  CHECK(world.head(kKyiv)->held == world.head(kWarsaw)->held);
  CHECK(world.states(1) == "gone held");
  CHECK(world.states(2) == "erased erased");  // which the mirror has told
  CHECK(lacking_events(*world.office(kKyiv).store, {}, 9)->size() == 3);
  world.connect();
  world.run_ms(2'000);
  CHECK(world.states(1) == "held held");
  CHECK(world.states(2) == "erased erased");
  CHECK(world.states(3) == "held held");
  CHECK(world.states(4) == "held held");
  CHECK(lacking_events(*world.office(kKyiv).store, {}, 9)->empty());
  CHECK(world.differences(kKyiv) == 0);
  CHECK(world.refusals.empty());
}

TEST_CASE("only values that are lacking are taken, and only what their events withhold") {
  Offices world(57);
  world.must_record(kKyiv, need(1));
  world.run_ms(1'000);
  Mirror mirror(world.charter(), "tallinn");
  meet(world, kKyiv, mirror);
  const auto values = values_of(*world.head(kWarsaw)->snapshot, std::array{*parse_uuid(id_of(1))});
  REQUIRE(values.has_value());
  REQUIRE(values->size() == 1);
  world.cut();
  world.replace_disk(kKyiv);
  Replica& kyiv = *world.office(kKyiv).replica;
  const auto take = [&](const WithheldValue& value) {
    const auto staged = kyiv.stage_values(std::array{value});
    REQUIRE(staged.has_value());
    REQUIRE(kyiv.commit(world.now()).has_value());
    return staged->has_value();
  };
  CHECK(take(values->front()));  // of an event that is not here: nothing is kept
  CHECK_FALSE(world.on_disk(kKyiv));
  meet(world, kKyiv, mirror);
  WithheldValue other = values->front();
  other.value += "!";
  CHECK_FALSE(take(other));
  CHECK(world.states(1) == "gone held");
  CHECK(take(values->front()));
  CHECK(world.states(1) == "held held");
}

TEST_CASE(
    "a value is given to the other office, and an erasure takes it from both, files and all") {
  Offices world(41);
  world.must_record(kKyiv, need(1));
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
  const Submission again = test::submission_of(need(1), world.charter().id);
  CHECK(check_withheld(world.view(kKyiv, 1).event, again.values.front()).has_value());
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  world.run_ms(5'000);
  CHECK(world.states(1) == "erased erased");
  check_converged(world);
}

TEST_CASE("what was erased while the link was cut is erased at the other office when they meet") {
  Offices world(42);
  world.must_record(kKyiv, need(1));
  world.run_ms(1'000);
  world.cut();
  world.must_record(kKyiv, need(2, kSite + "2"));  // Warsaw learns of it and of its erasure at once
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

TEST_CASE("a value that comes after its erasure is not taken, and touches no disk") {
  Offices world(43);
  world.cut();
  world.must_record(kKyiv, need(1));
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
  world.must_record(kKyiv, need(1));
  world.must_record(kKyiv, need(2, kSite + "2"));
  REQUIRE(world.erase(kKyiv, world.statement(kKyiv, 1, "UA")).has_value());
  world.run_ms(1'000);
  world.replace_disk(kWarsaw);
  world.run_ms(4'000);
  CHECK(world.states(1) == "erased erased");
  CHECK(world.states(2) == "held held");
}

TEST_CASE("a value that was lost comes back when its event is recorded again, and no other does") {
  Offices world(51);
  world.must_record(kKyiv, need(1));
  Store& store = *world.office(kKyiv).store;
  const Bytes key = withheld_key(*parse_uuid(id_of(1)), Name("site"));
  const Bytes value = **store.get(Family::withheld, key);
  Batch lost;
  lost.erase(Family::withheld, key);
  REQUIRE(store.commit(std::move(lost)).has_value());
  Submission again = test::submission_of(need(1), world.charter().id);
  again.values.front().value = "another";
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  CHECK_FALSE(store.get(Family::withheld, key)->has_value());
  again = test::submission_of(need(1), world.charter().id);
  CHECK(world.submit_here(kKyiv, again)->novelty == Admitted::Novelty::known);
  CHECK(*store.get(Family::withheld, key) == value);
}

TEST_CASE("a reader from before keeps what it reads; when it is gone the files follow") {
  Offices world(45);
  world.must_record(kKyiv, need(1));
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

  world.must_record(kKyiv, need(2, kSite + "2"));  // and where the power goes in between
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
  world.must_record(kKyiv, need(1));
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
  world.must_record(kKyiv, need(1));
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
  world.must_record(kKyiv, need(1));
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
  world.must_record(kKyiv, need(1));
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
  world.must_record(kKyiv, need(1));
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
