#include "tools/generator/lines.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/record.h"

using namespace tallinn;
using namespace tallinn::test;
using generator::History;

TEST_CASE("every line reads back as the same draft: event, id, signers and withheld values") {
  History history({.seed = 17, .events = 3'000}, test_public_key);
  std::size_t withheld = 0;
  while (const auto given = history.next()) {
    const std::string line = generator::event_line(*given);
    CAPTURE(line);
    const auto read = parse_event_json(line, test_public_key);
    REQUIRE_MESSAGE(read.has_value(), read.error().detail);
    CHECK(read->event == given->draft.event);
    CHECK(read->id == given->draft.id);
    CHECK(read->signers == given->draft.signers);
    REQUIRE(read->withhold.size() == given->draft.withhold.size());
    for (std::size_t i = 0; i < read->withhold.size(); ++i) {
      CHECK(read->withhold[i].field == given->draft.withhold[i].field);
      CHECK(read->withhold[i].value == given->draft.withhold[i].value);
      ++withheld;
    }
  }
  CHECK(withheld > 20);
}

TEST_CASE("what is announced stands in a line of its own, and what is empty is left out") {
  generator::GivenEvent given{
      .draft = {}, .office = OfficeRole::back, .day = Day(19'711), .expected = {}};
  const auto line = [&] { return boost::json::parse(generator::expected_line(given)).as_object(); };
  CHECK(line().size() == 3);
  CHECK(line().at("office") == "back");
  CHECK(line().at("day") == "2023-12-20");
  given.expected = {.refused = Code::overdrawn, .opens = {"a/b"}, .ends = {"c/d", "e/f"}};
  CHECK(line().size() == 6);
  CHECK(line().at("refused") == "overdrawn");
  CHECK(line().at("ends").as_array().size() == 2);
  CHECK(!line().contains("resolves"));
}
