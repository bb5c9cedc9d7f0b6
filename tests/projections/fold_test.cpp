#include "projections/fold.h"

#include <doctest/doctest.h>

#include <chrono>
#include <set>

#include "projections/exceptions.h"
#include "projections/ladder.h"
#include "projections/record_keys.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

std::string ladder_line(const LadderRow& row) {
  std::string out = std::to_string(row.year.value()) + " " + std::string(currency_code(row.currency));
  for (std::int64_t minor : row.rungs) out += " " + format_amount(AmountMinor(minor), row.currency);
  for (std::size_t i = 0; i < row.losses.size(); ++i)
    if (row.losses[i] != 0)
      out += " " + std::string(Spelling<Loss>::kNames[i]) + "=" + format_amount(AmountMinor(row.losses[i]), row.currency);
  return out;
}

std::vector<std::string> ladder_lines(ViewReader& views, const char* party) {
  std::vector<std::string> out;
  for (const LadderRow& row : make_ladder(views, PartyId(party)).rows) out.push_back(ladder_line(row));
  return out;
}

std::vector<std::string> exceptions(ViewReader& views) {
  std::vector<std::string> out;
  const std::string prefix(ExceptionRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    out.push_back(std::string(key.substr(prefix.size())) + " " + std::string(spell(decode_record<ExceptionRecord>(value).state)));
    return ViewReader::Next::go_on;
  });
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the public record gives the ladder of its readme to the cent") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  CHECK(ladder_lines(views, "EE") ==
        Lines{"2024 EUR 500000.00 500000.00 480000.00 480000.00 480000.00 480000.00 480000.00 0.00 refunded=20000.00 "
              "not_in_service=480000.00",
              "2025 EUR 500000.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 uncommitted=500000.00"});
  CHECK(ladder_lines(views, "PL") ==
        Lines{"2024 EUR 120000.00 120000.00 0.00 90000.00 90000.00 87000.00 81000.00 75000.00 unallocated=30000.00 "
              "lost=3000.00 rejected=6000.00 not_in_service=6000.00"});
  CHECK(ladder_lines(views, "SE") == Lines{"2025 SEK 135000000.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 uncommitted=135000000.00"});
  CHECK(exceptions(views) == Lines{"receipt_without_dispatch/C-2024-99 open"});
}

TEST_CASE("every event of the public record is applied, but the receipt that waits for its dispatch") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  Lines waiting;
  std::size_t events = 0;
  const std::string prefix(EventRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView, BytesView value) {
    const auto record = decode_record<EventRecord>(value);
    ++events;
    if (record.effect != Effect::applied) waiting.push_back(std::string(spell(record.effect)));
    return ViewReader::Next::go_on;
  });
  CHECK(events == public_record().size());
  CHECK(waiting == Lines{"unknown_reference"});
}
