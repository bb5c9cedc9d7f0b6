// Listings, trails and ladders: what projections/queries.h answers, at one Head.
#include <boost/json.hpp>

#include "net/problem.h"
#include "net/routes_table.h"
#include "projections/queries.h"
#include "projections/standpoint.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxPage = 1'000;

Result<Page> page_of(const RouteCall& call) {
  Page page{.cursor = std::string(call.parameter("cursor"))};
  if (const auto text = call.parameter("limit"); !text.empty()) {
    const auto limit = parse_count(text);
    if (!limit || *limit == 0 || *limit > kMaxPage)
      return refuse(Code::malformed, "limit is a number from 1 to 1000", "limit");
    page.limit = static_cast<std::size_t>(*limit);
  }
  return page;
}

/// What a query answers, as the object that a listing is.
boost::json::object whole(boost::json::object answer) {
  return answer;
}
boost::json::object whole(boost::json::array answer) {
  return {{"items", std::move(answer)}};
}

/// Asks `query(source)` of the views in `store`; a broken store is told instead of what was
/// computed from it.
template <class Query, class Finish>
HttpResponse ask_views(const StoreReader& store, LevelReader* levels, const RouteCall& call,
                       Query query, Finish finish) {
  StoredViews views(store);
  auto answer = query(QuerySource{.views = views, .levels = levels, .charter = call.charter()});
  if (views.fault()) return fault_response(*views.fault());
  if (!answer) return problem(answer.error());
  return finish(whole(*std::move(answer)));
}

/// The same at the call's Head, or at the earlier standpoint that it names.
template <class Query>
HttpResponse ask(const RouteCall& call, Query query) {
  const auto standpoint =
      parse_standpoint(call.parameter("as_of"), call.parameter("known_on"), call.charter());
  if (!standpoint) return problem(standpoint.error());
  if (standpoint->is_now())
    return ask_views(*call.head->snapshot, call.head.get(), call, query,
                     [&](boost::json::object body) { return listing(call, std::move(body)); });
  const auto earlier = call.routes.earlier.at(*call.head, *standpoint);
  if (!earlier) return problem(earlier.error());
  return ask_views((*earlier)->scratch->store(), nullptr, call, query,
                   [&](boost::json::object body) {
                     put_sizes(body, (*earlier)->known, call.charter());
                     return json_response(body);
                   });
}

/// A report as of a day uses no later rate.
std::optional<Day> rates_until(const RouteCall& call) {
  const auto day = parse_day(call.parameter("as_of"));
  return day ? std::optional(*day) : std::nullopt;
}

}  // namespace

HttpResponse answer_list(const RouteCall& call) {
  const auto page = page_of(call);
  if (!page) return problem(page.error());
  std::string_view kind = call.request.target;
  kind = kind.substr(0, kind.find('?'));
  kind = kind.substr(kind.rfind('/') + 1);
  const auto filter = parse_correction_filter(call.parameter("since"), call.parameter("party"));
  if (!filter) return problem(filter.error());
  return ask(call,
             [&](const QuerySource& source) { return list_records(source, kind, *page, *filter); });
}

HttpResponse answer_trail(const RouteCall& call) {
  const auto page = page_of(call);
  if (!page) return problem(page.error());
  const PartyId party(call.args[0]);
  return ask(call, [&](const QuerySource& source) { return trail_of(source, party, *page); });
}

HttpResponse answer_ladder(const RouteCall& call) {
  const PartyId party(call.args[0]);
  const auto figure = call.parameter("events");
  if (const auto currency = call.parameter("in"); !currency.empty()) {
    if (!figure.empty())
      return problem({.code = Code::malformed,
                      .detail = "the events of a figure are never converted: ask for one of both",
                      .field = "in"});
    return ask(call, [&](const QuerySource& source) {
      return ladder_in(source, party, currency, rates_until(call));
    });
  }
  if (figure.empty())
    return ask(call, [&](const QuerySource& source) { return ladder_of(source, party); });
  return ask(call, [&](const QuerySource& source) { return ladder_events(source, party, figure); });
}

}  // namespace tallinn
