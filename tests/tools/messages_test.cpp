#include "tools/messages.h"

#include <doctest/doctest.h>

#include <string>

#include "events/event.h"
#include "events/vocabulary.h"
#include "ledger/differences.h"
#include "ledger/standing.h"
#include "net/session.h"
#include "projections/aggregate_records.h"
#include "projections/exceptions.h"
#include "projections/ladder.h"
#include "projections/levels.h"

using namespace tallinn;

namespace {

bool is_ukrainian(std::string_view text) {
  return text.find_first_of("abcdefghijklmnopqrstuvwxyz") == text.npos && !text.empty();
}

void check_word(std::string_view key) {
  CAPTURE(std::string(key));
  CHECK(is_word(key));
  CHECK(is_ukrainian(word(Language::ukrainian, key)));
}

template <class E>
void check_names() {
  for (const std::string_view name : Spelling<E>::kNames) check_word(name);
}

}  // namespace

TEST_CASE("every value of a closed list that listings show has a Ukrainian word") {
  check_names<PartyKind>();
  check_names<OfficeRole>();
  check_names<NeedKind>();
  check_names<Sector>();
  check_names<Urgency>();
  check_names<NeedOutcome>();
  check_names<Mode>();
  check_names<Side>();
  check_names<Unit>();
  check_names<ErrorReason>();
  check_names<Rung>();
  check_names<Loss>();
  check_names<NeedState>();
  check_names<PledgeState>();
  check_names<ConsignmentKind>();
  check_names<Effect>();
  check_names<ExceptionState>();
  check_names<ExceptionCode>();
  for (const Level level : {Level::recorded, Level::replicated, Level::settled})
    check_word(level_name(level));
  for (const std::string_view type : type_names()) check_word(type);
  // States that listings compute: projections/listings.cpp.
  for (const char* state :
       {"admitted", "corrected", "partly_met", "partly_covered", "covered", "fully_committed",
        "partly_committed", "terminated", "suspended", "signed", "disbursing", "rendered",
        "in_delivery", "confirmed", "proposed", "cancelled", "completed", "unknown"})
    check_word(state);
}

TEST_CASE(
    "every refusal's code, every standing, every fault and every kind of a difference has a word") {
  for (int code = 0; code <= static_cast<int>(Code::unavailable); ++code)
    check_word(code_name(static_cast<Code>(code)));
  for (int standing = 0; standing <= static_cast<int>(kLastStanding); ++standing)
    check_word(spell(static_cast<Standing>(standing)));
  for (std::size_t family = 0; family < kFamilies; ++family)
    check_word(spell(static_cast<Family>(family)));
  check_names<PeerFault>();
  using Kind = Difference::Kind;
  for (const Kind kind :
       {Kind::missing, Kind::unexpected, Kind::differs, Kind::unreadable, Kind::wrong})
    check_word(spell(kind));
}

TEST_CASE("a key that the table does not have is its own word") {
  CHECK(word(Language::ukrainian, "no such key") == "no such key");
  CHECK_FALSE(is_word("no such key"));
}
