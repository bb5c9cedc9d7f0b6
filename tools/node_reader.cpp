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
  NodeReader(HttpClient client, const ReaderOptions& asked) : client_(std::move(client)) {
    if (!asked.as_of.empty()) standpoint_ += "&as_of=" + escape(asked.as_of);
    if (!asked.known_on.empty()) standpoint_ += "&known_on=" + escape(asked.known_on);
  }

  Result<Report> list(std::string_view kind) override {
    return all_pages("/api/v1/" + escape(kind) + "?");
  }
  Result<Report> corrections(std::string_view since, std::string_view party) override {
    std::string target = "/api/v1/corrections?";
    if (!since.empty()) target += "since=" + escape(since);
    if (!party.empty()) target += (since.empty() ? "party=" : "&party=") + escape(party);
    return all_pages(target);
  }
  Result<Report> trail(const PartyId& party) override {
    return all_pages("/api/v1/trail/" + escape(party.value()) + "?");
  }
  Result<Report> ladder(const PartyId& party) override {
    return all_pages("/api/v1/ladder/" + escape(party.value()) + "?");
  }
  Result<Report> ladder_in(const PartyId& party, std::string_view currency) override {
    return all_pages("/api/v1/ladder/" + escape(party.value()) + "?in=" + escape(currency));
  }
  Result<Report> ladder_events(const PartyId& party, std::string_view figure) override {
    return all_pages("/api/v1/ladder/" + escape(party.value()) + "?events=" + escape(figure));
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

  /// Follows `next` to the end. The sizes are those of the last page.
  Result<Report> all_pages(const std::string& target) {
    Report out;
    std::string cursor;
    for (;;) {
      const std::string more = cursor.empty() ? "" : "&cursor=" + escape(cursor);
      auto page = get_json(joined(target, standpoint_ + more));
      if (!page) return std::unexpected(page.error());
      json::object* object = page->if_object();
      json::value* items = object != nullptr ? object->if_contains("items") : nullptr;
      if (items == nullptr || !items->is_array())
        return refuse(Code::malformed, "the node's answer is not a listing");
      for (json::value& item : items->get_array()) out.items.push_back(std::move(item));
      out.sizes = sizes_of(*object);
      const json::value* next = object->if_contains("next");
      if (next == nullptr || !next->is_string()) return out;
      const std::string following(next->get_string());
      if (following == cursor) return refuse(Code::malformed, "the node's listing does not end");
      cursor = following;
    }
  }

  /// The query's first parameter follows "?" without a "&".
  static std::string joined(const std::string& target, std::string_view parameters) {
    if (parameters.empty())
      return target.ends_with('?') ? target.substr(0, target.size() - 1) : target;
    if (target.ends_with('?')) parameters.remove_prefix(1);
    return target + std::string(parameters);
  }

  /// {"tallinn-mechanism.example/kyiv/1": 120, ...} as --known-on takes them.
  static std::string sizes_of(const json::object& page) {
    std::string out;
    const json::value* sizes = page.if_contains("sizes");
    if (sizes == nullptr || !sizes->is_object()) return "none";
    for (const auto& [origin, size] : sizes->get_object()) {
      if (!out.empty()) out += ',';
      const std::string_view name(origin);
      out += name.substr(name.find('/') + 1);
      out += ':' + json::serialize(size);
    }
    return out.empty() ? "none" : out;
  }

  HttpClient client_;
  std::string standpoint_;  ///< parameters, each behind a "&"
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_node_reader(const ReaderOptions& options) {
  // An earlier standpoint is folded anew before the first byte comes.
  const int timeout_ms = options.asks_now() ? 30'000 : 600'000;
  auto client = HttpClient::make(options.node, {.timeout_ms = timeout_ms});
  if (!client) return std::unexpected(client.error());
  return std::make_unique<NodeReader>(*std::move(client), options);
}

}  // namespace tallinn
