#include "projections/queries.h"

#include <algorithm>

#include "events/text.h"
#include "projections/conversion.h"
#include "projections/ladder.h"
#include "projections/listings.h"
#include "projections/record_keys.h"

namespace tallinn {
namespace {

/// Where a page starts: right after the cursor's record. The cursor is the hex of its key below the
/// prefix.
Result<Bytes> page_start(BytesView prefix, const Page& page) {
  Bytes begin(prefix);
  if (page.cursor.empty()) return begin;
  const auto last = from_hex(page.cursor);
  if (!last) return refuse(Code::malformed, "not a cursor of this listing", "cursor");
  return begin.append(*last).append(1, '\0');
}

/// Lists the records under `prefix`; `item(name, value)` answers nothing for a record that is not
/// listed.
Result<json::object> list(
    ViewReader& views, BytesView prefix, const Page& page,
    const std::function<std::optional<json::object>(BytesView, BytesView)>& item) {
  const auto begin = page_start(prefix, page);
  if (!begin) return std::unexpected(begin.error());
  std::vector<std::pair<Bytes, Bytes>> found;
  views.scan(*begin, after_prefix(prefix), [&](BytesView key, BytesView value) {
    found.emplace_back(key.substr(prefix.size()), value);
    return found.size() > page.limit ? ViewReader::Next::stop : ViewReader::Next::go_on;
  });
  const bool more = found.size() > page.limit;
  if (more) found.pop_back();
  json::array items;
  for (const auto& [name, value] : found)
    if (auto made = item(name, value)) items.push_back(*std::move(made));
  json::object out{{"items", std::move(items)}};
  if (more && !found.empty()) out["next"] = to_hex(found.back().first);
  return out;
}

template <class R>
using ItemOf = json::object (*)(const listings::Lookup&, std::string_view, const R&);

template <class R>
Result<json::object> list_kind(const QuerySource& source, const Page& page, ItemOf<R> item_of) {
  const listings::Lookup lookup{source};
  return list(
      source.views, R::kPrefix, page,
      [&](BytesView name, BytesView value) -> std::optional<json::object> {
        const R record = decode_record<R>(value);
        if constexpr (requires { record.registered; } && !std::same_as<R, ConsignmentRecord>)
          if (!record.registered) return std::nullopt;
        return item_of(lookup, name, record);
      });
}

Result<json::object> list_corrections(const QuerySource& source, const Page& page,
                                      const CorrectionFilter& filter) {
  const listings::Lookup lookup{source};
  return list(
      source.views, CorrectionRecord::kPrefix, page,
      [&](BytesView name, BytesView value) -> std::optional<json::object> {
        const auto record = decode_record<CorrectionRecord>(value);
        if (!record.stands) return std::nullopt;
        const auto told = listings::correction(lookup, name, record);
        if (filter.party && std::ranges::find(told.parties, *filter.party) == told.parties.end())
          return std::nullopt;
        if (filter.since && told.recorded < start_of(*filter.since)) return std::nullopt;
        return told.item;
      });
}

Result<void> check_party(const QuerySource& source, const PartyId& party) {
  const bool coordinator = std::ranges::any_of(
      source.charter.coordinators, [&](const CharterCoordinator& c) { return c.party == party; });
  Bytes key(PartyRecord::kPrefix);
  if (coordinator || source.views.get(key.append(party.value()))) return {};
  return refuse(Code::not_found, "there is no party " + party.value(), "party");
}

json::object ladder_row(const LadderRow& row) {
  const auto amount = [&](std::int64_t minor) {
    return format_amount(AmountMinor(minor), row.currency);
  };
  json::object out{{"year", json_of(row.year)}, {"currency", json_of(row.currency)}};
  for (std::size_t i = 0; i < row.rungs.size(); ++i)
    out[Spelling<Rung>::kNames[i]] = amount(row.rungs[i]);
  json::object losses;
  for (std::size_t i = 0; i < row.losses.size(); ++i)
    if (row.losses[i] != 0) losses[Spelling<Loss>::kNames[i]] = amount(row.losses[i]);
  out["losses"] = std::move(losses);
  return out;
}

std::string_view type_of(std::uint8_t type) {
  return type >= 1 && type <= type_names().size() ? type_names()[type - 1u] : std::string_view("?");
}

}  // namespace

Result<CorrectionFilter> parse_correction_filter(std::string_view since, std::string_view party) {
  CorrectionFilter out;
  if (!since.empty()) {
    const auto day = parse_day(since);
    if (!day) return refuse(Code::malformed, day.error().detail, "since");
    out.since = *day;
  }
  if (party.empty()) return out;
  if (!valid_party_id(party))
    return refuse(Code::malformed, "a party is 2 to 32 of A-Z 0-9 -, first a letter", "party");
  out.party = PartyId(std::string(party));
  return out;
}

Result<json::object> list_records(const QuerySource& source, std::string_view kind,
                                  const Page& page, const CorrectionFilter& filter) {
  if (kind == "corrections") return list_corrections(source, page, filter);
  if (filter != CorrectionFilter{})
    return refuse(Code::malformed, "only corrections are listed since a day, or for a party",
                  filter.since ? "since" : "party");
  if (kind == "parties") return list_kind<PartyRecord>(source, page, listings::party);
  if (kind == "needs") return list_kind<NeedRecord>(source, page, listings::need);
  if (kind == "pledges") return list_kind<PledgeRecord>(source, page, listings::pledge);
  if (kind == "commitments") return list_kind<CommitmentRecord>(source, page, listings::commitment);
  if (kind == "allocations") return list_kind<AllocationRecord>(source, page, listings::allocation);
  if (kind == "deliveries") return list_kind<ConsignmentRecord>(source, page, listings::delivery);
  if (kind == "exceptions") return list_kind<ExceptionRecord>(source, page, listings::exception);
  return refuse(Code::not_found, "there is no listing of " + std::string(kind));
}

Result<json::object> trail_of(const QuerySource& source, const PartyId& party, const Page& page) {
  if (auto exists = check_party(source, party); !exists) return std::unexpected(exists.error());
  Records records(source.views);
  const listings::Lookup lookup{source};
  return list(source.views, trail_prefix(party), page,
              [&](BytesView name, BytesView value) -> std::optional<json::object> {
                const auto position = position_of_key(name);
                if (!position) return std::nullopt;
                const auto record = decode_record<TrailRecord>(value);
                json::object out;
                listings::add_place(lookup, out, *position);
                out["id"] = json_of(record.event);
                out["type"] = type_of(record.type);
                out["occurred"] = json_of(record.occurred);
                out["recorded"] = format_instant(record.recorded);
                listings::add_level(lookup, out, *position);
                out["effect"] = json_of(record.effect);
                json::array signers;
                for (const PublicKey& key : record.signers) {
                  const auto* known = records.find<KeyRecord>(key_name(key));
                  signers.push_back(json_of(known != nullptr && known->owner ? known->owner->value()
                                                                             : key_name(key)));
                }
                out["signers"] = std::move(signers);
                return out;
              });
}

Result<json::array> ladder_of(const QuerySource& source, const PartyId& party) {
  if (auto exists = check_party(source, party); !exists) return std::unexpected(exists.error());
  json::array out;
  for (const LadderRow& row : make_ladder(source.views, party, Parts::left_out).rows)
    out.push_back(ladder_row(row));
  return out;
}

Result<json::array> ladder_in(const QuerySource& source, const PartyId& party,
                              std::string_view currency, std::optional<Day> until) {
  if (auto exists = check_party(source, party); !exists) return std::unexpected(exists.error());
  const auto into = parse_currency(currency);
  if (!into) return refuse(Code::invalid_value, into.error().detail, "in");
  const auto rows =
      convert_ladder(source.views, make_ladder(source.views, party, Parts::left_out), *into, until);
  if (!rows) return std::unexpected(rows.error());
  json::array out;
  for (const ConvertedRow& row : *rows) {
    json::object item = ladder_row(row.total);
    json::array rates;
    for (const UsedRate& rate : row.rates)
      rates.push_back(json::object{{"base", json_of(rate.base)},
                                   {"quote", json_of(rate.quote)},
                                   {"rate", rate.rate.value()},
                                   {"date", format_day(rate.date)},
                                   {"source", rate.source}});
    item["rates"] = std::move(rates);
    out.push_back(std::move(item));
  }
  return out;
}

Result<json::array> ladder_events(const QuerySource& source, const PartyId& party,
                                  std::string_view figure) {
  if (auto exists = check_party(source, party); !exists) return std::unexpected(exists.error());
  const auto& figures = figures_with_events();
  const auto wanted =
      std::ranges::find(figures, figure, [](const LadderFigure& one) { return spell(one); });
  if (wanted == figures.end() && unspell<Loss>(figure))
    return refuse(Code::not_found,
                  std::string(figure) + " is what is left between two rungs: see their events",
                  "figure");
  if (wanted == figures.end())
    return refuse(Code::not_found, "there is no figure " + std::string(figure), "figure");
  const listings::Lookup lookup{source};
  json::array out;
  for (const LadderPart& part : make_ladder(source.views, party, Parts::told).parts) {
    if (part.figure != *wanted) continue;
    json::object item{{"year", json_of(part.year)},
                      {"currency", json_of(part.currency)},
                      {"amount", format_amount(AmountMinor(part.minor), part.currency)}};
    listings::add_place(lookup, item, part.position);
    item["id"] = json_of(part.event);
    const auto event = read_record<EventRecord>(source.views, event_name(part.event));
    item["type"] = type_of(event ? event->type : std::uint8_t{0});
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace tallinn
