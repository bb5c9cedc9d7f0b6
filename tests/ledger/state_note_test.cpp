#include "ledger/state_note.h"

#include <doctest/doctest.h>

#include "ledger/merkle.h"

using namespace tallinn;

namespace {

constexpr std::string_view kStateText =
    "tallinn-ledger/state@v1\n"
    "ledger tallinn-mechanism.example\n"
    "rules 1\n"
    "settled 1024\n"
    "log tallinn-mechanism.example/kyiv/1 600 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    "log tallinn-mechanism.example/warsaw/1 0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    "records 17\n"
    "state 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kStateText);
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a state note says what stands in it, and is spelled again the same") {
  const StateNote note = parse_state_note(kStateText).value();
  CHECK(note.ledger == "tallinn-mechanism.example");
  CHECK(note.rules == 1);
  CHECK(note.settled == Lamport(1024));
  REQUIRE(note.logs.size() == 2);
  CHECK(note.logs[0].origin == "tallinn-mechanism.example/kyiv/1");
  CHECK(note.logs[0].size == LogSize(600));
  CHECK(note.records == 17);
  CHECK(note.state == empty_root());
  CHECK(format_state_note(note) == kStateText);
}

TEST_CASE(
    "a state note in any other spelling, or with a log twice or of another ledger, is refused") {
  for (const std::string& bad :
       {std::string(), replaced("@v1", "@v2"), replaced("rules 1", "rules 01"),
        replaced("rules 1", "rules 4294967296"), replaced("settled 1024", "settled -1"),
        replaced("warsaw/1", "kyiv/1"), replaced("example/kyiv", "other/kyiv"),
        replaced("kyiv/1 600", "kyiv/1  600"), replaced("kyiv/1 600", "kyiv 600"),
        replaced("records 17\n", ""), replaced("records", "Records"),
        replaced("state 47", "state 57="), std::string(kStateText) + "\n",
        std::string(kStateText) + "x 1\n",
        std::string(kStateText).substr(0, kStateText.size() - 1)})
    CHECK_MESSAGE(!parse_state_note(bad), bad);
}
