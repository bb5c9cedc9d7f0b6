#include "tools/withheld_values.h"

#include <algorithm>

#include "events/text.h"
#include "events/uuid.h"
#include "ledger/file_keys.h"
#include "net/http_client.h"
#include "net/withheld_view.h"
#include "tools/local_store.h"
#include "tools/shell.h"

namespace tallinn {

namespace {

namespace json = boost::json;

UnixSeconds seconds_of(UnixMillis now) {
  return UnixSeconds(static_cast<std::uint64_t>(std::max<std::int64_t>(now.value(), 0) / 1000));
}

std::unexpected<Error> unexpected_answer() {
  return refuse(Code::malformed, "the node's answer does not read");
}

/// The object that the node answers.
Result<json::object> answer_of(const Result<HttpResponse>& response) {
  if (!response) return std::unexpected(response.error());
  if (response->status != 200) return std::unexpected(error_of(*response));
  boost::system::error_code failed;
  const json::value value = json::parse(response->body, failed);
  if (failed || !value.is_object()) return unexpected_answer();
  return value.get_object();
}

Result<json::object> post(const std::string& node, std::string target, std::string body) {
  auto client = HttpClient::make(node, {});
  if (!client) return std::unexpected(client.error());
  return answer_of(client->request({.method = "POST",
                                    .target = std::move(target),
                                    .headers = {{"content-type", "text/plain"}},
                                    .body = std::move(body)}));
}

std::string text_of(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Result<json::array> items_of(const json::object& answer) {
  const json::value* items = answer.if_contains("items");
  if (items == nullptr || !items->is_array()) return unexpected_answer();
  for (const json::value& item : items->get_array())
    if (!item.is_object()) return unexpected_answer();
  return items->get_array();
}

/// What was asked for, whatever was answered.
Result<Disclosure> disclosure_of(const json::object& answer, const Uuid& event, const Name& field,
                                 const LedgerId& ledger, const PartyKey& asker) {
  const auto salt = fixed_from_base64<Salt>(text_of(answer, "salt"));
  const auto value = from_base64(text_of(answer, "value"));
  if (!salt || !value) return unexpected_answer();
  return make_disclosure({.event = event, .field = field, .salt = *salt, .value = *value},
                         text_of(answer, "receipt"), ledger, asker.key);
}

class OfNode final : public WithheldValues {
 public:
  OfNode(std::string node, Charter charter)
      : node_(std::move(node)), charter_(std::move(charter)) {}
  const Charter& charter() const override { return charter_; }
  Result<json::array> list(const Uuid& event, const PartyKey& asker, UnixMillis now) override {
    const auto answer = ask(event, std::nullopt, asker, now);
    return answer ? items_of(*answer) : std::unexpected(answer.error());
  }
  Result<Disclosure> disclose(const Uuid& event, const Name& field, const PartyKey& asker,
                              UnixMillis now) override {
    const auto answer = ask(event, field, asker, now);
    if (!answer) return std::unexpected(answer.error());
    return disclosure_of(*answer, event, field, charter_.id, asker);
  }

 private:
  Result<json::object> ask(const Uuid& event, std::optional<Name> field, const PartyKey& asker,
                           UnixMillis now) const {
    return post(node_, "/api/v1/disclosures",
                sign_disclosure_request({.ledger = charter_.id,
                                         .event = event,
                                         .field = std::move(field),
                                         .at = seconds_of(now),
                                         .party = asker.party,
                                         .key = asker.key.public_key()},
                                        asker.key));
  }

  std::string node_;
  Charter charter_;
};

class OfData final : public WithheldValues {
 public:
  explicit OfData(DataAtRest data) : data_(std::move(data)) {}
  const Charter& charter() const override { return data_.charter; }
  Result<json::array> list(const Uuid& event, const PartyKey&, UnixMillis) override {
    const auto view = view_of(event);
    if (!view) return std::unexpected(view.error());
    return items_of(withheld_list(*view, view->event.withheld));
  }
  Result<Disclosure> disclose(const Uuid& event, const Name& field, const PartyKey& asker,
                              UnixMillis) override {
    const auto view = view_of(event);
    if (!view) return std::unexpected(view.error());
    const auto withheld = std::ranges::find(view->event.withheld, field, &Withheld::field);
    if (withheld == view->event.withheld.end())
      return refuse(Code::not_found, "the event withholds no " + field.value());
    const auto value = withheld_value(*data_.head, data_.charter, *view, *withheld);
    if (!value) return std::unexpected(error_from(value.error()));
    if (!*value) return std::unexpected(value->error());
    return disclosure_of(**value, event, field, data_.charter.id, asker);
  }

 private:
  Result<WithheldView> view_of(const Uuid& event) const {
    auto view = withheld_view(*data_.head, event);
    if (!view) return std::unexpected(error_from(view.error()));
    return *std::move(view);
  }

  DataAtRest data_;
};

}  // namespace

Result<PartyKey> load_party_key(const std::string& path, const std::string& passphrase_file) {
  const auto passphrase = load_passphrase(passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  const auto file = load_key_file(path, *passphrase ? &**passphrase : nullptr);
  if (!file) return std::unexpected(file.error());
  if (file->owner.kind != KeyOwner::Kind::party)
    return refuse(Code::unauthorised, path + " is an office's key: a party's is needed");
  return PartyKey{.party = PartyId(file->owner.name), .key = SigningKey(file->seed.seed())};
}

Result<std::unique_ptr<WithheldValues>> open_withheld_values(const ReaderOptions& from) {
  if (from.data.empty()) {
    auto charter = charter_of_node(from.node);
    if (!charter) return std::unexpected(charter.error());
    return std::make_unique<OfNode>(from.node, *std::move(charter));
  }
  auto data = read_data(from.data);
  if (!data) return std::unexpected(data.error());
  return std::make_unique<OfData>(*std::move(data));
}

Result<std::string> make_erasure(const std::string& node, const Uuid& event, const Name& field,
                                 const PartyKey& author, UnixMillis now) {
  const auto charter = charter_of_node(node);
  if (!charter) return std::unexpected(charter.error());
  auto client = HttpClient::make(node, {});
  if (!client) return std::unexpected(client.error());
  const auto answer = answer_of(client->get("/api/v1/events/" + format_uuid(event)));
  if (!answer) return std::unexpected(answer.error());
  const json::value* told = answer->if_contains("event");
  const json::value* withheld =
      told != nullptr && told->is_object() ? told->get_object().if_contains("withheld") : nullptr;
  if (withheld != nullptr && withheld->is_array())
    for (const json::value& item : withheld->get_array()) {
      if (!item.is_object() || text_of(item.get_object(), "field") != field.value()) continue;
      const auto commitment = fixed_from_hex<Digest>(text_of(item.get_object(), "commitment"));
      if (!commitment) return unexpected_answer();
      return sign_erasure({.ledger = charter->id,
                           .event = event,
                           .field = field,
                           .commitment = *commitment,
                           .at = seconds_of(now),
                           .party = author.party,
                           .key = author.key.public_key()},
                          author.key);
    }
  return refuse(Code::not_found, "the event withholds no " + field.value());
}

Result<std::string> erase_at(const std::string& node, const std::string& statement) {
  const auto answer = post(node, "/api/v1/erasures", statement);
  if (!answer) return std::unexpected(answer.error());
  return text_of(*answer, "text");
}

}  // namespace tallinn
