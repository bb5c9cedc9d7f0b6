#include "projections/policy.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

TEST_CASE("a policy of all logs names every log and witness and asks for all but one") {
  const Charter charter = test_charter();
  const std::string ledger = charter.ledger;
  const std::string text = format_policy(charter, Roster(charter));
  const auto at = text.find("\n\n");
  REQUIRE(at != std::string::npos);
  for (std::size_t line = 0; line < at; line = text.find('\n', line) + 1) CHECK(text[line] == '#');
  CHECK(text.substr(at + 2) ==
        "log " + format_vkey(charter.offices[0].log) + "\nlog " +
            format_vkey(charter.offices[1].log) + "\n\nwitness " + ledger + "/kyiv/witness " +
            format_vkey(charter.offices[0].witness) + "\nwitness " + ledger + "/warsaw/witness " +
            format_vkey(charter.offices[1].witness) + "\n\ngroup offices 1 " + ledger +
            "/kyiv/witness " + ledger + "/warsaw/witness\nquorum offices\n");
}

TEST_CASE("a policy of one log asks for every other office, and never for its own") {
  const Charter charter = test_charter();
  const std::string ledger = charter.ledger;
  const std::string text = format_policy(charter, Roster(charter), OfficeNumber(0));
  CHECK(text.substr(text.find("\n\n") + 2) ==
        "log " + format_vkey(charter.offices[0].log) + "\n\nwitness " + ledger +
            "/warsaw/witness " + format_vkey(charter.offices[1].witness) +
            "\n\ngroup offices all " + ledger + "/warsaw/witness\nquorum offices\n");
}
