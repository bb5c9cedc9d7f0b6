// The dispatch table: every route of a node once, with what it takes and answers; the OpenAPI text
// is made from it. Pure but for what the handlers read. Private to net/routes*.cpp.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/json/fwd.hpp>
#include <memory>
#include <span>

#include "net/earlier_views.h"
#include "net/http_date.h"
#include "net/metrics.h"
#include "net/routes.h"
#include "net/tile_cache.h"

namespace tallinn {

inline constexpr std::size_t kTileCacheBytes = 64u << 20;

struct Route;
struct RouteCall;

/// Who waits for another Head than the one of `revision`.
struct HeadWait {
  enum class Why : std::uint8_t { changed, late };
  std::uint64_t revision = 0;
  UnixMillis deadline;
  std::function<void(Why)> go_on;  ///< once, on the thread of long reads
};

struct Routes::Impl {
  Impl(HeadSlot& slot, Committer& commits, Options given)
      : heads(slot), committer(commits), options(std::move(given)) {}
  HeadSlot& heads;
  Committer& committer;
  Options options;
  Metrics metrics;
  TileCache tiles{kTileCacheBytes};
  EarlierViews earlier{options.charter};
  std::atomic<std::size_t> long_reads = 0;  ///< begun or waiting
  HttpDate date;

  /// A request that waits for a newer Head.
  struct Waiting {
    std::vector<HeldLog> after;
    UnixMillis deadline;
    HttpRequest request;
    HttpRespond respond;
  };
  /// Readers of the feed. Shared: a connection keeps its stream until the network is gone, which
  /// may be after the routes are.
  std::shared_ptr<std::atomic<std::size_t>> feeds = std::make_shared<std::atomic<std::size_t>>(0);
  std::mutex mutex;
  std::vector<Waiting> waiting;
  std::vector<HeadWait> head_waits;

  /// As many as `usual`, within a quarter of the server's connections.
  std::size_t at_most(std::size_t usual) const {
    return std::clamp<std::size_t>(options.connections / 4, 1, usual);
  }
  void dispatch(HttpRequest request, std::vector<HeldLog> after, HttpRespond respond);
  void wait_for_head(HeadWait wait);
  /// Lets those go on whose time has come.
  void end_head_waits();
  void run_elsewhere(std::function<void()> work) const;
  void read_long(const Route& route, RouteCall call, HttpRespond respond);
};

/// One request at its route.
struct RouteCall {
  Routes::Impl& routes;
  HttpRequest request;
  std::vector<std::string> args;  ///< what stands at the pattern's {places}
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<HeldLog> after;  ///< what the client has seen (Tallinn-After)
  std::shared_ptr<Head> head;  ///< never null

  const Charter& charter() const { return routes.options.charter; }
  /// Empty when it is not there.
  std::string_view parameter(std::string_view name) const;
};

enum class Caching : std::uint8_t {
  by_head,  ///< a strong ETag of what is held, answered 304 without work
  by_body,  ///< a strong ETag of the body, unless the handler has set one
  none,
};
enum class Work : std::uint8_t {
  short_read,
  short_unless_earlier,  ///< long when it asks for an earlier standpoint
  long_read,
};

struct Route {
  std::string_view method;   ///< "GET" answers HEAD too
  std::string_view pattern;  ///< "/api/v1/trail/{party}"; a last "{rest...}" takes every segment
  std::string_view summary;
  std::string_view content_type;
  std::span<const std::string_view> query;  ///< names it understands; others are refused
  HttpResponse (*answer)(const RouteCall&) = nullptr;
  void (*answer_later)(RouteCall, HttpRespond) = nullptr;  ///< instead of `answer`
  /// Instead of `answer`: a response that never changes, with the ETag it will always have.
  std::shared_ptr<const HttpResponse> (*answer_shared)(const RouteCall&) = nullptr;
  Caching caching = Caching::by_body;
  Work work = Work::short_read;
  std::string_view takes = "text/plain";  ///< the body of a POST
};

std::span<const Route> route_table();

/// A strong ETag of these bytes.
std::string body_tag(BytesView body);
/// 200 with JSON that also names the settled point and the sizes it was read at.
HttpResponse listing(const RouteCall& call, boost::json::object body);
HttpResponse json_response(const boost::json::object& body);
/// What a broken store answers: 503 with the sentence.
HttpResponse fault_response(const Fault& fault);
/// "settled" and "sizes" of a Head.
void put_point(boost::json::object& body, const Head& head, const Charter& charter);
/// "sizes": by origin.
void put_sizes(boost::json::object& body, const std::vector<HeldLog>& sizes,
               const Charter& charter);
/// "1234" without leading zeros.
std::optional<std::uint64_t> parse_count(std::string_view text);
/// <office>/<epoch> of a path; not_found.
Result<LogId> log_of_path(const Charter& charter, std::string_view office, std::string_view epoch);

// The handlers, by the file that has them.
// routes_node.cpp
HttpResponse answer_status(const RouteCall& call);
HttpResponse answer_charter(const RouteCall& call);
HttpResponse answer_state(const RouteCall& call);
HttpResponse answer_metrics(const RouteCall& call);
HttpResponse answer_healthz(const RouteCall& call);
HttpResponse answer_readyz(const RouteCall& call);
HttpResponse answer_front_page(const RouteCall& call);
// openapi.cpp
HttpResponse answer_openapi(const RouteCall& call);
// routes_lists.cpp
HttpResponse answer_list(const RouteCall& call);
HttpResponse answer_trail(const RouteCall& call);
HttpResponse answer_ladder(const RouteCall& call);
// routes_events.cpp
HttpResponse answer_event_by_id(const RouteCall& call);
HttpResponse answer_event_by_place(const RouteCall& call);
HttpResponse answer_receipt_by_id(const RouteCall& call);
HttpResponse answer_receipt_by_place(const RouteCall& call);
// routes_log.cpp
HttpResponse answer_checkpoint(const RouteCall& call);
std::shared_ptr<const HttpResponse> answer_tile(const RouteCall& call);
// routes_evidence.cpp
HttpResponse answer_evidence_list(const RouteCall& call);
HttpResponse answer_evidence(const RouteCall& call);
// routes_bundle.cpp
HttpResponse answer_bundle(const RouteCall& call);
// routes_witness.cpp
void answer_add_checkpoint(RouteCall call, HttpRespond respond);
// routes_feed.cpp
void answer_feed(RouteCall call, HttpRespond respond);
// routes_submit.cpp
void answer_submission(RouteCall call, HttpRespond respond);
// routes_withheld.cpp
HttpResponse answer_disclosure(const RouteCall& call);
void answer_erasure(RouteCall call, HttpRespond respond);

}  // namespace tallinn
