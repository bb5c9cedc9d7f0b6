// HTTP as values: a request and a response, so that routes are plain functions and Beast stays in
// two files. Pure.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tallinn {

struct HttpRequest {
  std::string method;                                             ///< "GET", "HEAD", "POST"
  std::string target;                                             ///< path and query as sent
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< names in lower case
  std::string body = {};
  /// The first header of that (lower-case) name, or empty.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// A body that is made while it is sent, as fast as its reader takes it.
class HttpStream {
 public:
  /// May come when whatever made it is gone.
  virtual ~HttpStream() = default;
  /// Calls `ready` once, at any time, from any thread, with what comes next; empty: the end. Asked
  /// for again only after that. `ready` may be called after this object is gone.
  virtual void next(std::function<void(std::string)> ready) = 0;
};

/// What is sent for one request: a response made for it, or one that never changes and that many
/// answers share without a copy.
struct HttpAnswer {
  HttpAnswer(HttpResponse own) : response(std::make_shared<const HttpResponse>(std::move(own))) {}
  HttpAnswer(std::shared_ptr<const HttpResponse> shared) : response(std::move(shared)) {}
  std::shared_ptr<const HttpResponse> response;  ///< never null
  std::string date = {};                         ///< the header of that name; empty: none
  std::shared_ptr<HttpStream> stream = {};       ///< instead of the response's body
};

/// Answers a request once, at any time, from any thread.
using HttpRespond = std::function<void(HttpAnswer)>;
using HttpHandler = std::function<void(HttpRequest, HttpRespond)>;

}  // namespace tallinn
