#include "net/http_date.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE("a date has the one format that HTTP writes, and changes with the second in either way") {
  HttpDate date;
  CHECK(date.text(UnixMillis(784'111'777'999)) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110
  CHECK(date.text(UnixMillis(784'111'778'000)) == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK(date.text(UnixMillis(784'111'777'000)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(HttpDate().text(UnixMillis(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
