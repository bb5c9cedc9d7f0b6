#include "net/routes_table.h"

#include <array>

namespace tallinn {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBinary = "application/octet-stream";

constexpr std::array<std::string_view, 4> kPageQuery{"cursor", "limit", "as_of", "known_on"};
constexpr std::array<std::string_view, 6> kCorrectionsQuery{"since", "party", "cursor",
                                                            "limit", "as_of", "known_on"};
constexpr std::array<std::string_view, 4> kLadderQuery{"events", "in", "as_of", "known_on"};
constexpr std::array<std::string_view, 1> kChainQuery{"chain"};
constexpr std::array<std::string_view, 1> kFeedQuery{"after"};

constexpr Route get(std::string_view pattern, std::string_view summary,
                    std::string_view content_type, HttpResponse (*answer)(const RouteCall&),
                    Caching caching) {
  Route route{.method = "GET",
              .pattern = pattern,
              .summary = summary,
              .content_type = content_type,
              .query = {}};
  route.answer = answer;
  route.caching = caching;
  return route;
}
constexpr Route asking(Route route, std::span<const std::string_view> query) {
  route.query = query;
  return route;
}
constexpr Route also_earlier(Route route) {
  route.work = Work::short_unless_earlier;
  return route;
}
constexpr Route list(std::string_view pattern, std::string_view summary) {
  return also_earlier(
      asking(get(pattern, summary, kJson, answer_list, Caching::by_head), kPageQuery));
}
constexpr Route tiles(std::string_view pattern, std::string_view summary) {
  Route route = get(pattern, summary, kBinary, nullptr, Caching::by_body);
  route.answer_shared = answer_tile;
  return route;
}
constexpr Route long_read(Route route) {
  route.work = Work::long_read;
  return route;
}
constexpr Route post(std::string_view pattern, std::string_view summary,
                     std::string_view content_type) {
  Route route{.method = "POST",
              .pattern = pattern,
              .summary = summary,
              .content_type = content_type,
              .query = {}};
  route.caching = Caching::none;
  return route;
}
constexpr Route submission() {
  Route route = post("/api/v1/events", "Admits an event; answers its receipt", kText);
  route.answer_later = answer_submission;
  route.takes = kBinary;
  return route;
}
constexpr Route disclosure() {
  Route route =
      post("/api/v1/disclosures",
           "What an event withholds, to a key that is entitled to it and asks for it", kJson);
  route.answer = answer_disclosure;
  return route;
}
constexpr Route erasure() {
  Route route = post("/api/v1/erasures",
                     "Has a withheld value erased for good, on its author's signed word", kJson);
  route.answer_later = answer_erasure;
  return route;
}
constexpr Route feed() {
  Route route = get("/api/v1/feed", "Server-sent events: entries and how far they have come",
                    "text/event-stream", nullptr, Caching::none);
  route.answer_later = answer_feed;
  return asking(route, kFeedQuery);
}
constexpr Route witness() {
  Route route = post("/witness/add-checkpoint", "C2SP witness of the other offices' logs", kText);
  route.answer_later = answer_add_checkpoint;
  return route;
}

constexpr std::array kTable{
    get("/", "Where to look", "text/html; charset=utf-8", answer_front_page, Caching::by_body),
    get("/log/{office}/{epoch}/checkpoint", "Newest C2SP checkpoint with all known cosignatures",
        kText, answer_checkpoint, Caching::by_body),
    tiles("/log/{office}/{epoch}/{tile...}", "C2SP tiles and entry bundles"),
    get("/api/v1/status", "How this node stands", kJson, answer_status, Caching::none),
    list("/api/v1/parties", "Parties and their keys"),
    list("/api/v1/needs", "Needs and their coverage"),
    list("/api/v1/pledges", "Pledges"),
    list("/api/v1/commitments", "Commitments"),
    list("/api/v1/allocations", "Allocations"),
    list("/api/v1/deliveries", "Deliveries, line by line"),
    list("/api/v1/exceptions", "What does not reconcile"),
    asking(list("/api/v1/corrections", "Events that were corrected, for whom, and by what"),
           kCorrectionsQuery),
    also_earlier(
        asking(get("/api/v1/trail/{party}", "Everything that descends from a party's pledges",
                   kJson, answer_trail, Caching::by_head),
               kPageQuery)),
    also_earlier(asking(get("/api/v1/ladder/{party}",
                            "The contribution ladder, or the events that sum to one figure", kJson,
                            answer_ladder, Caching::by_head),
                        kLadderQuery)),
    long_read(get("/api/v1/bundle/{party}", "The trail bundle, to be verified offline", kJson,
                  answer_bundle, Caching::by_body)),
    submission(),
    get("/api/v1/events/{id}", "One event in full", kJson, answer_event_by_id, Caching::by_body),
    get("/api/v1/events/{id}/receipt", "Its receipt (c2sp.org/tlog-proof@v1)", kText,
        answer_receipt_by_id, Caching::by_body),
    get("/api/v1/events/{office}/{epoch}/{index}", "One event in full, by its place", kJson,
        answer_event_by_place, Caching::by_body),
    get("/api/v1/events/{office}/{epoch}/{index}/receipt", "The receipt of the entry at a place",
        kText, answer_receipt_by_place, Caching::by_body),
    get("/api/v1/state", "The newest state note", kText, answer_state, Caching::by_body),
    get("/api/v1/evidence", "Contradictions met: two signed statements that exclude each other",
        kJson, answer_evidence_list, Caching::by_body),
    get("/api/v1/evidence/{sha256}", "One of them whole, to be verified offline", kText,
        answer_evidence, Caching::by_body),
    asking(get("/api/v1/charter", "The charter; with ?chain=1 also the governance chain, as JSON",
               kText, answer_charter, Caching::by_body),
           kChainQuery),
    feed(),
    get("/api/v1/openapi.json", "This list, for machines", kJson, answer_openapi, Caching::by_body),
    witness(),
    disclosure(),
    erasure(),
    get("/metrics", "Prometheus text", "text/plain; version=0.0.4; charset=utf-8", answer_metrics,
        Caching::none),
    get("/healthz", "200 while the node runs", kText, answer_healthz, Caching::none),
    get("/readyz", "200 once reads are answered", kText, answer_readyz, Caching::none),
};

}  // namespace

std::span<const Route> route_table() {
  return kTable;
}

}  // namespace tallinn
