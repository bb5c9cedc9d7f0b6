#include "tools/benchmark/generated.h"

#include <algorithm>
#include <array>
#include <map>

#include "events/assert.h"
#include "ledger/keys.h"
#include "ledger/note.h"
#include "ledger/sha256.h"
#include "tools/generator/history.h"

namespace tallinn::bench {
namespace {

constexpr std::string_view kGeneratedLedger = "bench.example";
constexpr std::size_t kEntriesAtOnce = 8'192;  ///< entries written together
constexpr std::array kOffices{std::pair("kyiv", OfficeRole::front),
                              std::pair("warsaw", OfficeRole::back)};

Secret office_seed(std::string_view name) {
  return Secret(sha256(name).bytes);
}
OfficeKeys office_keys(std::string_view name) {
  return derive_office_keys(office_seed(name).seed());
}
LogId log_of(std::size_t office) {
  return {OfficeNumber(static_cast<std::uint16_t>(office)), Epoch(1)};
}

}  // namespace

Charter generated_charter() {
  std::vector<CharterOffice> offices;
  for (const auto& [name, role] : kOffices)
    offices.push_back(
        make_charter_office(kGeneratedLedger, name, role, public_keys(office_keys(name))));
  std::vector<CharterCoordinator> coordinators;
  for (const PartyId& party : generator::coordinators())
    coordinators.push_back({party, SigningKey(office_seed(party.value()).seed()).public_key()});
  const auto draft = make_charter(std::string(kGeneratedLedger), offices, coordinators, 2);
  TALLINN_ASSERT(draft.has_value());
  std::string note = format_charter_text(*draft);
  for (const PartyId& party : generator::coordinators())
    note = *sign_charter(note, party, SigningKey(office_seed(party.value()).seed()));
  return *parse_charter(note);
}

struct GeneratedLogs::Impl {
  Impl(Store& into, const Charter& of, std::uint64_t events)
      : store(into),
        charter(of),
        history({.seed = 1, .events = events},
                [this](const PartyId& party) { return key(party); }) {}

  PublicKey key(const PartyId& party) {
    const auto found = keys.find(party);
    if (found != keys.end()) return found->second;
    return keys.emplace(party, SigningKey(office_seed(party.value()).seed()).public_key())
        .first->second;
  }
  /// The next event as the office's next entry; both offices meet when the day is over.
  Entry next(std::optional<std::size_t> office) {
    const auto given = history.next();
    TALLINN_ASSERT(given.has_value() && given->draft.id.has_value());
    if (given->day != today && meeting)
      for (std::size_t n = 0; n < 2; ++n)
        seen[n] = {writers[1 - n].size(), lamports[1 - n].value_or(Lamport(0))};
    today = given->day;
    const std::size_t at = office.value_or(given->office == OfficeRole::front ? 0 : 1);
    Event event = given->draft.event;
    event.id = *given->draft.id;
    Entry entry{.log = log_of(at),
                .lamport = next_lamport(lamports[at], std::array{seen[at].lamport}),
                .seen = {},
                .recorded = UnixMillis(start_of(given->day).value() + 86'400'000),
                .event = encode_event(event),
                .signatures = {}};
    if (seen[at].size != LogSize(0)) entry.seen.push_back({log_of(1 - at), seen[at].size});
    for (const PartyId& party : given->draft.signers) entry.signatures.push_back({key(party), {}});
    std::ranges::sort(entry.signatures, {}, &EventSignature::key);
    id = event.id;
    return entry;
  }
  void append(const Entry& entry) {
    const std::size_t at = entry.log.office.value();
    writers[at].append(batch, encode_entry(entry), id, entry.event);
    lamports[at] = entry.lamport;
    if (++waiting >= kEntriesAtOnce) flush();
  }
  void flush() {
    TALLINN_ASSERT(store.commit(std::exchange(batch, Batch())).has_value());
    waiting = 0;
  }

  struct SeenOf {
    LogSize size;
    Lamport lamport;
  };
  Store& store;
  const Charter& charter;
  std::map<PartyId, PublicKey> keys;
  generator::History history;
  std::array<LogWriter, 2> writers{LogWriter(log_of(0), Frontier()),
                                   LogWriter(log_of(1), Frontier())};
  std::array<std::optional<Lamport>, 2> lamports;
  std::array<SeenOf, 2> seen{};
  Day today{0};
  bool meeting = true;
  Uuid id;
  Batch batch;
  std::size_t waiting = 0;
};

GeneratedLogs::GeneratedLogs(Store& store, const Charter& charter, std::uint64_t events)
    : impl_(std::make_unique<Impl>(store, charter, events)) {}
GeneratedLogs::~GeneratedLogs() = default;

void GeneratedLogs::write(std::uint64_t count, At at) {
  std::optional<std::size_t> office;
  if (at != At::their_office) office = at == At::kyiv ? 0 : 1;
  impl_->meeting = at == At::their_office;
  for (; count > 0; --count) impl_->append(impl_->next(office));
  impl_->flush();
}

PeerBatch GeneratedLogs::kyiv_alone() {
  const Entry entry = impl_->next(0);
  const Bytes bytes = encode_entry(entry);
  LogWriter& writer = impl_->writers[0];
  Batch unwritten;
  const LogIndex index(writer.size().value());
  writer.append(unwritten, bytes, impl_->id, entry.event);
  impl_->lamports[0] = entry.lamport;
  const std::string origin = impl_->charter.origin(entry.log);
  const std::string text = format_checkpoint({origin, writer.size(), writer.root()});
  return {.entries = {{entry.log, index, bytes}},
          .logs = {{entry.log,
                    writer.size(),
                    format_note({text, {sign_note(origin, office_keys("kyiv").log, text)}}),
                    {}}},
          .values = {}};
}

std::unique_ptr<Store> generated_store(const std::string& path, const Charter& charter,
                                       std::uint64_t events) {
  auto store = Store::open(path);
  TALLINN_ASSERT(store.has_value());
  GeneratedLogs(**store, charter, events).write(events, GeneratedLogs::At::their_office);
  return *std::move(store);
}

}  // namespace tallinn::bench
