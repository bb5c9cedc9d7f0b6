#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "ledger/order.h"
#include "projections/admission.h"
#include "projections/assurance_records.h"
#include "projections/fold.h"
#include "tests/support/announced.h"
#include "tests/support/record.h"
#include "tools/generator/signing.h"

using namespace tallinn;
using namespace tallinn::test;
using generator::GivenEvent;
using generator::History;
using generator::HistoryOptions;

namespace {

/// Everything that can happen, often.
HistoryOptions eventful(std::uint64_t seed, std::uint64_t events) {
  return {.seed = seed,
          .events = events,
          .late_percent = 15,
          .colliding_percent = 10,
          .mistaken_percent = 15,
          .refused_percent = 20};
}

/// Admission and fold of everything in one log, in the order in which it is given.
class OneOffice {
 public:
  OneOffice() { fold_genesis(views, charter); }

  Result<void> record(const GivenEvent& given) {
    const Submission submission = generator::sign(given, charter.id, keys_by_name());
    Entry entry;
    entry.log = {OfficeNumber(1), Epoch(1)};
    entry.lamport = Lamport(size_ + 1);
    entry.recorded = UnixMillis(start_of(given.day).value() + 24 * 3'600'000);
    entry.event = submission.event;
    entry.signatures = submission.signatures;
    const Event event = decode_event(submission.event).value();
    const auto admitted = check_admission(views, charter, event, entry, LogIndex(size_),
                                          entry.recorded, Signatures::checked_good);
    if (!admitted) return admitted;
    fold_entry(views, charter, make_ordered(encode_entry(entry), LogIndex(size_)).value());
    ++size_;
    return {};
  }

  Charter charter = test_charter();
  EmptyViews nothing;
  Views views{nothing};

 private:
  std::uint64_t size_ = 0;
};

std::string json_of_history(const HistoryOptions& options) {
  History history(options, test_public_key);
  std::string text;
  while (const auto given = history.next()) text += event_to_json(given->draft.event) + "\n";
  return text;
}

}  // namespace

TEST_CASE(
    "a generated history is admitted and refused as it announces, and leaves the exceptions it "
    "announces") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    OneOffice office;
    History history(eventful(seed, 5'000), test_public_key);
    Announced announced;
    while (const auto given = history.next()) {
      announced.add(*given);
      const auto outcome = office.record(*given);
      CAPTURE(event_to_json(given->draft.event));
      CHECK_MESSAGE(announced.agrees(*given, outcome), outcome_text(outcome));
    }
    CHECK(difference_of(exceptions_in(office.views), announced.exceptions()) == "");
    CHECK(announced.exceptions().size() > 20);
  }
}

TEST_CASE("one seed makes one history, another seed another one") {
  const HistoryOptions options = eventful(7, 1'500);
  CHECK(json_of_history(options) == json_of_history(options));
  CHECK(json_of_history(options) != json_of_history(eventful(8, 1'500)));
}

TEST_CASE("a history has as many events as are asked for, also when its parties alone are more") {
  for (const std::int64_t events : {1, 20, 100, 1'000})
    CHECK(std::ranges::count(json_of_history({.events = static_cast<std::uint64_t>(events)}),
                             '\n') == events);
}

TEST_CASE("days never go back, and a long history ends near its last day") {
  const HistoryOptions options{.seed = 5, .events = 20'000};
  History history(options, test_public_key);
  Day last = options.first;
  std::size_t most_awaited = 0;
  while (const auto given = history.next()) {
    CHECK(last <= given->day);
    last = given->day;
    most_awaited = std::max(most_awaited, history.awaited());
  }
  const std::int64_t took = last.value() - options.first.value();
  CHECK(took > 550);
  CHECK(took < 850);
  CHECK(most_awaited < 4'000);
}

TEST_CASE("a long history has every type of event but those about logs and keys that end") {
  History history(eventful(11, 20'000), test_public_key);
  std::set<std::string_view> seen;
  while (const auto given = history.next()) seen.insert(type_name(given->draft.event.body));
  std::set<std::string_view> missing;
  for (const std::string_view name : type_names())
    if (!seen.contains(name)) missing.insert(name);
  CHECK(missing ==
        std::set<std::string_view>{"KeyRevoked", "LogOpened", "LogSealed", "PartyWithdrawn"});
}

TEST_CASE("a few donors make most of the pledges") {
  History history({.seed = 13, .events = 20'000, .parties = {.donors = 100}}, test_public_key);
  std::map<std::string, int> pledges;
  int all = 0;
  while (const auto given = history.next())
    if (const auto* pledge = std::get_if<PledgeAnnounced>(&given->draft.event.body)) {
      ++pledges[pledge->donor.value()];
      ++all;
    }
  CHECK(pledges["US"] > all / 8);
  CHECK(pledges.size() > 50);
}
