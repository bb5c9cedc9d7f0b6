#include "projections/disclosure.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "ledger/proof_file.h"
#include "projections/chain.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Kyiv's log with a need whose site is withheld, and what discloses it.
struct WithheldSite {
  WithheldSite() : views(nothing) {
    sealed = scribe.seal(
        R"({"type":"NeedRegistered","author":"UA","occurred":"2024-12-01","withhold":{"site":{)"
        R"("tlp":"AMBER","value":"Київ, підстанція 7"}},"body":{"need":"UA-1","title":{"en":"Parts",)"
        R"("uk":"Частини"},"kind":"hardware","sector":"energy","lines":[{"line":1,"description":)"
        R"("parts","quantity":2,"unit":"C62"}],"recipient":"UA","urgency":"low"}})");
    place = scribe.append(kKyiv, sealed.event, {PartyId("UA")});
    fold_genesis(views, scribe.charter);
    roster = read_roster(views, scribe.charter);
  }
  std::string receipt() {
    return format_proof_file({.extra = scribe.entry(place).value(),
                              .index = place.index,
                              .hashes = scribe.inclusion(place, LogSize(1)).value(),
                              .checkpoint = scribe.cosigned_checkpoint(kKyiv)});
  }
  Disclosure disclosure() {
    return make_disclosure(sealed.values.front(), receipt(), scribe.charter.id, test_key("EE"))
        .value();
  }
  Result<Event> check(std::string_view file) {
    const auto read = parse_disclosure(file);
    if (!read) return std::unexpected(read.error());
    return check_disclosure(*read, scribe.charter.id, roster);
  }

  Scribe scribe;
  EmptyViews nothing;
  Views views;
  SealedDraft sealed;
  Place place;
  Roster roster;
};

}  // namespace

TEST_CASE("a disclosure reads back as it was made, and holds for its ledger alone") {
  WithheldSite withheld;
  const Disclosure made = withheld.disclosure();
  const std::string file = encode_disclosure(made);
  CHECK(file.starts_with(R"({"format":"tallinn-ledger/disclosure@v1","event":")"));
  CHECK(parse_disclosure(file).value() == made);
  CHECK(withheld.check(file).value() == withheld.sealed.event);
  LedgerId other = withheld.scribe.charter.id;
  other.bytes[0] ^= 1;
  CHECK_FALSE(check_disclosure(made, other, withheld.roster));
}

TEST_CASE("what does not read in a disclosure is named") {
  WithheldSite withheld;
  const std::string file = encode_disclosure(withheld.disclosure());
  const auto with = [&](std::string_view name, const boost::json::value& value) {
    auto object = boost::json::parse(file).as_object();
    if (value.is_null())
      object.erase(name);
    else
      object[name] = value;
    return parse_disclosure(boost::json::serialize(object) + "\n").error().detail;
  };
  CHECK(with("salt", "####") == "not a disclosure: its member salt is not well formed");
  CHECK(with("key", 7) == "not a disclosure: its member key is not a text");
  CHECK(with("receipt", nullptr) == "not a disclosure: its member receipt is missing");
  CHECK(with("field", "..") == "not a disclosure: its member field is not well formed");
  CHECK(parse_disclosure(file + "x").error().detail ==
        "not a disclosure: it is not JSON: extra data at byte " + std::to_string(file.size() + 1));
}

TEST_CASE("a value that the event does not commit to is never disclosed, and never passes") {
  WithheldSite withheld;
  WithheldValue value = withheld.sealed.values.front();
  value.value = "Kyiv, substation 8";
  CHECK(make_disclosure(value, withheld.receipt(), withheld.scribe.charter.id, test_key("EE"))
            .error()
            .code == Code::failed);
  Disclosure forged = withheld.disclosure();
  forged.value = value;
  forged.signature = test_key("EE").sign(disclosure_message(withheld.scribe.charter.id, value));
  CHECK_FALSE(withheld.check(encode_disclosure(forged)));
  Disclosure relabelled = withheld.disclosure();
  relabelled.tlp = Tlp::green;
  CHECK_FALSE(withheld.check(encode_disclosure(relabelled)));
}

TEST_CASE(
    "no character of a disclosure can change but those of the proof that its receipt is for") {
  WithheldSite withheld;
  const std::string file = encode_disclosure(withheld.disclosure());
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const char other : {static_cast<char>(file[at] ^ 1), '0', 'A', ' '}) {
      std::string changed = file;
      changed[at] = other;
      if (changed == file) continue;
      const auto read = parse_disclosure(changed);
      if (!read || !check_disclosure(*read, withheld.scribe.charter.id, withheld.roster)) continue;
      const auto proof = parse_proof_file(read->receipt);
      REQUIRE(proof.has_value());
      accepted += verify_receipt(*proof, withheld.roster.checkpoint_keys()) ? 1 : 0;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("whose key it is, the charter and the governance chain tell") {
  WithheldSite withheld;
  const Charter& charter = withheld.scribe.charter;
  const PublicKey auditor = test_key("NAO-EE").public_key();
  CHECK(owner_by_chain("", charter, test_key("EE").public_key()).value() == PartyId("EE"));
  CHECK(owner_by_chain("", charter, auditor).value() == std::nullopt);
  std::vector<ChainLink> chain;
  const auto add = [&](std::string_view text) {
    const Place at = withheld.scribe.record(text, kWarsaw);
    chain.push_back({at.log, at.index, withheld.scribe.entry(at).value()});
  };
  add(R"({"type":"PartyAdmitted","author":"EE","occurred":"2024-01-15","body":{"party":"NAO-EE",)"
      R"("kind":"auditor","name":{"en":"Audit","uk":"Аудит"},"identifiers":[]}})");
  add(R"({"type":"KeyEnrolled","author":"EE","occurred":"2024-01-15","body":{"party":"NAO-EE",)"
      R"("key":"@NAO-EE","roles":["audit"]}})");
  const std::string file = encode_chain(charter, chain);
  CHECK(owner_by_chain(file, charter, auditor).value() == PartyId("NAO-EE"));
  CHECK_FALSE(owner_by_chain(file + " ", charter, auditor));
}
