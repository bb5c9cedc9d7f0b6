#include "ledger/charter.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

std::string sign(std::string_view text, std::string_view party) {
  return sign_charter(text, PartyId(std::string(party)), test_key(party)).value();
}

std::string signed_text() {
  return sign(sign(format_charter_text(test_charter()), "EE"), "UA");
}

}  // namespace

TEST_CASE("a charter signed by its quorum reads back with its id") {
  const Charter draft = test_charter();
  const std::string note = signed_text();
  const Charter charter = parse_charter(note).value();
  CHECK(charter.note == note);
  CHECK(charter.id == draft.id);
  CHECK(charter.offices == draft.offices);
  CHECK(charter.coordinators == draft.coordinators);
  CHECK(charter.quorum == 2);
  CHECK(charter.id.view() == sha256(format_charter_text(charter)).view());
  CHECK(format_charter_text(charter).starts_with(
      "tallinn-ledger/charter@v1\nledger tallinn-mechanism.example\n"
      "office kyiv front tallinn-mechanism.example/kyiv/1+"));
}

TEST_CASE("more signatures do not change the ledger id") {
  CHECK(parse_charter(sign(signed_text(), "PL")).value().id == test_charter().id);
}

TEST_CASE("offices and logs are found by name, number, role and origin") {
  const Charter charter = test_charter();
  CHECK(charter.office(OfficeNumber(1))->name == "warsaw");
  CHECK(charter.office(OfficeNumber(2)) == nullptr);
  CHECK(charter.office_number("kyiv") == OfficeNumber(0));
  CHECK_FALSE(charter.office_number("tallinn"));
  CHECK(charter.office_in_role(OfficeRole::back) == OfficeNumber(1));
  const LogId log{.office = OfficeNumber(1), .epoch = Epoch(3)};
  CHECK(charter.origin(log) == "tallinn-mechanism.example/warsaw/3");
  CHECK(charter.parse_origin("tallinn-mechanism.example/warsaw/3").value() == log);
  CHECK(charter.parse_origin("other.example/warsaw/3").error().code == Code::not_found);
  CHECK(charter.parse_origin("tallinn-mechanism.example/riga/3").error().code == Code::not_found);
  CHECK(charter.parse_origin("warsaw").error().code == Code::malformed);
  CHECK(office_party("kyiv") == PartyId("KYIV-OFFICE"));
}

TEST_CASE("a charter without its quorum of signatures is a draft only") {
  const std::string text = format_charter_text(test_charter());
  const std::string once = sign(text, "EE");
  CHECK(parse_charter(text).error().code == Code::malformed);
  CHECK(parse_charter(once).error().code == Code::failed);
  CHECK(parse_charter(sign(once, "EE")).error().code == Code::failed);
  CHECK(sign(once, "EE") == once);
  CHECK(parse_charter_draft(text).value().id == test_charter().id);
  CHECK(parse_charter_draft(once).value().note == once);
}

TEST_CASE("only a coordinator with the key of the charter signs it") {
  const std::string text = format_charter_text(test_charter());
  CHECK(sign_charter(text, PartyId("LT"), test_key("LT")).error().code == Code::unauthorised);
  CHECK(sign_charter(text, PartyId("EE"), test_key("PL")).error().code == Code::unauthorised);
}

TEST_CASE("no single letter of a signed charter can change") {
  const std::string note = signed_text();
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string bad = note;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_MESSAGE(!parse_charter(bad), "byte " << i);
  }
}

TEST_CASE("a charter that contradicts itself cannot be made") {
  const Charter good = test_charter();
  const auto makes = [&](auto change) {
    Charter bad = good;
    change(bad);
    return make_charter(bad.ledger, bad.offices, bad.coordinators, bad.quorum).has_value();
  };
  CHECK(makes([](Charter&) {}));
  CHECK_FALSE(makes([](Charter& c) { c.quorum = 0; }));
  CHECK_FALSE(makes([](Charter& c) { c.quorum = 4; }));
  CHECK_FALSE(makes([](Charter& c) { c.ledger = "other.example"; }));
  CHECK_FALSE(makes([](Charter& c) { c.ledger = "a b"; }));
  CHECK_FALSE(makes([](Charter& c) { c.offices.pop_back(); }));
  CHECK_FALSE(makes([](Charter& c) { c.offices[1].role = OfficeRole::front; }));
  CHECK_FALSE(makes([](Charter& c) { c.offices[1] = c.offices[0]; }));
  CHECK_FALSE(makes([](Charter& c) { c.offices[0].transport = c.offices[0].log.key; }));
  CHECK_FALSE(makes([](Charter& c) { c.offices[0].transport = PublicKey{}; }));
  CHECK_FALSE(makes([](Charter& c) { c.offices[0].witness.type = kNoteEd25519; }));
  CHECK_FALSE(makes([](Charter& c) { c.coordinators[1].party = PartyId("EE"); }));
  CHECK_FALSE(makes([](Charter& c) { c.coordinators[1].party = PartyId("ee"); }));
  CHECK_FALSE(makes([](Charter& c) { c.coordinators[1].key = c.coordinators[0].key; }));
  CHECK_FALSE(makes([](Charter& c) { c.coordinators.clear(); }));
}

TEST_CASE("an office line reads back alone") {
  const CharterOffice kyiv = test_charter().offices[0];
  CHECK(parse_office_line(format_office_line(kyiv)).value() == kyiv);
  CHECK_FALSE(parse_office_line(format_office_line(kyiv) + " x"));
  CHECK_FALSE(parse_office_line("office kyiv front"));
}
