// One office with its routes, in memory, for tests of what it answers.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "net/routes.h"
#include "net/submission.h"
#include "tests/support/record.h"

namespace tallinn::test {

/// With the headers that its server adds.
inline HttpResponse as_sent(const HttpAnswer& answer) {
  HttpResponse out = *answer.response;
  if (!answer.date.empty()) out.headers.emplace_back("Date", answer.date);
  return out;
}

/// One office alone, in memory, with what the public record says to it.
struct Office {
  Charter charter = signed_charter();
  std::optional<AnchorState> kept_anchor;
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::unique_ptr<Store> store = std::move(*Store::open("/routes/db", {.disk = disk}));
  std::unique_ptr<Anchor> anchor = open_anchor_memory(kept_anchor);
  HeadSlot heads;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Routes> routes;
  std::atomic<std::int64_t> now_ms = 1'800'000'000'000;
  std::string fault;
  std::string name;

  /// "kyiv" or "warsaw".
  explicit Office(std::string office_name = "warsaw") : name(std::move(office_name)) {
    auto opened =
        Replica::open(*store, *anchor, heads,
                      {.charter = charter,
                       .identity = NodeIdentity{*charter.office_number(name), test_office(name)}});
    REQUIRE_MESSAGE(opened, opened.error().detail);
    replica = std::move(*opened);
    const Clock clock = [this] { return UnixMillis(now_ms); };
    committer = std::make_unique<Committer>(*replica, clock, Committer::Events{});
    Routes::Options options{
        .charter = charter, .status = [this] { return status(); }, .clock = clock};
    routes = std::make_unique<Routes>(heads, *committer, std::move(options));
  }
  ~Office() { committer.reset(); }

  NodeStatus status() const {
    NodeStatus out;
    out.version = "test";
    out.name = name;
    out.office_urls = {{"kyiv", "http://kyiv.example"}};
    out.fault = fault;
    return out;
  }

  HttpResponse ask(HttpRequest request) {
    auto answer = std::make_shared<std::promise<HttpResponse>>();
    auto future = answer->get_future();
    routes->handle(std::move(request),
                   [answer](const HttpAnswer& given) { answer->set_value(as_sent(given)); });
    REQUIRE(future.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return future.get();
  }
  HttpResponse get(std::string target) {
    return ask({.method = "GET", .target = std::move(target)});
  }
  HttpResponse post(const Submission& submission) {
    HttpRequest request{.method = "POST", .target = "/api/v1/events"};
    request.headers = {{"content-type", "application/octet-stream"}};
    request.body = encode_submission(submission);
    return ask(std::move(request));
  }
  Submission line(std::size_t n) const { return submission_of(public_record()[n], charter.id); }
  std::size_t record(std::size_t lines) {
    std::size_t taken = 0;
    for (std::size_t n = 0; n < lines; ++n) taken += post(line(n)).status == 200 ? 1 : 0;
    return taken;
  }
};

inline std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

}  // namespace tallinn::test
