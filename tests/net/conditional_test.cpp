#include "net/conditional.h"

#include <doctest/doctest.h>

#include "net/gzip.h"
#include "tests/net/office.h"

using namespace tallinn;
using test::header;

namespace {

HttpResponse letters() {
  HttpResponse full{.content_type = "application/octet-stream", .body = "abcdefghij"};
  full.headers = {{"ETag", "\"t1\""}, {"Cache-Control", "public"}, {"Vary", "Accept-Encoding"}};
  return full;
}

HttpResponse ask(std::vector<std::pair<std::string, std::string>> headers,
                 std::string method = "GET") {
  HttpRequest request{.method = std::move(method), .target = "/", .headers = std::move(headers)};
  return conditional(request, letters());
}

}  // namespace

TEST_CASE("one range of bytes is answered with these bytes, and what is no range with the whole") {
  struct Row {
    const char* range;
    unsigned status;
    const char* body;
    const char* content_range;
  };
  const Row rows[] = {
      {"bytes=0-3", 206, "abcd", "bytes 0-3/10"},
      {"bytes=9-9", 206, "j", "bytes 9-9/10"},
      {"bytes=4-", 206, "efghij", "bytes 4-9/10"},
      {"bytes=4-99", 206, "efghij", "bytes 4-9/10"},
      {"bytes=-3", 206, "hij", "bytes 7-9/10"},
      {"bytes=-99", 206, "abcdefghij", "bytes 0-9/10"},
      {"bytes=10-", 416, "", "bytes */10"},
      {"bytes=10-20", 416, "", "bytes */10"},
      {"bytes=-0", 416, "", "bytes */10"},
      {"bytes=3-1", 200, "abcdefghij", ""},
      {"bytes=0-1,3-4", 200, "abcdefghij", ""},
      {"bytes=x-1", 200, "abcdefghij", ""},
      {"bytes=-", 200, "abcdefghij", ""},
      {"bytes=1-2x", 200, "abcdefghij", ""},
      {"bytes=99999999999999999999-", 200, "abcdefghij", ""},
      {"lines=0-3", 200, "abcdefghij", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.range);
    const auto answer = ask({{"range", row.range}});
    CHECK(answer.status == row.status);
    if (row.status != 416) CHECK(answer.body == row.body);
    CHECK(header(answer, "Content-Range") == row.content_range);
    CHECK(header(answer, "ETag") == "\"t1\"");
    CHECK(header(answer, "Cache-Control") == "public");
  }
  CHECK(ask({{"range", "bytes=0-3"}}, "HEAD").status == 200);
}

TEST_CASE("a range holds only for the representation that the client has a part of") {
  CHECK(ask({{"range", "bytes=0-3"}, {"if-range", "\"t1\""}}).status == 206);
  CHECK(ask({{"range", "bytes=0-3"}, {"if-range", "\"t2\""}}).status == 200);
  CHECK(ask({{"range", "bytes=0-3"}, {"if-range", "W/\"t1\""}}).status == 200);
  CHECK(ask({{"range", "bytes=0-3"}, {"if-range", "Tue, 24 Nov 2026 10:00:00 GMT"}}).status == 200);
}

TEST_CASE("what a client has already is not sent again, under each spelling of its tag") {
  for (const char* known : {"\"t1\"", "*", "W/\"t1\"", "\"a\", \"t1\"", "\"a,b\",W/\"t1\" "}) {
    CAPTURE(known);
    const auto answer = ask({{"if-none-match", known}, {"range", "bytes=0-3"}});
    CHECK(answer.status == 304);
    CHECK(answer.body.empty());
    CHECK(header(answer, "ETag") == "\"t1\"");
    CHECK(header(answer, "Cache-Control") == "public");
    CHECK(header(answer, "Vary") == "Accept-Encoding");
  }
  for (const char* other : {"\"t\"", "t1", "\"t11\"", "\"x\\\"t1\"", "\"a,\"t1\"\"", ""}) {
    CAPTURE(other);
    CHECK(ask({{"if-none-match", other}}).status == 200);
  }
}

TEST_CASE("what must match is compared strongly: a weak tag matches nothing") {
  for (const char* same : {"\"t1\"", "*", "W/\"t1\", \"t1\""}) {
    CAPTURE(same);
    CHECK(ask({{"if-match", same}}).status == 200);
  }
  for (const char* other : {"\"t2\"", "W/\"t1\"", "W/\"t2\", W/\"t1\""}) {
    CAPTURE(other);
    CHECK(ask({{"if-match", other}}).status == 412);
  }
}

TEST_CASE("a coding is used only where it is asked for") {
  struct Row {
    const char* header;
    bool accepted;
  };
  const Row rows[] = {
      {"gzip", true},           {"GZip", true},
      {"br, gzip;q=0.5", true}, {"*", true},
      {"gzip;q=0.001", true},   {"", false},
      {"identity", false},      {"gzip;q=0", false},
      {"gzip; q=0.000", false}, {"*, gzip;q=0", false},
      {"*;q=0", false},         {"xgzip", false},
      {"gzip;q=0, *", false},   {"deflate, br", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.header);
    CHECK(accepts_coding(row.header, "gzip") == row.accepted);
  }
}

TEST_CASE("gzip gives the same bytes for the same input, and nothing where it would not help") {
  const std::string text(5'000, 'x');
  const auto small = gzipped(text);
  REQUIRE(small);
  CHECK(small->size() < 100);
  CHECK(static_cast<unsigned char>((*small)[0]) == 0x1f);
  CHECK(static_cast<unsigned char>((*small)[1]) == 0x8b);
  CHECK(gzipped(text) == small);
  CHECK(!gzipped("abc"));
  CHECK(!gzipped(""));
}
