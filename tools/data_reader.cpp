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
#include "tools/shell.h"

namespace tallinn {

namespace {

namespace json = boost::json;

class DataReader final : public LedgerReader {
 public:
  DataReader(std::unique_ptr<Store> store, Charter charter, std::shared_ptr<Head> head)
      : store_(std::move(store)), charter_(std::move(charter)), head_(std::move(head)) {}

  /// From now on reports stand there.
  Result<void> stand_at(const Standpoint& standpoint) {
    if (standpoint.is_now()) return {};
    as_of_ = standpoint.as_of;
    auto view = EarlierViews(charter_).at(*head_, standpoint);
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
  Result<Report> ladder_events(const PartyId& party, std::string_view rung) override {
    return report(ask(
        [&](const QuerySource& source) { return tallinn::ladder_events(source, party, rung); }));
  }
  Result<json::object> event(std::string_view name) override {
    const auto place = place_named(name);
    if (!place) return std::unexpected(place.error());
    auto event = event_json(*head_, charter_, *place);
    if (!event) return std::unexpected(error_from(event.error()));
    return *std::move(event);
  }
  Result<std::string> bundle(const PartyId& party) override {
    auto bundle = make_stored_bundle(*head_, charter_, party);
    if (!bundle) return std::unexpected(error_from(bundle.error()));
    return *std::move(bundle);
  }

 private:
  /// A broken store is told instead of what was computed from it.
  template <class Query>
  auto ask(Query query) -> decltype(query(std::declval<const QuerySource&>())) {
    StoredViews views(earlier_ ? earlier_->scratch->store() : *head_->snapshot);
    const QuerySource source{
        .views = views, .levels = earlier_ ? nullptr : head_.get(), .charter = charter_};
    auto answer = query(source);
    if (views.fault()) return std::unexpected(error_from(*views.fault()));
    return answer;
  }

  Result<Report> report(Result<json::array> items) const {
    if (!items) return std::unexpected(items.error());
    return Report{.items = *std::move(items),
                  .sizes = format_sizes(earlier_ ? earlier_->known : head_->held, charter_)};
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
      auto place = place_of_event(*head_, *id);
      if (!place) return std::unexpected(error_from(place.error()));
      return *std::move(place);
    }
    const std::size_t slash = name.rfind('/');
    const auto index = parse_decimal(name.substr(std::min(slash, name.size() - 1) + 1));
    const auto log =
        charter_.parse_origin(charter_.ledger + "/" + std::string(name.substr(0, slash)));
    if (!index || !log || *index >= head_->held_of(*log).value())
      return refuse(Code::not_found, "the log has no entry there, as far as this data holds it");
    return Place{.log = *log, .index = LogIndex(*index)};
  }

  std::unique_ptr<Store> store_;
  Charter charter_;
  std::shared_ptr<Head> head_;  // its snapshot goes before the store
  std::optional<Day> as_of_;
  std::shared_ptr<const EarlierView> earlier_;
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_data_reader(const ReaderOptions& options) {
  const auto path = find_store(options.data);
  if (!path) return std::unexpected(path.error());
  auto store = Store::open(*path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
  if (!store) return std::unexpected(error_from(store.error()));
  auto charter = charter_of_store(**store);
  if (!charter) return std::unexpected(charter.error());
  auto head = load_head(**store, *charter);
  if (!head) return std::unexpected(error_from(head.error()));
  const auto standpoint = parse_standpoint(options.as_of, options.known_on, *charter);
  if (!standpoint) return std::unexpected(standpoint.error());
  auto reader =
      std::make_unique<DataReader>(*std::move(store), *std::move(charter), *std::move(head));
  if (auto stands = reader->stand_at(*standpoint); !stands) return std::unexpected(stands.error());
  return reader;
}

}  // namespace tallinn
