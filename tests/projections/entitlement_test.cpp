#include "projections/entitlement.h"

#include <doctest/doctest.h>

#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// The public record, and a delivery by ESTDEV to UA of what EE has paid for.
struct Asked {
  Asked() : views(nothing) {
    scribe.record_all(public_record());
    fold();
  }
  void fold() {
    views.clear();
    scribe.fold_into(views);
  }
  KeyNow key(const std::string& party) { return key_now(views, test_key(party).public_key()); }
  /// "GREEN AMBER": which labels of that event the party's key is shown.
  std::string shown(const OrderedEntry& stands, const std::string& party) {
    const Asker asker = asker_of(views, *stands.event, stands.entry, key(party));
    std::string out;
    for (const Tlp label : {Tlp::green, Tlp::amber, Tlp::amber_strict, Tlp::red})
      if (may_be_shown(label, asker)) out.append(out.empty() ? "" : " ").append(spell(label));
    return out.empty() ? "nothing" : out;
  }
  OrderedEntry first(std::string_view type) {
    for (OrderedEntry& entry : all())
      if (type_name(entry.event->body) == type) return entry;
    FAIL("the public record has none");
    return {};
  }
  std::vector<OrderedEntry>& all() { return entries = scribe.ordered(); }

  Scribe scribe;
  EmptyViews nothing;
  Views views;
  std::vector<OrderedEntry> entries;
};

}  // namespace

TEST_CASE("a label and what a key's holder is to the event decide what the key is shown") {
  Asked recorded;
  const OrderedEntry service = recorded.first("ServiceRendered");  // by ESTDEV
  const OrderedEntry need = recorded.first("NeedRegistered");      // by UA
  struct Row {
    const OrderedEntry& event;
    const char* party;
    const char* shown;
  };
  const std::vector<Row> rows{
      {service, "ESTDEV", "GREEN AMBER AMBER+STRICT RED"},  // its author
      {service, "UA", "GREEN AMBER AMBER+STRICT"},          // the recipient that it descends to
      {service, "EE", "GREEN AMBER AMBER+STRICT"},          // the donor, a coordinator as well
      {service, "NAO-EE", "GREEN AMBER AMBER+STRICT"},      // audits
      {service, "NATO", "GREEN"},                           // a party
      {service, "KYIV-OFFICE", "GREEN"},                    // holds it, but is not asked for it
      {need, "UA", "GREEN AMBER AMBER+STRICT RED"},
      {need, "EE", "GREEN AMBER"},  // governs
      {need, "DE", "GREEN"},        // a party
      {need, "NAO-EE", "GREEN AMBER AMBER+STRICT"},
      {need, "MOSCOW", "nothing"},  // no key of the ledger
  };
  for (const Row& row : rows) {
    CAPTURE(row.party);
    CHECK(recorded.shown(row.event, row.party) == row.shown);
  }
}

TEST_CASE("whoever has signed an event with another party is shown all that it withholds") {
  Asked recorded;
  const OrderedEntry accepted = recorded.first("DeliveryAccepted");
  for (const char* party : {"UA", "ESTDEV"})
    CHECK(recorded.shown(accepted, party) == "GREEN AMBER AMBER+STRICT RED");
}

TEST_CASE(
    "a key that was revoked, or whose party has withdrawn, is shown nothing and stays known") {
  Asked recorded;
  const OrderedEntry service = recorded.first("ServiceRendered");
  recorded.scribe.record(
      R"({"type":"KeyRevoked","author":"EE","occurred":"2025-06-01","body":{"key":")" +
      to_base64(test_key("ESTDEV").public_key().view()) + R"(","reason":"Lost"}})");
  recorded.scribe.record(
      R"({"type":"PartyWithdrawn","author":"EE","occurred":"2025-06-01","body":{"party":"NAO-EE",)"
      R"("reason":"Done"}})");
  recorded.fold();
  for (const char* party : {"ESTDEV", "NAO-EE"}) {
    CHECK(recorded.shown(service, party) == "nothing");
    CHECK(recorded.key(party).party == PartyId(party));
    CHECK(recorded.key(party).roles == 0);
  }
  CHECK(recorded.shown(service, "UA") == "GREEN AMBER AMBER+STRICT");
}
