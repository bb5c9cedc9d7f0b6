#include <boost/json.hpp>

#include "events/uuid.h"
#include "ledger/proof_file.h"
#include "net/routes_table.h"
#include "projections/disclosure.h"
#include "tests/net/office.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::string_view kId = "0199e52a-a000-7001-8d78-7d89ef3ae106";
const std::string kAccount = "EE38 2200 2210 2014 5685";

/// The parties, and a pledge by EE that withholds an account (AMBER) and a name (RED).
struct PledgeWithheld {
  Office office;

  PledgeWithheld() {
    REQUIRE(office.record(46) > 30);
    std::string line = kOneMorePledge;
    line.insert(line.find(R"("body")"), R"("withhold":{"account":{"tlp":"AMBER","value":")" +
                                            kAccount +
                                            R"("},"name":{"tlp":"RED","value":"Olena"}},)");
    const auto recorded = office.post(submission_of(line, office.charter.id));
    REQUIRE_MESSAGE(recorded.status == 200, recorded.body);
  }

  std::string request(const std::string& party, std::optional<Name> field,
                      std::int64_t later_s = 0) const {
    const auto now = static_cast<std::uint64_t>(office.now_ms / 1000 + later_s);
    return sign_disclosure_request({.ledger = office.charter.id,
                                    .event = *parse_uuid(kId),
                                    .field = std::move(field),
                                    .at = UnixSeconds(now),
                                    .party = PartyId(party),
                                    .key = test_key(party).public_key()},
                                   test_key(party));
  }
  HttpResponse ask(std::string body) {
    return office.ask({.method = "POST", .target = "/api/v1/disclosures", .body = std::move(body)});
  }
  HttpResponse ask(const std::string& party, std::optional<Name> field) {
    return ask(request(party, std::move(field)));
  }
  std::string list(const std::string& party) {
    const auto answer = ask(party, std::nullopt);
    if (answer.status != 200) return std::to_string(answer.status);
    std::string out;
    const auto body = boost::json::parse(answer.body);
    for (const auto& item : body.at("items").as_array())
      out += std::string(item.at("field").as_string()) + " " +
             std::string(item.at("state").as_string()) + ";";
    return out;
  }
};

Name account() {
  return Name("account");
}

}  // namespace

TEST_CASE("a value is shown to a key that is entitled to it, in full proof, and is never cached") {
  PledgeWithheld withholding;
  const auto answer = withholding.ask("NAO-EE", account());
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  CHECK(header(answer, "Cache-Control") == "no-store");
  CHECK(header(answer, "ETag").empty());
  const auto body = boost::json::parse(answer.body);
  CHECK(from_base64(std::string(body.at("value").as_string())) == kAccount);
  const WithheldValue value{
      .event = *parse_uuid(kId),
      .field = account(),
      .salt = fixed_from_base64<Salt>(std::string(body.at("salt").as_string())).value(),
      .value = kAccount};
  const auto disclosure = make_disclosure(value, std::string(body.at("receipt").as_string()),
                                          withholding.office.charter.id, test_key("NAO-EE"));
  REQUIRE(disclosure.has_value());
  CHECK(check_disclosure(*disclosure, withholding.office.charter.id,
                         Roster(withholding.office.charter))
            .has_value());
  CHECK(withholding.list("EE") == "account held;name held;");
  CHECK(withholding.list("NAO-EE") == "account held;");
}

TEST_CASE("whoever is not entitled gets one answer, whatever there is") {
  PledgeWithheld withholding;
  const auto refused = withholding.ask("FR", account());
  CHECK(refused.status == 404);
  for (const auto& [party, field] :
       std::vector<std::pair<std::string, std::optional<Name>>>{{"FR", Name("nothing")},
                                                                {"FR", std::nullopt},
                                                                {"NAO-EE", Name("name")},
                                                                {"EE", Name("nothing")},
                                                                {"MOSCOW", account()}}) {
    const auto other = withholding.ask(party, field);
    CHECK(other.status == refused.status);
    CHECK(other.body == refused.body);
  }
  std::string of_another = withholding.request("EE", account());
  CHECK(
      withholding.ask(of_another.replace(of_another.find("event 0199"), 10, "event 0198")).status ==
      422);  // signed for another event
  CHECK(withholding.ask("no request").status == 400);
}

TEST_CASE("a request is good for five minutes on either side of the node's clock") {
  PledgeWithheld withholding;
  for (const auto& [later_s, status] : std::vector<std::pair<std::int64_t, unsigned>>{
           {-301, 403u}, {-300, 200u}, {300, 200u}, {301, 403u}})
    CHECK(withholding.ask(withholding.request("EE", account(), later_s)).status == status);
}

TEST_CASE("no route that anybody may read has a withheld value in it") {
  PledgeWithheld withholding;
  const auto receipt = withholding.office.get("/api/v1/events/" + std::string(kId) + "/receipt");
  const std::string index = std::to_string(parse_proof_file(receipt.body)->index.value());
  std::size_t answered = 0;
  for (const Route& route : route_table()) {
    if (route.method != "GET") continue;
    std::string target(route.pattern);
    for (const auto& [place, with] : std::vector<std::pair<std::string, std::string>>{
             {"{office}", "warsaw"},
             {"{epoch}", "1"},
             {"{party}", "EE"},
             {"{id}", std::string(kId)},
             {"{index}", index},
             {"{sha256}", "none"},
             {"{tile...}", "tile/entries/000.p/" + std::to_string(std::stoul(index) + 1)}})
      if (const auto at = target.find(place); at != std::string::npos)
        target.replace(at, place.size(), with);
    const auto response = withholding.office.get(target);
    answered += response.status == 200 ? 1 : 0;
    CAPTURE(target);
    for (const std::string& spelling : {kAccount, to_base64(kAccount), to_hex(kAccount)})
      CHECK_FALSE(response.body.contains(spelling));
  }
  CHECK(answered > 20);
  CHECK(withholding.ask("EE", account()).body.contains(to_base64(kAccount)));
}

TEST_CASE("an erasure is answered when the value is in no file, and told to everybody") {
  PledgeWithheld withholding;
  Office& office = withholding.office;
  const auto event = office.get("/api/v1/events/" + std::string(kId));
  const auto told = boost::json::parse(event.body);
  const auto commitment = fixed_from_hex<Digest>(
      std::string(told.at("event").at("withheld").as_array().at(0).at("commitment").as_string()));
  const auto statement = sign_erasure({.ledger = office.charter.id,
                                       .event = *parse_uuid(kId),
                                       .field = account(),
                                       .commitment = commitment.value(),
                                       .at = UnixSeconds(1'800'000'000),
                                       .party = PartyId("EE"),
                                       .key = test_key("EE").public_key()},
                                      test_key("EE"));
  CHECK(office.disk->has_bytes(kAccount));
  const auto erased =
      office.ask({.method = "POST", .target = "/api/v1/erasures", .body = statement});
  REQUIRE_MESSAGE(erased.status == 200, erased.body);
  CHECK(erased.body.contains("erased on 2027-01-15 by EE"));
  CHECK_FALSE(office.disk->has_bytes(kAccount));
  CHECK(withholding.list("EE") == "account erased;name held;");
  const auto gone = withholding.ask("EE", account());
  CHECK(gone.status == 404);
  CHECK(gone.body.contains("erased on 2027-01-15 by EE"));
  CHECK_FALSE(withholding.ask("FR", account()).body.contains("erased"));
  const auto after = office.get("/api/v1/events/" + std::string(kId));
  CHECK(header(after, "ETag") != header(event, "ETag"));
  const auto shown = boost::json::parse(after.body).at("erased").as_array();
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].at("statement").as_string() == statement);
}
