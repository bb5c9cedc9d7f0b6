#include "net/routes.h"

#include <boost/json.hpp>
#include <boost/url.hpp>
#include <charconv>
#include <ranges>

#include "ledger/sha256.h"
#include "ledger/way_out.h"
#include "net/conditional.h"
#include "net/problem.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

/// Bundles and earlier reports take a thread for as long as a rebuild: more than this many wait for
/// nothing that anyone still reads.
constexpr std::size_t kMostLongReads = 32;
constexpr std::size_t kMostWaiting = 1'024;  ///< for what their clients have seen

using Segments = std::vector<std::string>;
constexpr std::size_t kUsualSegments = 8;

/// A request target, taken apart.
struct Target {
  Segments segments;  ///< decoded
  std::vector<std::pair<std::string, std::string>> query;
};

std::optional<Target> parse_target(std::string_view text) {
  const auto parsed = boost::urls::parse_origin_form(text);
  if (!parsed) return std::nullopt;
  Target out;
  out.segments.reserve(kUsualSegments);
  const auto path = parsed->encoded_path();
  for (const auto part :
       std::views::split(std::string_view(path.data(), path.size()).substr(1), '/')) {
    const std::string_view segment(part);
    out.segments.push_back(segment.contains('%') ? boost::urls::pct_string_view(segment).decode()
                                                 : std::string(segment));
  }
  for (const auto& parameter : parsed->params())
    out.query.emplace_back(std::string(parameter.key), std::string(parameter.value));
  return out;
}

/// The arguments when the path fits the pattern.
std::optional<Segments> match(std::string_view pattern, const Segments& segments) {
  Segments args;
  std::size_t at = 0;
  if (pattern == "/")
    return segments.empty() || (segments.size() == 1 && segments[0].empty()) ? std::optional(args)
                                                                             : std::nullopt;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto end = std::min(pattern.find('/'), pattern.size());
    const std::string_view part = pattern.substr(0, end);
    pattern.remove_prefix(end);
    if (at == segments.size()) return std::nullopt;
    if (part.ends_with("...}")) {
      std::string rest = segments[at++];
      while (at < segments.size()) rest += "/" + segments[at++];
      args.push_back(std::move(rest));
      return args;
    }
    if (part.starts_with('{'))
      args.push_back(segments[at]);
    else if (part != segments[at])
      return std::nullopt;
    ++at;
  }
  return at == segments.size() ? std::optional(std::move(args)) : std::nullopt;
}

bool answers(const Route& route, std::string_view method) {
  return method == route.method || (method == "HEAD" && route.method == "GET");
}

HttpResponse method_not_allowed(std::string_view allowed) {
  auto response = problem_of_status(405, "this route answers " + std::string(allowed) + " only");
  response.headers.emplace_back("Allow", std::string(allowed));
  return response;
}

/// Lists depend on what is held, how far it is replicated and settled, and on nothing else.
std::string head_tag(const Head& head, std::string_view version) {
  std::string text(version);
  for (const HeldLog& held : head.held)
    text += "/" + std::to_string(held.log.office.value()) + "." +
            std::to_string(held.log.epoch.value()) + "." + std::to_string(held.size.value());
  for (const auto& [log, size] : head.replicated) text += "," + std::to_string(size.value());
  text += ";" + std::to_string(head.settled.value());
  text += ";" + std::to_string(head.joint_state.value_or(Lamport(0)).value());
  return body_tag(text);
}

HttpResponse not_modified(std::string tag) {
  HttpResponse response{.status = 304};
  response.headers.emplace_back("ETag", std::move(tag));
  return response;
}

bool has_header(const HttpResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& header) { return header.first == name; });
}

void put_header_once(HttpResponse& response, std::string_view name, std::string_view value) {
  if (has_header(response, name)) return;
  response.headers.emplace_back(std::string(name), std::string(value));
}

/// Shared as it is, unless this request makes something else of it.
HttpAnswer answer_shared(const Route& route, const RouteCall& call) {
  auto shared = route.answer_shared(call);
  if (!has_conditions(call.request)) return shared;
  return conditional(call.request, HttpResponse(*shared));
}

HttpAnswer answer_now(const Route& route, const RouteCall& call) {
  if (route.answer_shared != nullptr) return answer_shared(route, call);
  const std::string_view known = call.request.header("if-none-match");
  std::string tag;
  if (route.caching == Caching::by_head) {
    tag = head_tag(*call.head,
                   call.routes.options.status ? call.routes.options.status().version : "");
    // Not beside If-Match, which is asked first (RFC 9110, section 13.2.2).
    const bool alone = call.request.header("if-match").empty();
    if (alone && !known.empty() && names_tag(known, tag, TagComparison::weak))
      return not_modified(std::move(tag));
  }
  HttpResponse response = route.answer(call);
  if (response.status != 200) return response;
  if (route.caching == Caching::by_body) {
    if (!has_header(response, "ETag")) tag = body_tag(response.body);
  } else if (tag.empty()) {
    put_header_once(response, "Cache-Control", "no-store");
    return response;
  }
  if (!tag.empty()) response.headers.emplace_back("ETag", std::move(tag));
  put_header_once(response, "Cache-Control", "no-cache");
  return conditional(call.request, std::move(response));
}

bool is_short(const Route& route, const RouteCall& call) {
  if (route.work != Work::short_unless_earlier) return route.work == Work::short_read;
  return call.parameter("as_of").empty() && call.parameter("known_on").empty();
}

std::optional<HttpResponse> refuse_query(const Route& route, const Target& target) {
  for (const auto& [name, value] : target.query)
    if (std::ranges::find(route.query, name) == route.query.end())
      return problem({.code = Code::malformed,
                      .detail = "this route has no parameter \"" + name.substr(0, 60) + "\"",
                      .field = name.substr(0, 60)});
  return std::nullopt;
}

bool holds(const Head& head, std::span<const HeldLog> after) {
  return std::ranges::all_of(after,
                             [&](const HeldLog& log) { return head.held_of(log.log) >= log.size; });
}

/// Tallinn-After: "<origin> <size>", several with commas or as several headers.
Result<std::vector<HeldLog>> parse_after(const HttpRequest& request, const Charter& charter) {
  std::vector<HeldLog> out;
  for (const auto& [name, value] : request.headers) {
    if (name != "tallinn-after") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (item.starts_with(' ')) item.remove_prefix(1);
      while (item.ends_with(' ')) item.remove_suffix(1);
      const auto space = item.find(' ');
      const auto log = charter.parse_origin(item.substr(0, space));
      const auto size =
          space == std::string_view::npos ? std::nullopt : parse_count(item.substr(space + 1));
      if (!log || !size || out.size() >= 64)
        return refuse(Code::malformed, "Tallinn-After is not \"<origin> <size>\" of this ledger",
                      "Tallinn-After");
      out.push_back({.log = *log, .size = LogSize(*size)});
    }
  }
  return out;
}

HttpResponse behind() {
  return problem({.code = Code::behind,
                  .detail = "this node does not hold yet what the client has seen; try again"});
}

}  // namespace

std::string_view RouteCall::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() ||
      (text.size() > 1 && text[0] == '0'))
    return std::nullopt;
  return value;
}

Result<LogId> log_of_path(const Charter& charter, std::string_view office, std::string_view epoch) {
  const auto number = charter.office_number(office);
  const auto count = parse_count(epoch);
  if (!number || !count || *count == 0 || *count > UINT32_MAX)
    return refuse(Code::not_found, "this ledger has no such log");
  return LogId{.office = *number, .epoch = Epoch(static_cast<std::uint32_t>(*count))};
}

std::string body_tag(BytesView body) {
  return "\"" + to_hex(sha256(body).view().substr(0, 12)) + "\"";
}

HttpResponse json_response(const boost::json::object& body) {
  return {.content_type = "application/json", .body = boost::json::serialize(body) + "\n"};
}

HttpResponse fault_response(const Fault& fault) {
  return problem({.code = Code::unavailable,
                  .detail = "the store could not be read: " + fault.detail + "; " +
                            std::string(way_out_of(fault))});
}

void put_sizes(boost::json::object& body, const std::vector<HeldLog>& sizes,
               const Charter& charter) {
  boost::json::object out;
  for (const auto& [log, size] : sizes) out[charter.origin(log)] = size.value();
  body["sizes"] = std::move(out);
}

void put_point(boost::json::object& body, const Head& head, const Charter& charter) {
  body["settled"] = head.settled.value();
  put_sizes(body, head.held, charter);
}

HttpResponse listing(const RouteCall& call, boost::json::object body) {
  put_point(body, *call.head, call.charter());
  return json_response(body);
}

void Routes::Impl::run_elsewhere(std::function<void()> work) const {
  if (options.elsewhere)
    options.elsewhere(std::move(work));
  else
    work();
}

void Routes::Impl::read_long(const Route& route, RouteCall call, HttpRespond respond) {
  if (long_reads.fetch_add(1) >= at_most(kMostLongReads)) {
    --long_reads;
    return respond(problem({.code = Code::unavailable,
                            .detail = "too many long reports are being made: ask again later"}));
  }
  run_elsewhere([this, &route, call = std::move(call), respond = std::move(respond)] {
    respond(answer_now(route, call));
    --long_reads;
  });
}

void Routes::Impl::dispatch(HttpRequest request, std::vector<HeldLog> after, HttpRespond respond) {
  auto target = parse_target(request.target);
  if (!target)
    return respond(
        problem({.code = Code::malformed, .detail = "the request target is not a path"}));
  std::string_view allowed;
  for (const Route& route : route_table()) {
    auto args = match(route.pattern, target->segments);
    if (!args) continue;
    if (!answers(route, request.method)) {
      allowed = route.method == "GET" ? "GET, HEAD" : route.method;
      continue;
    }
    HttpRespond counted = [this, pattern = route.pattern,
                           respond = std::move(respond)](HttpAnswer answer) {
      metrics.answered(pattern, answer.response->status);
      answer.date = date.text(options.clock());
      respond(std::move(answer));
    };
    if (auto refused = refuse_query(route, *target)) return counted(std::move(*refused));
    RouteCall call{*this,
                   std::move(request),
                   std::move(*args),
                   std::move(target->query),
                   std::move(after),
                   heads.get()};
    if (!call.head)
      return counted(
          problem({.code = Code::unavailable, .detail = "the node is still opening its store"}));
    if (route.answer_later != nullptr)
      return route.answer_later(std::move(call), std::move(counted));
    if (is_short(route, call)) return counted(answer_now(route, call));
    return read_long(route, std::move(call), std::move(counted));
  }
  metrics.answered("none", allowed.empty() ? 404 : 405);
  if (allowed.empty())
    return respond(
        problem({.code = Code::not_found, .detail = "there is no such route; GET / lists them"}));
  respond(method_not_allowed(allowed));
}

Routes::Routes(HeadSlot& heads, Committer& committer, Options options)
    : impl_(std::make_unique<Impl>(heads, committer, std::move(options))) {}
Routes::~Routes() = default;

void Routes::handle(HttpRequest request, HttpRespond respond) {
  Impl& impl = *impl_;
  auto after = parse_after(request, impl.options.charter);
  if (!after) return respond(problem(after.error()));
  const auto head = impl.heads.get();
  if (after->empty() || (head && holds(*head, *after)))
    return impl.dispatch(std::move(request), std::move(*after), std::move(respond));
  const UnixMillis deadline(impl.options.clock().value() + impl.options.behind_wait_ms);
  {
    const std::lock_guard lock(impl.mutex);
    if (impl.waiting.size() < impl.at_most(kMostWaiting)) {
      impl.waiting.push_back({std::move(*after), deadline, std::move(request), std::move(respond)});
      respond = nullptr;
    }
  }
  if (respond) return respond(behind());
  on_head_changed();  // it may have changed since
}

void Routes::Impl::wait_for_head(HeadWait wait) {
  const std::uint64_t revision = wait.revision;
  {
    const std::lock_guard lock(mutex);
    head_waits.push_back(std::move(wait));
  }
  if (heads.get()->revision != revision) end_head_waits();  // it has changed since
}

void Routes::Impl::end_head_waits() {
  const auto head = heads.get();
  if (!head) return;
  const UnixMillis now = options.clock();
  std::vector<std::pair<HeadWait, HeadWait::Why>> over;
  {
    const std::lock_guard lock(mutex);
    std::erase_if(head_waits, [&](HeadWait& wait) {
      const bool changed = wait.revision != head->revision;
      if (!changed && now < wait.deadline) return false;
      over.emplace_back(std::move(wait), changed ? HeadWait::Why::changed : HeadWait::Why::late);
      return true;
    });
  }
  for (auto& [wait, reason] : over)
    run_elsewhere([go_on = std::move(wait.go_on), why = reason] { go_on(why); });
}

void Routes::on_head_changed() {
  Impl& impl = *impl_;
  impl.end_head_waits();
  const auto head = impl.heads.get();
  const UnixMillis now = impl.options.clock();
  std::vector<Impl::Waiting> ready;
  std::vector<Impl::Waiting> late;
  {
    const std::lock_guard lock(impl.mutex);
    std::erase_if(impl.waiting, [&](Impl::Waiting& one) {
      const bool held = head && holds(*head, one.after);
      if (!held && now < one.deadline) return false;
      (held ? ready : late).push_back(std::move(one));
      return true;
    });
  }
  for (auto& one : late) one.respond(behind());
  for (auto& one : ready) {
    auto work = std::make_shared<Impl::Waiting>(std::move(one));
    impl.run_elsewhere([&impl, work] {
      impl.dispatch(std::move(work->request), std::move(work->after), std::move(work->respond));
    });
  }
}

}  // namespace tallinn
