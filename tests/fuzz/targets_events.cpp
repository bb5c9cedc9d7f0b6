// Events and entries: FlatBuffers and JSON.
#include <array>

#include "events/entry.h"
#include "events/json.h"
#include "events/uuid.h"
#include "ledger/store_notes.h"
#include "tests/fuzz/target.h"
#include "tests/projections/scribe.h"

namespace tallinn::fuzz {
namespace {

using namespace tallinn::test;

Scribe& recorded() {
  static Scribe scribe = [] {
    Scribe made;
    made.record_all(public_record());
    return made;
  }();
  return scribe;
}

std::vector<Bytes> entries() {
  std::vector<Bytes> out;
  for (const OrderedEntry& entry : recorded().ordered()) out.push_back(encode_entry(entry.entry));
  return out;
}

std::vector<Bytes> events() {
  std::vector<Bytes> out;
  for (const OrderedEntry& entry : recorded().ordered()) out.push_back(entry.entry.event);
  return out;
}

std::vector<Bytes> lines() {
  const auto record = public_record();
  return {record.begin(), record.end()};
}

void run_event(BytesView bytes) {
  check_written_again(bytes, decode_event(bytes), encode_event);
  static_cast<void>(decode_event_header(bytes));
}

void run_entry(BytesView bytes) {
  const auto entry = decode_entry(bytes);
  check_written_again(bytes, entry, encode_entry);
  if (entry) run_event(entry->event);
  static_cast<void>(make_ordered(bytes, LogIndex(3)));
}

/// What is taken as JSON has one canonical form, which is taken again as the same event.
void run_event_json(BytesView bytes) {
  const KeyLookup keys = [](const PartyId&) { return test_key("EE").public_key(); };
  auto draft = parse_event_json(bytes, keys);
  if (!draft || !draft->withhold.empty()) return;
  if (!draft->id)
    draft->event.id = make_uuid(UnixMillis(1'700'000'000'000), std::array<std::uint8_t, 10>{});
  const auto again = parse_event_json(event_to_json(draft->event), keys);
  TALLINN_ASSERT(again.has_value());
  TALLINN_ASSERT(encode_event(again->event) == encode_event(draft->event));
}

constexpr std::array kEventsTargets{Target{"event", events, run_event},
                                    Target{"entry", entries, run_entry},
                                    Target{"event_json", lines, run_event_json}};

}  // namespace

std::span<const Target> event_targets() {
  return kEventsTargets;
}

}  // namespace tallinn::fuzz
