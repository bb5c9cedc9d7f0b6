// HttpClient: blocking HTTP/1.1 requests to one node, over one kept-alive connection.
// Shell; for the command line and tests. Not thread-safe: one client a thread. Beast stays in
// http_client.cpp.
#pragma once

#include <functional>
#include <memory>

#include "events/result.h"
#include "net/http.h"

namespace tallinn {

class HttpClient {
 public:
  struct Options {
    int timeout_ms = 30'000;  ///< for each request
    std::size_t max_response_bytes = 64u << 20;
  };
  /// `url`: "http://127.0.0.1:8481" or "https://kyiv.example" (a path, if any, is put before every
  /// target). Error malformed for anything else. With https the server's certificate must name its
  /// host and come from an authority that this machine trusts (OpenSSL's, or those of
  /// SSL_CERT_FILE and SSL_CERT_DIR): TLS 1.2 or later.
  static Result<HttpClient> make(std::string_view url, Options options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Any status is an answer; Error unavailable (with what to check) when there is none. A request
  /// over a kept connection that the server has closed is tried once more on a new one; a POST too,
  /// since event ids make it repeatable.
  Result<HttpResponse> request(const HttpRequest& request);
  Result<HttpResponse> get(std::string target);
  /// A body that goes on and on, in parts as they come, over a connection of its own; `on_part`
  /// says whether to read on. Done when it says no, or when the server ends the body. Error
  /// unavailable when the connection breaks or nothing comes for the timeout; that of the answer
  /// when it is none of 200.
  enum class Next : std::uint8_t { go_on, stop };
  Result<void> stream(const HttpRequest& request,
                      const std::function<Next(std::string_view)>& on_part);
  const std::string& url() const;

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The Error that a problem-details answer carries (RFC 9457), for any status from 400 on.
Error error_of(const HttpResponse& response);

}  // namespace tallinn
