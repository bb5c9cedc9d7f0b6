#include "tools/evidence_reader.h"

#include "ledger/store_notes.h"
#include "net/http_client.h"
#include "net/kept_evidence.h"
#include "tools/shell.h"

namespace tallinn {

namespace {

namespace json = boost::json;

Result<std::string> ask(const std::string& url, const std::string& target) {
  auto client = HttpClient::make(url, {});
  if (!client) return std::unexpected(client.error());
  auto response = client->get(target);
  if (!response) return std::unexpected(response.error());
  if (response->status != 200) return std::unexpected(error_of(*response));
  return std::move(response->body);
}

Result<json::array> list_of_node(const std::string& url) {
  const auto body = ask(url, "/api/v1/evidence");
  if (!body) return std::unexpected(body.error());
  boost::system::error_code failed;
  const json::value value = json::parse(*body, failed);
  const json::object* object = failed ? nullptr : value.if_object();
  const json::value* items = object != nullptr ? object->if_contains("items") : nullptr;
  if (items == nullptr || !items->is_array())
    return refuse(Code::malformed, "the node's answer is not a list of evidence");
  for (const json::value& item : items->get_array())
    if (!item.is_object())
      return refuse(Code::malformed, "the node's answer is not a list of evidence");
  return items->get_array();
}

struct OpenedEvidence {
  std::unique_ptr<Store> store;
  Charter charter;
};
Result<OpenedEvidence> open_data(const std::string& folder) {
  const auto path = find_store(folder);
  if (!path) return std::unexpected(path.error());
  StoreOptions options;
  options.access = StoreOptions::Access::read_only;
  auto store = Store::open(*path, std::move(options));
  if (!store) return std::unexpected(error_from(store.error()));
  const auto note = (*store)->get(Family::notes, notes::charter_key());
  if (!note) return std::unexpected(error_from(note.error()));
  if (!*note) return refuse(Code::not_found, folder + " holds no ledger yet");
  auto charter = parse_charter(**note);
  if (!charter) return std::unexpected(charter.error());
  return OpenedEvidence{.store = std::move(*store), .charter = std::move(*charter)};
}

}  // namespace

Result<json::array> list_evidence(const ReaderOptions& from) {
  if (!from.node.empty()) return list_of_node(from.node);
  const auto opened = open_data(from.data);
  if (!opened) return std::unexpected(opened.error());
  const auto kept = kept_evidence(*opened->store);
  if (!kept) return std::unexpected(error_from(kept.error()));
  json::array items;
  for (const KeptEvidence& one : *kept) items.push_back(evidence_json(one, opened->charter));
  return items;
}

Result<std::string> evidence_text(const ReaderOptions& from, const std::string& sha256) {
  if (!from.node.empty()) return ask(from.node, "/api/v1/evidence/" + sha256);
  const auto opened = open_data(from.data);
  if (!opened) return std::unexpected(opened.error());
  const auto kept = kept_evidence(*opened->store);
  if (!kept) return std::unexpected(error_from(kept.error()));
  for (const KeptEvidence& one : *kept)
    if (one.sha256 == sha256) return one.text;
  return refuse(Code::not_found, "no such evidence is kept there");
}

}  // namespace tallinn
