// The canonical encoding: one event has exactly one byte string, and everything else is refused.
#include "events/event.h"

#include <doctest/doctest.h>

#include <cstring>

#include "events/entry.h"
#include "events/entry_generated.h"
#include "events/json.h"
#include "tests/support/files.h"

namespace tallinn {
namespace {

Event sample() {
  const auto draft = parse_event_json(
      R"({"id":"018e3f68-8c00-7fbf-87e2-0416d53ca8f5","type":"NeedEndorsed","author":"EE","occurred":"2024-03-15",)"
      R"("note":{"en":"Illustrative"},"body":{"need":"UA-2024-01","priority":1}})",
      nullptr);
  REQUIRE(draft.has_value());
  return draft->event;
}

Entry sample_entry() {
  const SigningKey key(std::array<std::uint8_t, 32>{1});
  const Bytes event = encode_event(sample());
  return {.log = {OfficeNumber(1), Epoch(1)},
          .lamport = Lamport(7),
          .seen = {{{OfficeNumber(0), Epoch(1)}, LogSize(3)}},
          .recorded = UnixMillis(1'700'000'000'000),
          .event = event,
          .signatures = {sign_event(key, LedgerId{}, event)}};
}

}  // namespace

TEST_CASE("every flipped bit of an event is refused or is another event") {
  const Bytes bytes = encode_event(sample());
  const Event original = *decode_event(bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto decoded = decode_event(changed);
      if (decoded) CHECK_FALSE(*decoded == original);
    }
  }
}

TEST_CASE("trailing bytes, truncation and the empty string are refused") {
  const Bytes bytes = encode_event(sample());
  CHECK_FALSE(decode_event(bytes + std::string(1, '\0')).has_value());
  CHECK_FALSE(decode_event(bytes + std::string(8, '\0')).has_value());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_event(bytes.substr(0, size)).has_value());
  CHECK_FALSE(decode_event(Bytes(kMaxEventBytes + 1, 'x')).has_value());
}

TEST_CASE("type names follow the union and lead back to it") {
  CHECK(type_names().size() == 46);
  CHECK(type_names()[7] == "NeedRegistered");
  for (std::size_t i = 0; i < type_names().size(); ++i)
    CHECK(body_of_type(type_names()[i])->index() == i);
  CHECK_FALSE(body_of_type("Nonsense").has_value());
}

TEST_CASE("an entry comes back as it was and no flipped bit gives the same entry") {
  const Entry entry = sample_entry();
  const Bytes bytes = encode_entry(entry);
  const auto decoded = decode_entry(bytes);
  REQUIRE_MESSAGE(decoded.has_value(), decoded.error().detail);
  CHECK(*decoded == entry);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const auto other = decode_entry(changed);
    if (other) CHECK_FALSE(*other == entry);
  }
}

TEST_CASE("a list of an entry that lies unaligned is refused before it is read") {
  const Bytes bytes = encode_entry(sample_entry());
  const auto aligned = [](BytesView from) {
    std::vector<std::uint64_t> out(from.size() / 8 + 1);
    std::memcpy(out.data(), from.data(), from.size());
    return out;
  };
  const auto whole = aligned(bytes);
  const auto* base = reinterpret_cast<const std::uint8_t*>(whole.data());
  const auto* field = reinterpret_cast<const flatbuffers::Table*>(fbs::GetEntry(base))
                          ->GetAddressOf(fbs::Entry::VT_SEEN);
  const auto at = static_cast<std::size_t>(field - base);
  const auto offset = flatbuffers::ReadScalar<std::uint32_t>(field);
  for (const std::uint32_t moved_to : {offset - 4, offset + 4}) {
    Bytes moved = bytes;
    flatbuffers::WriteScalar(moved.data() + at, moved_to);
    flatbuffers::WriteScalar(moved.data() + at + moved_to, std::uint32_t{1});
    const auto copy = aligned(moved);
    flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(copy.data()), moved.size(),
                                   2, 2);
    REQUIRE(fbs::VerifyEntryBuffer(verifier));  // which does not look at that
    const auto refused = decode_entry(moved);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().detail == "not an encoded entry");
  }
}

TEST_CASE("an entry with lists out of order is refused") {
  Entry own_seen = sample_entry();
  own_seen.seen[0].log.office = own_seen.log.office;
  CHECK_FALSE(decode_entry(encode_entry(own_seen)).has_value());
  Entry twice = sample_entry();
  twice.signatures.push_back(twice.signatures[0]);
  CHECK_FALSE(decode_entry(encode_entry(twice)).has_value());
}

TEST_CASE("the causal past of an entry is its own log before it and what it has seen") {
  const Entry entry = sample_entry();
  const auto place = [](std::uint16_t office, std::uint32_t epoch, std::uint64_t index) {
    return Place{{OfficeNumber(office), Epoch(epoch)}, LogIndex(index)};
  };
  CHECK(in_causal_past(place(1, 1, 4), entry, LogIndex(5)));
  CHECK_FALSE(in_causal_past(place(1, 1, 5), entry, LogIndex(5)));
  CHECK(in_causal_past(place(0, 1, 2), entry, LogIndex(5)));
  CHECK_FALSE(in_causal_past(place(0, 1, 3), entry, LogIndex(5)));
  CHECK_FALSE(in_causal_past(place(0, 2, 0), entry, LogIndex(5)));
  CHECK_FALSE(in_causal_past(place(2, 1, 0), entry, LogIndex(5)));
}

TEST_CASE("a signature holds for its own ledger, key and bytes only") {
  const SigningKey key(std::array<std::uint8_t, 32>{1});
  LedgerId other;
  other.bytes[0] = 1;
  const EventSignature signature = sign_event(key, LedgerId{}, "event");
  CHECK(check_event_signature(signature, LedgerId{}, "event"));
  CHECK_FALSE(check_event_signature(signature, other, "event"));
  CHECK_FALSE(check_event_signature(signature, LedgerId{}, "evenT"));
  EventSignature stranger = signature;
  stranger.key = SigningKey(std::array<std::uint8_t, 32>{2}).public_key();
  CHECK_FALSE(check_event_signature(stranger, LedgerId{}, "event"));
  CHECK_FALSE(valid_public_key(PublicKey{}));  // the identity has small order
}

}  // namespace tallinn
