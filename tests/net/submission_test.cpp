#include "net/submission.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

Event sample_event() {
  Event event;
  event.id.bytes = {1, 147, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1};
  event.author = PartyId("EE");
  event.occurred = *parse_when("2024-12-11");
  event.body = PartyWithdrawn{};
  return event;
}

Submission sample(std::size_t signatures, std::size_t values) {
  Submission out;
  out.event = encode_event(sample_event());
  for (std::size_t i = 0; i < signatures; ++i) {
    EventSignature signature;
    signature.key.bytes[0] = static_cast<std::uint8_t>(i + 1);
    signature.signature.bytes[63] = static_cast<std::uint8_t>(i);
    out.signatures.push_back(signature);
  }
  for (std::size_t i = 0; i < values; ++i) {
    WithheldValue value;
    value.event = sample_event().id;
    value.field = Name("field" + std::to_string(i));
    value.value = std::string(i * 100, 'v');
    out.values.push_back(value);
  }
  return out;
}

}  // namespace

TEST_CASE("a submission reads back as it was, with the event's id in its values") {
  for (const auto& [signatures, values] : {std::pair{0, 0}, {1, 0}, {3, 2}, {32, 1}}) {
    const auto submission =
        sample(static_cast<std::size_t>(signatures), static_cast<std::size_t>(values));
    const auto back = decode_submission(encode_submission(submission));
    REQUIRE(back);
    CHECK(back->event == submission.event);
    CHECK(back->signatures == submission.signatures);
    CHECK(back->values == submission.values);
  }
}

TEST_CASE("every truncation of a submission is refused, but where it is a shorter submission") {
  const auto whole = encode_submission(sample(2, 1));
  const auto without_value = encode_submission(sample(2, 0)).size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const auto cut = decode_submission(BytesView(whole).substr(0, size));
    CHECK(cut.has_value() == (size == without_value));
    if (!cut) CHECK(cut.error().code == Code::malformed);
  }
}

TEST_CASE("a submission out of its bounds is refused") {
  auto unordered = sample(2, 0);
  std::swap(unordered.signatures[0], unordered.signatures[1]);
  CHECK_FALSE(decode_submission(encode_submission(unordered)));
  auto twice = sample(2, 0);
  twice.signatures[1] = twice.signatures[0];
  CHECK_FALSE(decode_submission(encode_submission(twice)));
  CHECK_FALSE(decode_submission(encode_submission(sample(33, 0))));
  auto long_event = sample(1, 0);
  long_event.event.assign(60'001, 'x');
  CHECK_FALSE(decode_submission(encode_submission(long_event)));
  auto no_event = sample(1, 0);
  no_event.event.clear();
  CHECK_FALSE(decode_submission(encode_submission(no_event)));
  auto long_value = sample(1, 1);
  long_value.values[0].value.assign(16'385, 'x');
  CHECK_FALSE(decode_submission(encode_submission(long_value)));
  auto no_field = sample(1, 1);
  no_field.values[0].field = Name("");
  CHECK_FALSE(decode_submission(encode_submission(no_field)));
}
