// The OpenAPI 3.1 text of the routes, made from the dispatch table, so that it cannot say anything
// else.
#include <boost/json.hpp>
#include <map>

#include "net/routes_table.h"

namespace tallinn {
namespace {

boost::json::object parameter(std::string_view name, std::string_view where) {
  boost::json::object out{{"name", name}, {"in", where}, {"schema", {{"type", "string"}}}};
  if (where == "path") out["required"] = true;
  return out;
}

/// "{tile...}" is "{tile}" to OpenAPI.
std::string openapi_path(std::string_view pattern) {
  std::string out(pattern);
  if (const auto dots = out.find("...}"); dots != std::string::npos) out.erase(dots, 3);
  return out;
}

boost::json::object operation(const Route& route) {
  boost::json::array parameters;
  const std::string path = openapi_path(route.pattern);
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
    parameters.push_back(parameter(
        std::string_view(path).substr(open + 1, path.find('}', open) - open - 1), "path"));
  for (const auto name : route.query) parameters.push_back(parameter(name, "query"));
  boost::json::object content;
  content[route.content_type] = boost::json::object();
  boost::json::object refused;
  refused["application/problem+json"] = boost::json::object();
  boost::json::object out{{"summary", route.summary}, {"parameters", std::move(parameters)}};
  if (route.method == "POST") {
    boost::json::object body;
    body[route.takes] = boost::json::object();
    out["requestBody"] = {{"required", true}, {"content", std::move(body)}};
  }
  out["responses"] = {
      {"200", {{"description", route.summary}, {"content", std::move(content)}}},
      {"default",
       {{"description", "Problem details (RFC 9457)"}, {"content", std::move(refused)}}}};
  return out;
}

}  // namespace

HttpResponse answer_openapi(const RouteCall& call) {
  boost::json::object paths;
  for (const Route& route : route_table()) {
    auto& path = paths[openapi_path(route.pattern)];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[route.method == "GET" ? "get" : "post"] = operation(route);
  }
  return json_response(
      {{"openapi", "3.1.0"},
       {"info", {{"title", "Tallinn Ledger"}, {"version", call.routes.options.status().version}}},
       {"paths", std::move(paths)}});
}

}  // namespace tallinn
