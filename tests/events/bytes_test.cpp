// Hex and base64: one spelling per byte string.
#include "events/bytes.h"

#include <doctest/doctest.h>

namespace tallinn {

TEST_CASE("base64 accepts only the canonical padded spelling") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("foobar") == "Zm9vYmFy");  // RFC 4648 section 10
  CHECK(from_base64("Zg==") == Bytes("f"));
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Z===", "Zm9v!"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad).has_value());
  }
}

TEST_CASE("hex accepts only lower case and even length") {
  CHECK(to_hex(Bytes("\x00\xff", 2)) == "00ff");
  CHECK(from_hex("00ff") == Bytes("\x00\xff", 2));
  for (const char* bad : {"0", "0F", "0g", "00 ff"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_hex(bad).has_value());
  }
}

}  // namespace tallinn
