// A LedgerReader over a data directory on this machine.
#include <boost/json.hpp>

#include "events/uuid.h"
#include "ledger/text_lines.h"
#include "net/earlier_views.h"
#include "net/event_json.h"
#include "net/head.h"
#include "net/stored_bundle.h"
#include "projections/queries.h"
#include "tools/ledger_reader.h"
#include "tools/local_store.h"
#include "tools/shell.h"

namespace tallinn {

namespace {

namespace json = boost::json;

class DataReader final : public LedgerReader {
 public:
  explicit DataReader(DataAtRest data) : data_(std::move(data)) {}

  /// From now on reports stand there.
  Result<void> stand_at(const Standpoint& standpoint) {
    if (standpoint.is_now()) return {};
    as_of_ = standpoint.as_of;
    auto view = EarlierViews(data_.charter).at(*data_.head, standpoint);
    if (!view) return std::unexpected(view.error());
    earlier_ = *std::move(view);
    return {};
  }

  Result<Report> list(std::string_view kind) override {
    return all_pages([&](const QuerySource& source, const Page& page) {
      return list_records(source, kind, page);
    });
  }
  Result<Report> corrections(std::string_view since, std::string_view party) override {
    const auto filter = parse_correction_filter(since, party);
    if (!filter) return std::unexpected(filter.error());
    return all_pages([&](const QuerySource& source, const Page& page) {
      return list_records(source, "corrections", page, *filter);
    });
  }
  Result<Report> trail(const PartyId& party) override {
    return all_pages(
        [&](const QuerySource& source, const Page& page) { return trail_of(source, party, page); });
  }
  Result<Report> ladder(const PartyId& party) override {
    return report(ask([&](const QuerySource& source) { return ladder_of(source, party); }));
  }
  Result<Report> ladder_in(const PartyId& party, std::string_view currency) override {
    return report(ask([&](const QuerySource& source) {
      return tallinn::ladder_in(source, party, currency, as_of_);
    }));
  }
  Result<Report> ladder_events(const PartyId& party, std::string_view figure) override {
    return report(ask(
        [&](const QuerySource& source) { return tallinn::ladder_events(source, party, figure); }));
  }
  Result<json::object> event(std::string_view name) override {
    const auto place = place_named(name);
    if (!place) return std::unexpected(place.error());
    auto event = event_json(*data_.head, data_.charter, *place);
    if (!event) return std::unexpected(error_from(event.error()));
    return *std::move(event);
  }
  Result<std::string> bundle(const PartyId& party) override {
    auto bundle = make_stored_bundle(*data_.head, data_.charter, party);
    if (!bundle) return std::unexpected(error_from(bundle.error()));
    return *std::move(bundle);
  }

 private:
  /// A broken store is told instead of what was computed from it.
  template <class Query>
  auto ask(Query query) -> decltype(query(std::declval<const QuerySource&>())) {
    StoredViews views(earlier_ ? earlier_->scratch->store() : *data_.head->snapshot);
    const QuerySource source{
        .views = views, .levels = earlier_ ? nullptr : data_.head.get(), .charter = data_.charter};
    auto answer = query(source);
    if (views.fault()) return std::unexpected(error_from(*views.fault()));
    return answer;
  }

  Result<Report> report(Result<json::array> items) const {
    if (!items) return std::unexpected(items.error());
    return Report{
        .items = *std::move(items),
        .sizes = format_sizes(earlier_ ? earlier_->known : data_.head->held, data_.charter)};
  }

  template <class Query>
  Result<Report> all_pages(Query query) {
    json::array items;
    Page page;
    for (;;) {
      auto answer = ask([&](const QuerySource& source) { return query(source, page); });
      if (!answer) return std::unexpected(answer.error());
      const json::array& more = answer->at("items").as_array();
      items.insert(items.end(), more.begin(), more.end());
      const json::value* next = answer->if_contains("next");
      if (next == nullptr) return report(std::move(items));
      page.cursor = std::string(next->as_string());
    }
  }

  /// "<office>/<epoch>/<index>" or an event id.
  Result<Place> place_named(std::string_view name) {
    if (const auto id = parse_uuid(name)) {
      auto place = place_of_event(*data_.head, *id);
      if (!place) return std::unexpected(error_from(place.error()));
      return *std::move(place);
    }
    const std::size_t slash = name.rfind('/');
    const auto index = parse_decimal(name.substr(std::min(slash, name.size() - 1) + 1));
    const auto log =
        data_.charter.parse_origin(data_.charter.ledger + "/" + std::string(name.substr(0, slash)));
    if (!index || !log || *index >= data_.head->held_of(*log).value())
      return refuse(Code::not_found, "the log has no entry there, as far as this data holds it");
    return Place{.log = *log, .index = LogIndex(*index)};
  }

  DataAtRest data_;
  std::optional<Day> as_of_;
  std::shared_ptr<const EarlierView> earlier_;
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_data_reader(const ReaderOptions& options) {
  auto data = read_data(options.data);
  if (!data) return std::unexpected(data.error());
  const auto standpoint = parse_standpoint(options.as_of, options.known_on, data->charter);
  if (!standpoint) return std::unexpected(standpoint.error());
  auto reader = std::make_unique<DataReader>(*std::move(data));
  if (auto stands = reader->stand_at(*standpoint); !stands) return std::unexpected(stands.error());
  return reader;
}

}  // namespace tallinn
