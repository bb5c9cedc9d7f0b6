#include <doctest/doctest.h>

#include "tests/net/office.h"

using namespace tallinn;
using test::header;
using test::Office;

TEST_CASE("checkpoint, tiles and entry bundles are one log to a third party") {
  Office office;
  REQUIRE(office.record(12) == 12);
  const std::string log = "/log/warsaw/1/";
  const auto checkpoint = office.get(log + "checkpoint");
  REQUIRE(checkpoint.status == 200);
  CHECK(checkpoint.content_type == "text/plain; charset=utf-8");
  const auto note = parse_note(checkpoint.body);
  REQUIRE(note);
  const std::array known{office.charter.offices[1].log};
  CHECK(verify_note(*note, known)->size() == 1);
  const auto head = *parse_checkpoint(note->text);
  REQUIRE(head.size == LogSize(12));
  const auto tile = office.get(log + "tile/0/000.p/12");
  REQUIRE(tile.status == 200);
  CHECK(tile.content_type == "application/octet-stream");
  CHECK(header(tile, "Cache-Control") == "public, max-age=31536000, immutable");
  const auto bundle = office.get(log + "tile/entries/000.p/12");
  REQUIRE(bundle.status == 200);
  const auto entries = decode_entry_bundle(bundle.body, 12);
  REQUIRE(entries);
  Frontier frontier;
  for (const BytesView entry : *entries) frontier.append(leaf_hash(entry));
  CHECK(frontier.root() == head.root);
  const auto hashes = decode_tile(tile.body, 12);
  REQUIRE(hashes);
  for (std::size_t i = 0; i < 12; ++i) CHECK((*hashes)[i] == leaf_hash((*entries)[i]));
  CHECK(office.get(log + "tile/0/000.p/5").body == tile.body.substr(0, 5 * 32));
  for (const char* wrong :
       {"tile/0/000", "tile/0/000.p/13", "tile/0/000.p/0", "tile/0/0", "tile/0/000.p/012",
        "tile/1/000.p/1", "tile/entries/001.p/1", "tile/0/%30%30%30.p/12", "tile/0/000.p/12/",
        "tile/-1/000.p/1", "tile"}) {
    CAPTURE(wrong);
    CHECK(office.get(log + wrong).status == 404);
  }
  CHECK(office.get("/log/warsaw/2/checkpoint").status == 404);
  CHECK(office.get("/log/warsaw/01/checkpoint").status == 404);
  CHECK(office.get("/log/nowhere/1/checkpoint").status == 404);
  CHECK(office.get("/log/kyiv/1/checkpoint").status == 404);
}

TEST_CASE(
    "tiles and checkpoints are served with types, tags and caching that fit, whole or in part") {
  Office office;
  REQUIRE(office.record(12) == 12);
  const auto ask = [&](std::string target, std::pair<std::string, std::string> asked,
                       std::string method = "GET") {
    HttpRequest request{.method = std::move(method), .target = std::move(target)};
    request.headers = {std::move(asked)};
    return office.ask(std::move(request));
  };
  for (const std::string target : {"/log/warsaw/1/checkpoint", "/log/warsaw/1/tile/0/000.p/12",
                                   "/log/warsaw/1/tile/entries/000.p/12"}) {
    CAPTURE(target);
    const auto whole = office.get(target);
    REQUIRE(whole.status == 200);
    const std::string tag = header(whole, "ETag");
    CHECK(tag.size() == 26);
    CHECK(office.get(target).body == whole.body);  // from the store, then from the cache
    CHECK(header(office.get(target), "ETag") == tag);
    CHECK(ask(target, {"if-none-match", tag}).status == 304);
    CHECK(ask(target, {"if-none-match", "\"other\""}).status == 200);
    const auto part = ask(target, {"range", "bytes=5-14"});
    CHECK(part.status == 206);
    CHECK(part.body == whole.body.substr(5, 10));
    CHECK(header(part, "Content-Range") == "bytes 5-14/" + std::to_string(whole.body.size()));
    CHECK(ask(target, {"range", "bytes=9999999-"}).status == 416);
    const auto head = ask(target, {"accept", "*/*"}, "HEAD");
    CHECK(head.status == 200);
    CHECK(head.body.size() == whole.body.size());  // for Content-Length; the server leaves it out
    const bool mutable_one = target.ends_with("checkpoint");
    CHECK(header(whole, "Cache-Control") ==
          (mutable_one ? "no-cache" : "public, max-age=31536000, immutable"));
  }
  const std::string bundle = "/log/warsaw/1/tile/entries/000.p/12";
  const auto plain = office.get(bundle);
  const auto small = ask(bundle, {"accept-encoding", "br, gzip"});
  CHECK(header(small, "Content-Encoding") == "gzip");
  CHECK(small.body.size() < plain.body.size());
  CHECK(header(small, "ETag") != header(plain, "ETag"));
  CHECK(header(small, "Vary") == "Accept-Encoding");
  CHECK(header(plain, "Vary") == "Accept-Encoding");
  CHECK(header(plain, "Content-Encoding") == "");
  const auto tile = ask("/log/warsaw/1/tile/0/000.p/12", {"accept-encoding", "gzip"});
  CHECK(header(tile, "Content-Encoding") == "");
}

TEST_CASE("a tile that is asked for again is the same bytes in memory, unless a part is wanted") {
  Office office;
  REQUIRE(office.record(12) == 12);
  const auto ask = [&](std::vector<std::pair<std::string, std::string>> headers) {
    std::optional<HttpAnswer> answer;
    office.routes->handle(
        {.method = "GET", .target = "/log/warsaw/1/tile/0/000.p/12", .headers = std::move(headers)},
        [&](const HttpAnswer& given) { answer = given; });
    REQUIRE(answer);
    return *answer;
  };
  const auto first = ask({});
  CHECK(first.response->status == 200);
  CHECK(first.date == "Fri, 15 Jan 2027 08:00:00 GMT");
  CHECK(ask({}).response == first.response);
  CHECK(ask({{"accept", "*/*"}}).response == first.response);
  CHECK(ask({{"range", "bytes=0-31"}}).response->body == first.response->body.substr(0, 32));
  const std::string tag = header(*first.response, "ETag");
  CHECK(ask({{"if-match", "\"other\""}}).response->status == 412);
  CHECK(ask({{"if-none-match", tag}}).response->status == 304);
  office.now_ms += 1'000;
  CHECK(ask({{"if-none-match", tag}}).date == "Fri, 15 Jan 2027 08:00:01 GMT");
  CHECK(ask({}).response == first.response);
}

TEST_CASE("every partial tile of every size is served, and none that no size has") {
  Office office;
  REQUIRE(office.record(10) == 10);
  const auto whole = office.get("/log/warsaw/1/tile/0/000.p/10").body;
  for (std::uint32_t width = 0; width <= 256; ++width) {
    CAPTURE(width);
    const std::string suffix = "000.p/" + std::to_string(width);
    const auto tile = office.get("/log/warsaw/1/tile/0/" + suffix);
    CHECK(tile.status == (width >= 1 && width <= 10 ? 200 : 404));
    CHECK(office.get("/log/warsaw/1/tile/entries/" + suffix).status == tile.status);
    if (tile.status == 200) CHECK(tile.body == whole.substr(0, width * 32));
  }
}
