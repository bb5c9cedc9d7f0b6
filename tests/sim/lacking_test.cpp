// Entries that came without their withheld values: who lacks some asks the other office for them.
#include "ledger/store_lacking.h"
#include "tests/sim/mirror.h"
#include "tests/sim/withheld.h"

namespace tallinn::sim {

TEST_CASE("an office that got its entries from a mirror asks the other office for their values") {
  Offices world(56);
  list_mirrors(world, {"tallinn"});
  world.connect();
  for (int n = 1; n <= 3; ++n) world.must_record(kKyiv, withholding(n));
  world.must_record(kKyiv, withholding(4, "another value, for somebody else"));
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
  world.must_record(kKyiv, withholding(1));
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
    REQUIRE(kyiv.stage_values(std::array{value}).has_value());
    REQUIRE(kyiv.commit(world.now()).has_value());
  };
  take(values->front());  // of an event that is not here
  CHECK_FALSE(world.on_disk(kKyiv));
  meet(world, kKyiv, mirror);
  WithheldValue other = values->front();
  other.value += "!";
  take(other);
  CHECK(world.states(1) == "gone held");
  CHECK(lacking_events(*world.office(kKyiv).store, {}, 9)->size() == 1);
  take(values->front());
  CHECK(world.states(1) == "held held");
  CHECK(lacking_events(*world.office(kKyiv).store, {}, 9)->empty());
}

TEST_CASE("a value that its author hands in again is asked of nobody any more") {
  Offices world(58);
  world.cut();
  world.must_record(kKyiv, withholding(1));
  Mirror mirror(world.charter(), "tallinn");
  meet(world, kKyiv, mirror);
  meet(world, kWarsaw, mirror);
  CHECK(world.states(1) == "held gone");
  CHECK(lacking_events(*world.office(kWarsaw).store, {}, 9)->size() == 1);
  world.must_record(kWarsaw, withholding(1));
  CHECK(world.states(1) == "held held");
  CHECK(lacking_events(*world.office(kWarsaw).store, {}, 9)->empty());
}

TEST_CASE("a mirror keeps no value, whoever hands it one") {
  Offices world(59);
  world.must_record(kKyiv, withholding(1));
  world.run_ms(1'000);
  Mirror mirror(world.charter(), "tallinn");
  const auto batch =
      make_batch(*world.head(kKyiv)->snapshot, world.head(kKyiv)->held, {}, ValuesToo::include);
  REQUIRE(batch->values.size() == 1);
  REQUIRE(mirror.replica().stage_batch(*batch, Signatures::to_check)->has_value());
  REQUIRE(mirror.replica().commit(world.now()).has_value());
  const auto again = mirror.replica().stage_submission(
      test::submission_of(withholding(1), world.charter().id), world.now());
  REQUIRE(again->has_value());
  CHECK((*again)->novelty == Admitted::Novelty::known);
  REQUIRE(mirror.replica().stage_values(batch->values).has_value());
  REQUIRE(mirror.replica().commit(world.now()).has_value());
  CHECK_FALSE(mirror.has_on_disk(kSite));
  CHECK(lacking_events(*mirror.head()->snapshot, {}, 9)->empty());
}

}  // namespace tallinn::sim
