#include "tools/http_port.h"

namespace tallinn {

Result<HttpResponse> HttpPort::request(const std::string& url, const HttpRequest& request) {
  auto found = clients_.find(url);
  if (found == clients_.end()) {
    auto client = HttpClient::make(url, {});
    if (!client) return std::unexpected(client.error());
    found = clients_.emplace(url, *std::move(client)).first;
  }
  return found->second.request(request);
}

}  // namespace tallinn
