// HttpPort: the NodePort over HTTP; keeps a connection to each node.
// Shell. One thread.
#pragma once

#include <map>

#include "net/http_client.h"
#include "tools/recorder.h"

namespace tallinn {

class HttpPort final : public NodePort {
 public:
  Result<HttpResponse> request(const std::string& url, const HttpRequest& request) override;

 private:
  std::map<std::string, HttpClient> clients_;
};

}  // namespace tallinn
