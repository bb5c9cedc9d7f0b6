// Listings, trails and ladders: what projections/queries.h answers, at one Head.
#include <boost/json.hpp>

#include "net/problem.h"
#include "net/routes_table.h"
#include "projections/queries.h"

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

/// Asks `query(source)` at the call's Head; a broken store is told instead of what was computed
/// from it.
template <class Query>
HttpResponse ask(const RouteCall& call, Query query) {
  StoredViews views(*call.head->snapshot);
  const QuerySource source{.views = views, .levels = *call.head, .charter = call.charter()};
  auto answer = query(source);
  if (views.fault()) return fault_response(*views.fault());
  if (!answer) return problem(answer.error());
  if constexpr (std::is_same_v<std::decay_t<decltype(*answer)>, boost::json::object>)
    return listing(call, std::move(*answer));
  else
    return listing(call, {{"items", std::move(*answer)}});
}

}  // namespace

HttpResponse answer_list(const RouteCall& call) {
  const auto page = page_of(call);
  if (!page) return problem(page.error());
  std::string_view kind = call.request.target;
  kind = kind.substr(0, kind.find('?'));
  kind = kind.substr(kind.rfind('/') + 1);
  return ask(call, [&](const QuerySource& source) { return list_records(source, kind, *page); });
}

HttpResponse answer_trail(const RouteCall& call) {
  const auto page = page_of(call);
  if (!page) return problem(page.error());
  const PartyId party(call.args[0]);
  return ask(call, [&](const QuerySource& source) { return trail_of(source, party, *page); });
}

HttpResponse answer_ladder(const RouteCall& call) {
  const PartyId party(call.args[0]);
  const auto rung = call.parameter("events");
  if (rung.empty())
    return ask(call, [&](const QuerySource& source) { return ladder_of(source, party); });
  return ask(call, [&](const QuerySource& source) { return ladder_events(source, party, rung); });
}

}  // namespace tallinn
