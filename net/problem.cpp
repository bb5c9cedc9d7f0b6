#include "net/problem.h"

#include <array>
#include <boost/json.hpp>

#include "net/http_client.h"

namespace tallinn {
namespace {

constexpr std::array kAllCodes{Code::malformed,
                               Code::id_conflict,
                               Code::wrong_office,
                               Code::behind,
                               Code::needs_two_parties,
                               Code::unauthorised,
                               Code::unknown_reference,
                               Code::invalid_value,
                               Code::overdrawn,
                               Code::invalid_transition,
                               Code::not_appending,
                               Code::not_found,
                               Code::failed,
                               Code::unavailable};

std::string_view title_of(Code code) {
  switch (code) {
    case Code::malformed: return "Not well formed";
    case Code::id_conflict: return "The id is known with other bytes";
    case Code::wrong_office: return "This decision belongs to the other office";
    case Code::behind: return "This node has not yet what the client has seen";
    case Code::needs_two_parties: return "Too few parties signed";
    case Code::unauthorised: return "The signer may not state this";
    case Code::unknown_reference: return "A name is not known here";
    case Code::invalid_value: return "A value is out of its bounds";
    case Code::overdrawn: return "A balance would be overdrawn";
    case Code::invalid_transition: return "The state does not allow this";
    case Code::not_appending: return "This node serves reads only";
    case Code::not_found: return "Not found";
    case Code::failed: return "Checked and found false";
    case Code::unavailable: return "Not available now";
  }
  return "Refused";
}

HttpResponse problem_body(unsigned status, boost::json::object body) {
  body["status"] = status;
  HttpResponse response{.status = status, .content_type = "application/problem+json"};
  response.body = boost::json::serialize(body) + "\n";
  response.headers.emplace_back("Cache-Control", "no-store");
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Code code_of_status(unsigned status) {
  if (status == 404 || status == 405) return Code::not_found;
  if (status >= 500) return Code::unavailable;
  return status == 401 || status == 403 ? Code::unauthorised : Code::malformed;
}

std::string text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

unsigned status_of(Code code) {
  switch (code) {
    case Code::malformed: return 400;
    case Code::id_conflict: return 409;
    case Code::wrong_office: return 421;
    case Code::behind: return 503;
    case Code::needs_two_parties: return 422;
    case Code::unauthorised: return 403;
    case Code::unknown_reference: return 422;
    case Code::invalid_value: return 422;
    case Code::overdrawn: return 409;
    case Code::invalid_transition: return 409;
    case Code::not_appending: return 503;
    case Code::not_found: return 404;
    case Code::failed: return 422;
    case Code::unavailable: return 503;
  }
  return 500;
}

std::string_view status_text(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

HttpResponse problem(const Error& error) {
  boost::json::object body{
      {"type", code_name(error.code)}, {"title", title_of(error.code)}, {"detail", error.detail}};
  if (!error.field.empty()) body["field"] = error.field;
  if (!error.office.empty()) body["office"] = error.office;
  if (!error.url.empty()) body["url"] = error.url;
  return problem_body(status_of(error.code), std::move(body));
}

HttpResponse problem_of_status(unsigned status, std::string_view detail) {
  return problem_body(
      status, {{"type", "about:blank"}, {"title", status_text(status)}, {"detail", detail}});
}

Error error_of(const HttpResponse& response) {
  Error error{.code = code_of_status(response.status), .detail = {}};
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(response.body, failed);
  if (!failed && parsed.is_object()) {
    const auto& body = parsed.get_object();
    error.detail = text_at(body, "detail");
    error.field = text_at(body, "field");
    error.office = text_at(body, "office");
    error.url = text_at(body, "url");
    const auto type = text_at(body, "type");
    for (const Code code : kAllCodes)
      if (code_name(code) == type) error.code = code;
  }
  if (error.detail.empty())
    error.detail = "the node answered " + std::to_string(response.status) + " " +
                   std::string(status_text(response.status));
  return error;
}

}  // namespace tallinn
