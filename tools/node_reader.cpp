// A LedgerReader over HTTP.
#include <charconv>

#include "net/http_client.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

namespace json = boost::json;

/// What may stand in a path or query as it is.
bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '/';
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (plain(c)) {
      out += c;
    } else {
      out += '%';
      out += to_hex({&c, 1});
    }
  }
  return out;
}

class NodeReader final : public LedgerReader {
 public:
  explicit NodeReader(HttpClient client) : client_(std::move(client)) {}

  Result<json::array> list(std::string_view kind) override {
    return all_pages("/api/v1/" + escape(kind));
  }
  Result<json::array> trail(const PartyId& party) override {
    return all_pages("/api/v1/trail/" + escape(party.value()));
  }
  Result<json::array> ladder(const PartyId& party) override {
    return all_pages("/api/v1/ladder/" + escape(party.value()));
  }
  Result<json::array> ladder_events(const PartyId& party, std::string_view rung) override {
    return all_pages("/api/v1/ladder/" + escape(party.value()) + "?events=" + escape(rung));
  }
  Result<json::object> event(std::string_view name) override {
    const auto answer = get_json("/api/v1/events/" + escape(name));
    if (!answer) return std::unexpected(answer.error());
    if (!answer->is_object()) return refuse(Code::malformed, "the node's answer is not an event");
    return answer->get_object();
  }
  Result<std::string> bundle(const PartyId& party) override {
    return get("/api/v1/bundle/" + escape(party.value()));
  }

 private:
  Result<std::string> get(const std::string& target) {
    auto response = client_.get(target);
    if (!response) return std::unexpected(response.error());
    if (response->status != 200) return std::unexpected(error_of(*response));
    return std::move(response->body);
  }

  Result<json::value> get_json(const std::string& target) {
    const auto body = get(target);
    if (!body) return std::unexpected(body.error());
    boost::system::error_code failed;
    json::value value = json::parse(*body, failed);
    if (failed) return refuse(Code::malformed, "the node's answer is not JSON");
    return value;
  }

  /// Follows `next` to the end. A bare array is one page.
  Result<json::array> all_pages(const std::string& target) {
    json::array items;
    std::string cursor;
    for (;;) {
      const std::string separator = target.find('?') == std::string::npos ? "?" : "&";
      const auto page =
          get_json(cursor.empty() ? target : target + separator + "cursor=" + escape(cursor));
      if (!page) return std::unexpected(page.error());
      if (const json::array* whole = page->if_array()) return *whole;
      const json::object* object = page->if_object();
      const json::value* found = object != nullptr ? object->if_contains("items") : nullptr;
      if (found == nullptr || !found->is_array())
        return refuse(Code::malformed, "the node's answer is not a listing");
      const json::array& more = found->get_array();
      items.insert(items.end(), more.begin(), more.end());
      const json::value* next = object->if_contains("next");
      if (next == nullptr || !next->is_string()) return items;
      const std::string following(next->get_string());
      if (following == cursor) return refuse(Code::malformed, "the node's listing does not end");
      cursor = following;
    }
  }

  HttpClient client_;
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_node_reader(const std::string& url) {
  auto client = HttpClient::make(url, {});
  if (!client) return std::unexpected(client.error());
  return std::make_unique<NodeReader>(*std::move(client));
}

}  // namespace tallinn
