#include "projections/conservation.h"

#include <doctest/doctest.h>

#include <map>

#include "projections/allocations.h"
#include "projections/commitments.h"
#include "projections/deliveries.h"
#include "projections/fold.h"
#include "projections/ladder.h"
#include "projections/needs.h"
#include "projections/pledges.h"
#include "tests/support/random_history.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

std::vector<OrderedEntry> in_order(const RandomHistory& history) {
  std::vector<OrderedEntry> out;
  for (std::size_t n = 0; n < history.offices(); ++n)
    for (std::size_t i = 0; i < history.log(n).size(); ++i)
      out.push_back(make_ordered(history.log(n)[i], LogIndex(i)).value());
  std::ranges::sort(out, {}, &OrderedEntry::position);
  return out;
}

/// The record as the sum of its movements that count.
template <class R>
R summed(ViewReader& views, const std::string& name, R record) {
  const auto movements = movements_of(views, aggregate_of<R>(name));
  reset_sums(record);
  if constexpr (std::same_as<R, NeedRecord>) choose_lines(views, name, record, movements);
  for (const PlacedMovement& placed : movements)
    if (placed.movement.standing == MovementStanding::counts) apply(record, placed.movement);
  return record;
}

template <class R>
void check_sums(ViewReader& views) {
  const Bytes prefix(R::kPrefix);
  std::vector<std::pair<Bytes, Bytes>> found;
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    found.emplace_back(key, value);
    return ViewReader::Next::go_on;
  });
  for (const auto& [key, value] : found) {
    // Of what is only named there are no sums that anybody reads.
    if (!decode_record<R>(value).registered) continue;
    const auto again = summed(views, key.substr(prefix.size()), decode_record<R>(value));
    CHECK_MESSAGE(encode_record(again) == value, key);
  }
}

void check_all_sums(ViewReader& views) {
  check_sums<NeedRecord>(views);
  check_sums<PledgeRecord>(views);
  check_sums<CommitmentRecord>(views);
  check_sums<AllocationRecord>(views);
  check_sums<ConsignmentRecord>(views);
}

void check_ladders(ViewReader& views) {
  for (const char* party : {"EE", "PL"}) {
    const Ladder ladder = make_ladder(views, PartyId(party), Parts::told);
    for (const LadderRow& row : ladder.rows) {
      const Imbalance found = imbalance_in(row);
      CHECK_MESSAGE(!found, party << " " << found.value_or(""));
      for (const LadderFigure& figure : figures_with_events()) {
        std::int64_t all = 0;
        for (const LadderPart& part : ladder.parts)
          if (part.year == row.year && part.currency == row.currency && part.figure == figure)
            all += part.minor;
        CHECK_MESSAGE(all == row.at(figure), spell(figure));
      }
    }
    const Ladder rows = make_ladder(views, PartyId(party), Parts::left_out);
    REQUIRE(rows.rows.size() == ladder.rows.size());
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      CHECK(rows.rows[i].rungs == ladder.rows[i].rungs);
      CHECK(rows.rows[i].losses == ladder.rows[i].losses);
    }
  }
}

/// A ledger in small whose books balance: a pledge of 100, of it 60 committed, of that 40
/// allocated, of that 30 dispatched: 10 units, of which 6 were received and 1 lost on the way.
struct Small {
  PledgeRecord pledge;
  CommitmentRecord commitment;
  AllocationRecord allocation;
  ConsignmentRecord consignment;
  NeedRecord need;

  Small() {
    pledge.registered = true;
    pledge.pledged = 100;
    pledge.committed = 60;
    commitment.registered = true;
    commitment.pledge = Name("P");
    commitment.committed = 60;
    commitment.drawn = 40;
    commitment.disbursed = 50;
    commitment.refunded = 5;
    allocation.registered = true;
    allocation.commitment = Name("C");
    allocation.need = Name("N");
    allocation.line = LineNumber(1);
    allocation.quantity = Quantity(10);
    allocation.value = 45;
    allocation.released = 5;
    allocation.dispatched = 30;
    allocation.dispatched_quantity = 9;
    allocation.covers = 9;  // of 10, a ninth of the value given back
    allocation.consented_donor = allocation.consented_recipient = true;
    consignment.registered = true;
    consignment.allocation = Name("A");
    ConsignmentLine line;
    line.line = LineNumber(1);
    line.value = 30;
    line.dispatched = 10;
    line.received = 6;
    line.accepted = 5;
    line.in_service = 3;
    line.lost_in_transit = 1;
    consignment.lines.push_back(line);
    need.registered = true;
    need.lines.push_back({{LineNumber(1), "radio sets", Quantity(12), Unit::H87, {}}, 9});
  }

  std::vector<std::string> imbalances() const {
    EmptyViews nothing;
    Views views(nothing);
    views.put("pledge/P", encode_record(pledge));
    views.put("commitment/C", encode_record(commitment));
    views.put("allocation/A", encode_record(allocation));
    views.put("consignment/K", encode_record(consignment));
    views.put("need/N", encode_record(need));
    return tallinn::imbalances(views);
  }
};

bool says(const std::vector<std::string>& found, std::string_view part) {
  return std::ranges::any_of(found,
                             [&](const std::string& one) { return one.find(part) != one.npos; });
}

}  // namespace

TEST_CASE(
    "books that balance are not complained of, and each equation refuses a record that breaks it") {
  CHECK(Small().imbalances().empty());
  const struct {
    const char* says;
    void (*break_it)(Small&);
  } cases[] = {
      {"pledge/P: drawn: 61, not 60", [](Small& s) { s.pledge.committed = 61; }},
      {"pledge/P: pledged, committed, uncommitted: -1",
       [](Small& s) { s.pledge.committed = s.commitment.committed = 101; }},
      {"commitment/C: drawn: 39, not 40", [](Small& s) { s.commitment.drawn = 39; }},
      {"commitment/C: committed, drawn, unallocated: -1",
       [](Small& s) { s.commitment.drawn = 61; }},
      {"commitment/C: committed, drawn, unallocated: -3",
       [](Small& s) { s.commitment.drawn = -3; }},
      {"commitment/C: disbursed, received, refunded: -5",
       [](Small& s) { s.commitment.refunded = -5; }},
      {"commitment/C: disbursed_exceeds_committed: the excess is not named",
       [](Small& s) { s.commitment.disbursed = 66; }},
      {"commitment/C: exceeds_balance: the excess is not named",
       [](Small& s) { s.commitment.refunded = 51; }},
      {"commitment/C: exceeds_balance: the excess is not named",
       [](Small& s) { s.commitment.received = 51; }},
      {"commitment/C: disbursed_exceeds_committed: an excess is named",
       [](Small& s) { s.commitment.open = kOverDisbursed; }},
      {"commitment/C: drawn: 40, not 0", [](Small& s) { s.allocation.cancelled = true; }},
      {"allocation/A: value, released, dispatched, left: -1",
       [](Small& s) { s.allocation.released = 46; }},
      {"allocation/A: drawn: 31, not 30", [](Small& s) { s.allocation.dispatched = 31; }},
      {"allocation/A: dispatched_exceeds_allocated: the excess is not named",
       [](Small& s) { s.allocation.dispatched = s.consignment.lines[0].value = 41; }},
      {"allocation/A: dispatched_exceeds_allocated: the excess is not named",
       [](Small& s) { s.allocation.consented_recipient = false; }},
      {"allocation/A: dispatched_exceeds_allocated: the excess is not named",
       [](Small& s) {
         s.allocation.dispatched_quantity = 11;
         s.allocation.covers = 10;
       }},
      {"allocation/A: covers: 8, not 9", [](Small& s) { s.allocation.covers = 8; }},
      {"need/N: allocated: 8, not 9", [](Small& s) { s.need.lines[0].allocated_quantity = 8; }},
      {"need/N: over_allocated_need: the excess is not named",
       [](Small& s) { s.need.lines[0].line.quantity = Quantity(8); }},
      {"consignment/K: units: -1", [](Small& s) { s.consignment.lines[0].lost = -1; }},
      {"consignment/K: received_exceeds_dispatched: the excess is not named",
       [](Small& s) { s.consignment.lines[0].received = 11; }},
      {"consignment/K: received_exceeds_dispatched: the excess is not named",
       [](Small& s) { s.consignment.lines[0].lost_in_transit = 5; }},
      {"consignment/K: accepted_exceeds_received: the excess is not named",
       [](Small& s) { s.consignment.lines[0].rejected = 2; }},
      {"consignment/K: exceeds_balance: the excess is not named",
       [](Small& s) { s.consignment.lines[0].in_service = 6; }},
      {"consignment/K: exceeds_balance: the excess is not named",
       [](Small& s) { s.consignment.lines[0].returned = 7; }},
      {"consignment/K: accepted_exceeds_received: the excess is not named",
       [](Small& s) { s.consignment.lines[0].accepted = 7; }},
      {"consignment/K: value is somewhere: 0, not 30",
       [](Small& s) { s.consignment.lines[0] = {.line = LineNumber(1), .value = 30}; }},
  };
  for (const auto& one : cases) {
    Small small;
    one.break_it(small);
    const std::vector<std::string> found = small.imbalances();
    CHECK_MESSAGE(says(found, one.says), one.says << " of " << (found.empty() ? "" : found[0]));
  }
}

TEST_CASE("facts may exceed what came before them, as long as the excess is named") {
  Small small;
  small.commitment.disbursed = 66;
  small.commitment.open = kOverDisbursed;
  small.consignment.lines[0].received = 12;
  small.consignment.open = kOverReceived;
  small.allocation.dispatched = small.consignment.lines[0].value = 41;
  small.allocation.open = kOverDispatched;
  CHECK(small.imbalances().empty());
}

TEST_CASE(
    "what an allocation covers falls with the value given back, never below what it sent, and to "
    "that once nothing more is to come") {
  AllocationRecord allocation;
  allocation.quantity = Quantity(10);
  allocation.value = 100;
  const auto covers = [&](std::int64_t released, std::int64_t dispatched, std::int64_t quantity) {
    allocation.released = released;
    allocation.dispatched = dispatched;
    allocation.dispatched_quantity = quantity;
    return covered_by(allocation);
  };
  CHECK(covers(0, 100, 4) == 10);
  CHECK(covers(9, 0, 0) == 10);
  CHECK(covers(10, 0, 0) == 9);
  CHECK(covers(100, 0, 0) == 0);
  CHECK(covers(50, 40, 7) == 7);
  CHECK(covers(40, 60, 4) == 4);
  CHECK(covers(40, 60, 12) == 10);
  allocation.quantity = Quantity(kMaxQuantity);
  allocation.value = kMaxBalanceMinor;
  CHECK(covers(kMaxBalanceMinor / 2, 0, 0) == kMaxQuantity / 2);
  allocation.cancelled = true;
  CHECK(covers(0, 0, 0) == 0);
}

TEST_CASE("each rung of a ladder closes to the minor unit or is complained of") {
  LadderRow row;
  row.at(Rung::pledged) = 100;
  row.at(Rung::committed) = row.at(Rung::disbursed) = row.at(Rung::allocated) = 60;
  row.at(Loss::uncommitted) = 40;
  row.at(Rung::dispatched) = 50;
  row.at(Loss::undispatched) = 10;
  row.at(Rung::received) = 45;
  row.at(Loss::lost) = 5;
  row.at(Rung::accepted) = 40;
  row.at(Loss::rejected) = 5;
  row.at(Rung::in_service) = 30;
  row.at(Loss::not_in_service) = 10;
  CHECK(imbalance_in(row) == std::nullopt);
  const auto says_of = [&](auto what, std::int64_t minor) {
    LadderRow broken = row;
    broken.at(what) += minor;
    return imbalance_in(broken).value_or("nothing");
  };
  CHECK(says_of(Rung::pledged, 1) == "pledged: 101, not 100");
  CHECK(says_of(Loss::withdrawn, -1) == "pledged: 100, not 99");
  CHECK(says_of(Loss::refunded, 1) == "committed: 60, not 61");
  CHECK(says_of(Loss::undispatched, 1) == "allocated: 60, not 61");
  CHECK(says_of(Loss::lost, -1) == "dispatched: 50, not 49");
  CHECK(says_of(Rung::received, 6).starts_with("lost or returned in transit"));
  CHECK(says_of(Rung::accepted, 1).starts_with("lost or returned in transit"));
}

TEST_CASE("what an event takes of one record it gives to another, or the event is complained of") {
  Small small;
  EmptyViews nothing;
  Views views(nothing);
  views.put("pledge/P", encode_record(small.pledge));
  views.put("commitment/C", encode_record(small.commitment));
  views.put("allocation/A", encode_record(small.allocation));
  Records records(views);
  CHECK(imbalance_of_changes(records) == std::nullopt);
  records.find<PledgeRecord>("P")->committed += 7;
  CHECK(imbalance_of_changes(records) == "an event draws on pledge/P: 7, not 0");
  records.find<CommitmentRecord>("C")->committed += 7;
  CHECK(imbalance_of_changes(records) == std::nullopt);
  records.find<AllocationRecord>("A")->released += 3;
  CHECK(imbalance_of_changes(records) == "an event draws on commitment/C: 0, not -3");
  records.find<CommitmentRecord>("C")->drawn -= 3;
  CHECK(imbalance_of_changes(records) == std::nullopt);
  records.find<AllocationRecord>("A")->cancelled = true;
  records.find<AllocationRecord>("A")->covers = 0;
  CHECK(imbalance_of_changes(records) == "an event draws on commitment/C: -3, not -40");
  Records alone(views);
  alone.find<AllocationRecord>("A")->released += 3;
  CHECK(imbalance_of_changes(alone) == "allocation/A draws on what is not touched");
}

TEST_CASE("after every event of every random history, what went in equals what is where") {
  const std::uint64_t count = history_count(60);
  std::map<Effect, std::uint64_t> effects;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    CAPTURE(seed);
    const RandomHistory history({.seed = seed, .offices = 2 + seed % 2, .events = 120});
    EmptyViews nothing;
    Views views(nothing);
    fold_genesis(views, history.charter());
    for (const OrderedEntry& entry : in_order(history)) {
      fold_entry(views, history.charter(), entry);
      const std::vector<std::string> found = imbalances(views);
      CAPTURE(type_name(entry.event->body));
      REQUIRE_MESSAGE(found.empty(), found.front());
      const auto record = views.get(Records::key_of<EventRecord>(event_name(entry.event->id)));
      if (record) ++effects[decode_record<EventRecord>(*record).effect];
    }
    check_all_sums(views);
    check_ladders(views);
  }
  CHECK(effects[Effect::applied] > 60 * count);
  CHECK(effects[Effect::not_admissible] > 10 * count);
  CHECK(effects[Effect::unknown_reference] > count);
  CHECK(effects[Effect::wrong_counterparty] > count / 10);
  CHECK(effects[Effect::unit_mismatch] > 0);
}
