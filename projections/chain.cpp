#include "projections/chain.h"

#include <algorithm>
#include <boost/json.hpp>

#include "projections/entitlement.h"
#include "projections/event_rules.h"
#include "projections/fold.h"

namespace tallinn {
namespace {

namespace json = boost::json;

std::unexpected<Error> no_chain() {
  return refuse(Code::malformed, "this is not a governance chain of this charter");
}

std::optional<ChainLink> read_link(const json::value& from, const Charter& charter) {
  const json::object* object = from.if_object();
  if (object == nullptr || object->size() != 4) return std::nullopt;
  const json::value* office = object->if_contains("office");
  const json::value* epoch = object->if_contains("epoch");
  const json::value* index = object->if_contains("index");
  const json::value* bytes = object->if_contains("bytes");
  if (office == nullptr || !office->is_string() || epoch == nullptr || !epoch->is_int64() ||
      index == nullptr || !index->is_int64() || bytes == nullptr || !bytes->is_string())
    return std::nullopt;
  const auto number = charter.office_number(std::string_view(office->get_string()));
  auto entry = from_base64(std::string_view(bytes->get_string()));
  if (!number || !entry || epoch->get_int64() < 1 || epoch->get_int64() > UINT32_MAX ||
      index->get_int64() < 0)
    return std::nullopt;
  return ChainLink{.log = {*number, Epoch(static_cast<std::uint32_t>(epoch->get_int64()))},
                   .index = LogIndex(static_cast<std::uint64_t>(index->get_int64())),
                   .entry = *std::move(entry)};
}

Result<std::vector<ChainLink>> parse_chain(std::string_view file, const Charter& charter) {
  if (file.size() > kMaxChainBytes) return no_chain();
  boost::system::error_code failed;
  const json::value value = json::parse(file, failed);
  const json::object* object = failed ? nullptr : value.if_object();
  const json::value* links = object == nullptr ? nullptr : object->if_contains("chain");
  if (links == nullptr || !links->is_array()) return no_chain();
  std::vector<ChainLink> chain;
  for (const json::value& item : links->get_array()) {
    auto link = read_link(item, charter);
    if (!link) return no_chain();
    chain.push_back(*std::move(link));
  }
  if (encode_chain(charter, chain) != file) return no_chain();
  return chain;
}

std::unexpected<Error> broken_link(const ChainLink& link, const Charter& charter,
                                   const std::string& why) {
  return refuse(Code::failed, "entry " + std::to_string(link.index.value()) + " of " +
                                  charter.origin(link.log) + " in the governance chain " + why);
}

/// Folds it over the charter's views, link by link.
Result<void> fold_chain(Views& views, std::string_view file, const Charter& charter) {
  const auto chain = parse_chain(file, charter);
  if (!chain) return std::unexpected(chain.error());
  Position last;
  for (const ChainLink& link : *chain) {
    const auto ordered = make_ordered(link.entry, link.index);
    if (!ordered) return broken_link(link, charter, "does not read: " + ordered.error().detail);
    if (ordered->entry.log != link.log) return broken_link(link, charter, "names another log");
    if (ordered->position <= last) return broken_link(link, charter, "is out of order");
    if (!ordered->event || !rule_of(ordered->event->body).governance)
      return broken_link(link, charter, "is no event of governance");
    for (const EventSignature& signature : ordered->entry.signatures)
      if (!check_event_signature(signature, charter.id, ordered->entry.event))
        return broken_link(link, charter, "has a signature that does not hold");
    fold_entry(views, charter, *ordered);
    if (!views.get(governance_key(ordered->position)))
      return broken_link(link, charter, "is not signed by those whom it needs");
    last = ordered->position;
  }
  return {};
}

}  // namespace

std::string encode_chain(const Charter& charter, std::span<const ChainLink> chain) {
  json::array links;
  for (const ChainLink& link : chain)
    links.push_back(json::object{{"office", charter.office(link.log.office)->name},
                                 {"epoch", link.log.epoch.value()},
                                 {"index", link.index.value()},
                                 {"bytes", to_base64(link.entry)}});
  return json::serialize(json::object{
             {"format", kChainFormat}, {"charter", charter.note}, {"chain", std::move(links)}}) +
         "\n";
}

Result<Roster> verify_chain(std::string_view file, const Charter& charter) {
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, charter);
  if (auto folded = fold_chain(views, file, charter); !folded)
    return std::unexpected(folded.error());
  return read_roster(views, charter);
}

Result<std::optional<PartyId>> owner_by_chain(std::string_view file, const Charter& charter,
                                              const PublicKey& key) {
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, charter);
  if (!file.empty())
    if (auto folded = fold_chain(views, file, charter); !folded)
      return std::unexpected(folded.error());
  return key_now(views, key).party;
}

Result<bool> chain_contains(std::string_view newer, std::string_view older,
                            const Charter& charter) {
  const auto all = parse_chain(newer, charter);
  if (!all) return std::unexpected(all.error());
  const auto wanted = parse_chain(older, charter);
  if (!wanted) return std::unexpected(wanted.error());
  return std::ranges::all_of(
      *wanted, [&](const ChainLink& link) { return std::ranges::find(*all, link) != all->end(); });
}

}  // namespace tallinn
