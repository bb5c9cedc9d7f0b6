#include "net/routes.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "ledger/proof_file.h"
#include "net/http_client.h"
#include "tests/net/office.h"

using namespace tallinn;
using test::header;
using test::Office;

namespace {

boost::json::object json(const HttpResponse& response) {
  return boost::json::parse(response.body).as_object();
}

}  // namespace

TEST_CASE(
    "an admitted event is answered with a receipt that verifies, and again with its old place") {
  Office office;
  const auto first = office.post(office.line(0));
  REQUIRE_MESSAGE(first.status == 200, first.body);
  CHECK(first.content_type == "text/plain; charset=utf-8");
  CHECK(header(first, "Tallinn-Origin") == "tallinn-mechanism.example/warsaw/1");
  CHECK(header(first, "Tallinn-Index") == "0");
  CHECK(header(first, "Tallinn-Event").size() == 36);
  CHECK(header(first, "Tallinn-Known") == "");
  const std::array known{office.charter.offices[1].log};
  CHECK(verify_receipt(*parse_proof_file(first.body), known));
  REQUIRE(office.post(office.line(1)).status == 200);
  const auto again = office.post(office.line(0));
  CHECK(again.status == 200);
  CHECK(header(again, "Tallinn-Index") == "0");
  CHECK(header(again, "Tallinn-Known") == "1");
  CHECK(office.heads.get()->held_of({OfficeNumber(1), Epoch(1)}) == LogSize(2));
}

TEST_CASE("a refused event is told as problem details with the status of its code") {
  Office office;
  REQUIRE(office.post(office.line(0)).status == 200);
  auto tampered = office.line(1);
  tampered.signatures[0].signature.bytes[5] ^= 1;
  const auto unauthorised = office.post(tampered);
  CHECK(unauthorised.status == 403);
  CHECK(unauthorised.content_type == "application/problem+json");
  CHECK(error_of(unauthorised).code == Code::unauthorised);
  auto cut = office.line(1);
  cut.event.pop_back();
  CHECK(error_of(office.post(cut)).code == Code::malformed);
  HttpRequest form{
      .method = "POST", .target = "/api/v1/events", .headers = {{"content-type", "text/plain"}}};
  CHECK(office.ask(std::move(form)).status == 415);
  std::optional<HttpResponse> elsewhere;
  for (std::size_t n = 1; n < test::public_record().size() && !elsewhere; ++n) {
    auto answer = office.post(office.line(n));
    if (answer.status == 421) elsewhere = answer;
  }
  REQUIRE(elsewhere);
  CHECK(error_of(*elsewhere).code == Code::wrong_office);
  CHECK(error_of(*elsewhere).office == "kyiv");
  CHECK(error_of(*elsewhere).url == "http://kyiv.example");
}

TEST_CASE(
    "a node whose store has failed answers not_appending with the fault, and goes on answering "
    "reads") {
  Office office;
  REQUIRE(office.record(3) == 3);
  office.fault = "the disk is full";
  const auto refused = office.post(office.line(3));
  CHECK(refused.status == 503);
  CHECK(error_of(refused).code == Code::not_appending);
  CHECK(error_of(refused).detail == "the disk is full");
  CHECK(office.get("/api/v1/parties").status == 200);
  CHECK(json(office.get("/api/v1/status")).at("appends") == false);
  CHECK(json(office.get("/api/v1/status")).at("reason") == "the disk is full");
}

TEST_CASE("every listing names the point it was read at, pages by cursor and knows its own tag") {
  Office office;
  REQUIRE(office.record(10) == 10);
  for (const char* target :
       {"/api/v1/parties", "/api/v1/needs", "/api/v1/pledges", "/api/v1/commitments",
        "/api/v1/allocations", "/api/v1/deliveries", "/api/v1/exceptions", "/api/v1/corrections",
        "/api/v1/trail/EE", "/api/v1/ladder/EE"}) {
    CAPTURE(target);
    const auto answer = office.get(target);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(answer.content_type == "application/json");
    const auto body = json(answer);
    CHECK(body.at("items").is_array());
    CHECK(body.at("settled").is_number());
    CHECK(body.at("sizes").as_object().at("tallinn-mechanism.example/warsaw/1") == 10);
    HttpRequest again{
        .method = "GET", .target = target, .headers = {{"if-none-match", header(answer, "ETag")}}};
    const auto unchanged = office.ask(std::move(again));
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    HttpRequest other{
        .method = "GET",
        .target = target,
        .headers = {{"if-match", "\"another\""}, {"if-none-match", header(answer, "ETag")}}};
    CHECK(office.ask(std::move(other)).status == 412);
  }
  const auto all = json(office.get("/api/v1/parties")).at("items").as_array();
  REQUIRE(all.size() > 3);
  boost::json::array paged;
  std::string cursor;
  for (int pages = 0; pages < 100; ++pages) {
    const auto page =
        json(office.get("/api/v1/parties?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const auto& item : page.at("items").as_array()) paged.push_back(item);
    if (!page.contains("next")) break;
    cursor = std::string(page.at("next").as_string());
  }
  CHECK(paged == all);
  const auto tag = header(office.get("/api/v1/parties"), "ETag");
  REQUIRE(office.post(office.line(10)).status == 200);
  CHECK(header(office.get("/api/v1/parties"), "ETag") != tag);
}

TEST_CASE("an event is found by id and by place, with its receipt") {
  Office office;
  REQUIRE(office.record(5) == 5);
  const auto by_place = office.get("/api/v1/events/warsaw/1/3");
  REQUIRE_MESSAGE(by_place.status == 200, by_place.body);
  const auto body = json(by_place);
  CHECK(body.at("origin") == "tallinn-mechanism.example/warsaw/1");
  CHECK(body.at("index") == 3);
  CHECK(body.at("level") == "recorded");
  CHECK(body.at("effect") == "applied");
  CHECK(body.at("signers").as_array().size() == 3);
  CHECK(body.at("event").as_object().at("id") == body.at("id"));
  const std::string id(body.at("id").as_string());
  CHECK(office.get("/api/v1/events/" + id).body == by_place.body);
  const auto receipt = office.get("/api/v1/events/" + id + "/receipt");
  REQUIRE(receipt.status == 200);
  CHECK(parse_proof_file(receipt.body)->index == LogIndex(3));
  CHECK(office.get("/api/v1/events/warsaw/1/3/receipt").body == receipt.body);
}

TEST_CASE("what no route answers is refused with the right status") {
  Office office;
  REQUIRE(office.record(2) == 2);
  struct Row {
    std::string method;
    std::string target;
    unsigned status;
  };
  const Row rows[] = {
      {"GET", "/nowhere", 404},
      {"GET", "/api/v1/parties/", 404},
      {"GET", "//", 404},
      {"GET", "nonsense", 400},
      {"GET", "/%zz", 400},
      {"POST", "/api/v1/parties", 405},
      {"DELETE", "/api/v1/events", 405},
      {"GET", "/api/v1/events", 405},
      {"GET", "/api/v1/parties?limit=0", 400},
      {"GET", "/api/v1/parties?limit=1001", 400},
      {"GET", "/api/v1/parties?limit=x", 400},
      {"GET", "/api/v1/parties?cursor=!!", 400},
      {"GET", "/api/v1/parties?as_off=2024-01-01", 400},
      {"GET", "/api/v1/ladder/EE?in=EUR&events=pledged", 400},
      {"GET", "/api/v1/ladder/NOBODY", 404},
      {"GET", "/api/v1/events/018c8485-a400-7062-b834-000000000000", 404},
      {"GET", "/api/v1/events/018C8485-A400-7062-B834-C11E4C4095CE", 400},
      {"GET", "/api/v1/events/warsaw/1/2", 404},
      {"GET", "/api/v1/events/warsaw/1/00", 404},
      {"GET", "/api/v1/events/kyiv/1/0", 404},
      {"GET", "/api/v1/bundle/EE", 503},
      {"HEAD", "/api/v1/parties", 200},
      {"GET", "/", 200},
      {"GET", "/healthz", 200},
      {"GET", "/readyz", 200},
      {"GET", "/api/v1/charter", 200},
      {"GET", "/api/v1/openapi.json", 200},
      {"POST", "/witness/add-checkpoint", 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    const auto answer = office.ask({.method = row.method, .target = row.target});
    CHECK(answer.status == row.status);
    if (row.status >= 400) CHECK(answer.content_type == "application/problem+json");
    if (row.status == 405) CHECK(header(answer, "Allow") != "");
  }
}

TEST_CASE("a request that has seen more than this node waits, and is told behind in the end") {
  Office office;
  REQUIRE(office.record(2) == 2);
  const auto asking = [&](const std::string& after) {
    HttpRequest request{
        .method = "GET", .target = "/api/v1/parties", .headers = {{"tallinn-after", after}}};
    return request;
  };
  CHECK(office.ask(asking("tallinn-mechanism.example/warsaw/1 2")).status == 200);
  CHECK(
      office.ask(asking("tallinn-mechanism.example/warsaw/1 2, tallinn-mechanism.example/kyiv/1 0"))
          .status == 200);
  for (const char* wrong : {"x", "tallinn-mechanism.example/warsaw/1",
                            "tallinn-mechanism.example/warsaw/1 -1", "other/warsaw/1 1"})
    CHECK(office.ask(asking(wrong)).status == 400);
  std::atomic<unsigned> status = 0;
  office.routes->handle(asking("tallinn-mechanism.example/warsaw/1 3"),
                        [&](const HttpAnswer& answer) { status = answer.response->status; });
  CHECK(status == 0);
  REQUIRE(office.post(office.line(2)).status == 200);
  office.routes->on_head_changed();
  CHECK(status == 200);
  status = 0;
  office.routes->handle(asking("tallinn-mechanism.example/kyiv/1 1"),
                        [&](const HttpAnswer& answer) { status = answer.response->status; });
  office.now_ms += 9'000;
  office.routes->on_head_changed();
  CHECK(status == 0);
  office.now_ms += 1'001;
  office.routes->on_head_changed();
  CHECK(status == 503);
}

TEST_CASE("metrics count what was admitted and refused, and how far the logs are") {
  Office office;
  REQUIRE(office.record(3) == 3);
  REQUIRE(office.post(office.line(0)).status == 200);
  auto tampered = office.line(4);
  tampered.signatures[0].signature.bytes[5] ^= 1;
  REQUIRE(office.post(tampered).status == 403);
  const auto text = office.get("/metrics").body;
  for (const char* line : {"tallinn_submissions_total{outcome=\"recorded\"} 3",
                           "tallinn_submissions_total{outcome=\"known\"} 1",
                           "tallinn_submissions_total{outcome=\"unauthorised\"} 1",
                           "tallinn_log_entries{log=\"tallinn-mechanism.example/warsaw/1\"} 3",
                           "tallinn_http_requests_total{route=\"/api/v1/events\",status=\"200\"} 4",
                           "tallinn_appending 1"}) {
    CAPTURE(text);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("every earlier report comes out again to the byte, asked for by the sizes it printed") {
  Office office;
  struct Told {
    std::string target;
    boost::json::object answer;
  };
  std::vector<Told> told;
  for (std::size_t n = 0; n < test::public_record().size(); ++n) {
    office.post(office.line(n));
    for (const char* target : {"/api/v1/ladder/EE", "/api/v1/needs", "/api/v1/exceptions"})
      if (const auto answer = office.get(target); answer.status == 200 && n % 5 == 0)
        told.push_back({target, json(answer)});
  }
  REQUIRE(told.size() > 10);
  for (const Told& report : told) {
    std::string sizes;
    for (const auto& [origin, size] : report.answer.at("sizes").as_object())
      sizes += (sizes.empty() ? "" : ",") +
               std::string(origin).substr(std::string(origin).find('/') + 1) + ":" +
               boost::json::serialize(size);
    const auto again = office.get(report.target + "?known_on=" + (sizes.empty() ? "none" : sizes));
    REQUIRE_MESSAGE(again.status == 200, again.body);
    CHECK_MESSAGE(boost::json::serialize(json(again).at("items")) ==
                      boost::json::serialize(report.answer.at("items")),
                  report.target << " at " << sizes);
    CHECK(json(again).at("sizes") == report.answer.at("sizes"));
  }
}

TEST_CASE("an earlier standpoint that makes no sense is refused with what to write instead") {
  Office office;
  REQUIRE(office.record(3) == 3);
  struct Asked {
    const char* query;
    unsigned status;
    const char* field;
  };
  for (const Asked& asked :
       {Asked{"as_of=2024-13-01", 400, "as_of"}, Asked{"as_of=2024-02", 400, "as_of"},
        Asked{"known_on=yesterday", 400, "known_on"}, Asked{"known_on=kyiv/1", 400, "known_on"},
        Asked{"known_on=warsaw/1:1,kyiv/1:1", 400, "known_on"},
        Asked{"known_on=oslo/1:1", 404, "known_on"},
        Asked{"known_on=warsaw/1:4", 404, "known_on"}}) {
    const auto refused = office.get(std::string("/api/v1/parties?") + asked.query);
    CHECK_MESSAGE(refused.status == asked.status, asked.query << ": " << refused.body);
    CHECK(json(refused).at("field") == asked.field);
  }
  const auto known = office.get("/api/v1/parties?known_on=warsaw/1:2");
  REQUIRE(known.status == 200);
  CHECK(json(known).at("items").as_array().size() < 3);
  CHECK_FALSE(json(known).contains("settled"));
}
