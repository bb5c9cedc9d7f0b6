// What a node says of itself: status, charter, state note, health, metrics, and where to look.
#include <boost/json.hpp>

#include "ledger/store_notes.h"
#include "net/problem.h"
#include "net/rebuilt.h"
#include "net/routes_table.h"
#include "net/stored_bundle.h"

namespace tallinn {
namespace {

/// The newest cosignature of each other office and each mirror, and its age by this node's clock.
boost::json::array cosigned_of(const RouteCall& call, LogId log) {
  boost::json::array out;
  const auto known = call.head->cosigned.find(log);
  if (known == call.head->cosigned.end()) return out;
  for (const auto& [who, cosigned] : known->second) {
    boost::json::object one{{"by", cosigner_name(who, call.charter())},
                            {"size", cosigned.size.value()}};
    if (cosigned.at != UnixSeconds(0)) {
      one["time"] = cosigned.at.value();
      one["age_s"] = age_s(cosigned.at, call.routes.options.clock());
    }
    out.push_back(std::move(one));
  }
  return out;
}

boost::json::array logs_of(const RouteCall& call) {
  boost::json::array logs;
  StoredLogs stored(*call.head->snapshot);
  for (const HeldLog& held : call.head->held) {
    boost::json::object log{{"origin", call.charter().origin(held.log)},
                            {"size", held.size.value()}};
    if (const auto root = stored.root(held.log, held.size)) log["root"] = to_base64(root->view());
    const auto replicated = call.head->replicated.find(held.log);
    log["frozen"] = call.head->frozen.contains(held.log);
    const RosterLog* opened = call.head->roster.log(held.log);
    if (opened != nullptr && opened->sealed) log["sealed"] = opened->sealed->size.value();
    log["replicated"] = replicated == call.head->replicated.end() ? 0 : replicated->second.value();
    log["cosigned"] = cosigned_of(call, held.log);
    logs.push_back(std::move(log));
  }
  return logs;
}

boost::json::array peers_of(const NodeStatus& status) {
  boost::json::array peers;
  for (const auto& peer : status.peers) {
    boost::json::object one{{"name", peer.name},
                            {"connected", peer.connected},
                            {"lag_entries", peer.lag_entries},
                            {"lag_ms", peer.lag_ms},
                            {"to_fetch", peer.to_fetch},
                            {"bytes_read", peer.bytes_read},
                            {"bytes_written", peer.bytes_written},
                            {"reconnects", peer.reconnects},
                            {"last_error", peer.last_error}};
    if (peer.clock_ahead_ms) one["clock_ahead_ms"] = *peer.clock_ahead_ms;
    if (peer.meeting)
      one["last_meeting"] = boost::json::object{
          {"fetched", peer.meeting->fetched},
          {"sent", peer.meeting->sent},
          {"exceptions",
           boost::json::array(peer.meeting->exceptions.begin(), peer.meeting->exceptions.end())}};
    peers.push_back(std::move(one));
  }
  return peers;
}

boost::json::array offices_of(const Roster& roster, const NodeStatus& status) {
  boost::json::array offices;
  for (const RosterOffice& office : roster.offices()) {
    boost::json::object one{{"name", office.name},
                            {"role", spell(office.role)},
                            {"epoch", office.current.epoch.value()},
                            {"in_force", office.in_force}};
    for (const auto& [name, url] : status.office_urls)
      if (name == office.name) one["url"] = url;
    offices.push_back(std::move(one));
  }
  return offices;
}

std::string_view spell(RebuildStatus::State state) {
  switch (state) {
    case RebuildStatus::State::idle: return "idle";
    case RebuildStatus::State::running: return "running";
    case RebuildStatus::State::failed: return "failed";
  }
  return "";
}

/// How far a rebuild beside the node is, and what the last one found, before a restart too.
boost::json::object rebuild_of(const RebuildStatus& now, const StoreReader& store) {
  boost::json::object out{{"state", spell(now.state)}};
  if (now.state == RebuildStatus::State::running) {
    out["phase"] = spell(now.progress.phase);
    out["done"] = now.progress.done;
    out["entries"] = now.progress.entries;
    out["seconds"] = now.seconds;
  }
  if (now.state == RebuildStatus::State::failed) out["reason"] = now.reason;
  const auto last = last_rebuilt(store);
  if (last && *last) {
    out["last"] = boost::json::object{{"time", (*last)->at.value() / 1'000},
                                      {"entries", (*last)->entries},
                                      {"differences", (*last)->differences}};
  }
  return out;
}

}  // namespace

HttpResponse answer_status(const RouteCall& call) {
  const Head& head = *call.head;
  const NodeStatus status = call.routes.options.status();
  const bool stands = head.standing == Standing::may_append;
  boost::json::object body{{"version", status.version},
                           {"ledger", call.charter().ledger},
                           {"ledger_id", to_hex(call.charter().id.view())},
                           {head.office ? "office" : "mirror", status.name}};
  body["role"] = head.office ? spell(call.charter().office(*head.office)->role) : "mirror";
  body["appends"] = stands && status.fault.empty();
  body["standing"] = spell(head.standing);
  body["reason"] = !status.fault.empty() ? status.fault
                   : stands              ? ""
                                         : std::string(standing_text(head.standing));
  body["way_out"] = status.fault.empty() ? standing_way_out(head.standing) : "";
  put_point(body, head, call.charter());
  body["last"] = head.last.value();
  body["joint_state"] =
      head.joint_state ? boost::json::value(head.joint_state->value()) : boost::json::value();
  body["logs"] = logs_of(call);
  body["offices"] = offices_of(head.roster, status);
  body["peers"] = peers_of(status);
  boost::json::object& refused = (body["refused_peers"] = boost::json::object()).get_object();
  for (const auto& [fault, count] : status.refused_peers)
    if (count > 0) refused[fault] = count;
  body["alarms"] = boost::json::array(head.alarms.begin(), head.alarms.end());
  body["rebuild"] = rebuild_of(status.rebuild, *head.snapshot);
  body["waiting"] = call.routes.committer.waiting();
  return json_response(body);
}

HttpResponse answer_charter(const RouteCall& call) {
  const std::string_view chain = call.parameter("chain");
  if (chain.empty()) return {.body = call.charter().note};
  if (chain != "1")
    return problem({.code = Code::malformed, .detail = "chain is 1 or absent", .field = "chain"});
  auto file = make_stored_chain(*call.head->snapshot, call.charter());
  if (!file) return fault_response(file.error());
  if (!*file) return problem(file->error());
  return {.content_type = "application/json", .body = std::move(**file)};
}

HttpResponse answer_state(const RouteCall& call) {
  std::optional<std::string> newest;
  std::optional<Bytes> wanted;
  if (call.head->joint_state) wanted = notes::state_key(*call.head->joint_state);
  const auto scanned = call.head->snapshot->scan_back(
      Family::notes, notes::state_begin(), notes::state_end(), [&](BytesView key, BytesView note) {
        if (wanted && key != *wanted) return StoreReader::Next::go_on;
        newest = std::string(note);
        return StoreReader::Next::stop;
      });
  if (!scanned) return fault_response(scanned.error());
  if (!newest)
    return problem({.code = Code::not_found,
                    .detail = "there is no state note yet; one is made within seconds"});
  return {.body = std::move(*newest)};
}

HttpResponse answer_metrics(const RouteCall& call) {
  const NodeStatus status = call.routes.options.status();
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = call.routes.metrics.text(*call.head, call.charter(), status,
                                           call.routes.committer.waiting(),
                                           call.routes.options.clock())};
}

HttpResponse answer_healthz(const RouteCall&) {
  return {.body = "ok\n"};
}
HttpResponse answer_readyz(const RouteCall&) {
  return {.body = "ready\n"};
}

HttpResponse answer_front_page(const RouteCall& call) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Tallinn "
      "Ledger</title>\n<h1>Tallinn Ledger</h1>\n<p>" +
      call.charter().ledger + ": the node of " + call.routes.options.status().name +
      ". Everything below can be checked offline with <code>tallinn verify</code>.</p>\n<ul>\n";
  for (const Route& route : route_table()) {
    if (route.method != "GET" || route.pattern == "/") continue;
    const std::string pattern(route.pattern);
    const bool plain = pattern.find('{') == std::string::npos;
    page += "<li>" + (plain ? "<a href=\"" + pattern + "\">" + pattern + "</a>" : pattern) + ": " +
            std::string(route.summary) + "</li>\n";
  }
  return {.content_type = "text/html; charset=utf-8", .body = page + "</ul>\n</html>\n"};
}

}  // namespace tallinn
