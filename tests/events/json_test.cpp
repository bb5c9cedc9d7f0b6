// The JSON text of events: what is written comes back, and each kind of bad text is refused with
// code and field.
#include "events/json.h"

#include <doctest/doctest.h>

#include "tests/support/files.h"

namespace tallinn {
namespace {

std::optional<PublicKey> any_key(const PartyId& party) {
  std::array<std::uint8_t, 32> seed{};
  std::copy(party.value().begin(), party.value().end(), seed.begin());
  return SigningKey(seed).public_key();
}

const std::string kPledge =
    R"({"id":"018c8485-a400-79b6-a9cf-11eefa6e05f5","type":"PledgeAnnounced","author":"EE","occurred":"2023-12-20",)"
    R"("body":{"pledge":"EE-2024","donor":"EE","year":2024,"value":{"amount":"500000.00","currency":"EUR"},)"
    R"("purpose":"Support","source":{"title":"MFA"}}})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("every event of the public record survives JSON, bytes and JSON again") {
  const auto lines = test::public_record();
  CHECK(lines.size() == 76);
  for (const std::string& line : lines) {
    CAPTURE(line);
    auto draft = parse_event_json(line, any_key);
    REQUIRE_MESSAGE(draft.has_value(), draft.error().detail);
    const SealedDraft sealed =
        seal_draft(*draft, Uuid{}, SigningKey(std::array<std::uint8_t, 32>{}));
    const Bytes bytes = encode_event(sealed.event);
    const auto decoded = decode_event(bytes);
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().detail);
    CHECK(*decoded == sealed.event);
    const auto again = parse_event_json(event_to_json(*decoded), any_key);
    REQUIRE_MESSAGE(again.has_value(), again.error().detail);
    CHECK(again->event == sealed.event);
    CHECK(check_values(*decoded, UnixMillis(1'800'000'000'000)).has_value());
    for (const WithheldValue& value : sealed.values)
      CHECK(check_withheld(sealed.event, value).has_value());
  }
}

TEST_CASE("a pledge prints exactly as it was written") {
  const auto draft = parse_event_json(kPledge, nullptr);
  REQUIRE(draft.has_value());
  CHECK(event_to_json(draft->event) == kPledge);
}

TEST_CASE("bad text is refused with code and field") {
  struct Row {
    const char* from;
    const char* to;
    Code code;
    const char* field;
  };
  const Row rows[] = {
      {"{\"id\"", "[\"id\"", Code::malformed, ""},
      {"PledgeAnnounced", "PledgeDreamt", Code::malformed, "type"},
      {"\"pledge\":\"EE-2024\",", "", Code::malformed, "body.pledge"},
      {"500000.00", "1.005", Code::invalid_value, "body.value.amount"},
      {"500000.00", "1e5", Code::invalid_value, "body.value.amount"},
      {"\"EUR\"", "\"EUX\"", Code::invalid_value, "body.value.currency"},
      {"\"Support\"", "\"\\u0007\"", Code::malformed, "body.purpose"},
      {"\"Support\"", "\"e\\u0301\"", Code::malformed, "body.purpose"},  // not NFC
      {"\"Support\"", "\"\xff\xfe\"", Code::malformed, ""},              // not UTF-8
      {"\"Support\"", "7", Code::malformed, "body.purpose"},
      {"2024,", "2024.5,", Code::malformed, "body.year"},
      {"2024,", "70000,", Code::malformed, "body.year"},
      {"2023-12-20", "2023-13-20", Code::malformed, "occurred"},
      {"\"purpose\"", "\"porpoise\"", Code::malformed, "body.purpose"},
      {"\"body\":{", "\"body\":{\"extra\":1,", Code::malformed, "body.extra"},
      {"\"author\"", "\"autor\"", Code::malformed, "autor"},
      {"018c8485", "018C8485", Code::malformed, "id"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.to);
    const auto draft = parse_event_json(replaced(kPledge, row.from, row.to), nullptr);
    REQUIRE_FALSE(draft.has_value());
    CHECK(draft.error().code == row.code);
    CHECK(draft.error().field == row.field);
    CHECK_FALSE(draft.error().detail.empty());
  }
}

TEST_CASE("values beyond their bounds are refused with their field") {
  struct Row {
    const char* from;
    std::string to;
    const char* field;
  };
  const Row rows[] = {
      {"500000.00", "-5.00", "body.value.amount"},
      {"500000.00", "0.00", "body.value.amount"},
      {"Support", std::string(4001, 'x'), "body.purpose"},
      {"Support", "", "body.purpose"},
      {"\"year\":2024", "\"year\":1999", "body.year"},
      {"2023-12-20", "2199-12-20", "occurred"},
      {"\"author\":\"EE\"", "\"author\":\"ee\"", "author"},
      {"\"pledge\":\"EE-2024\"", "\"pledge\":\"EE/2024\"", "body.pledge"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.field);
    const auto draft = parse_event_json(replaced(kPledge, row.from, row.to), nullptr);
    REQUIRE(draft.has_value());
    const auto checked = check_values(draft->event, UnixMillis(1'800'000'000'000));
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code == Code::invalid_value);
    CHECK(checked.error().field == row.field);
  }
}

}  // namespace tallinn
