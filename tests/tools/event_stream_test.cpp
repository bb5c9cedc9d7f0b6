#include "tools/event_stream.h"

#include <doctest/doctest.h>

#include <vector>

using namespace tallinn;

namespace {

std::vector<std::string> events_of(std::string_view text, std::size_t step) {
  EventStream stream;
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at += step)
    REQUIRE(stream.read(text.substr(at, step), [&](const ServerSentEvent& event) {
      out.push_back(event.type + "|" + event.id + "|" + event.data);
    }));
  return out;
}

}  // namespace

TEST_CASE("event streams are read as WHATWG HTML gives examples, in whatever parts they come") {
  using Lines = std::vector<std::string>;
  const struct {
    std::string_view text;
    Lines events;
  } cases[] = {
      {"data: YHOO\ndata: +2\ndata: 10\n\n", {"message||YHOO\n+2\n10"}},
      {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
       "event\n\n",
       {"message|1|first event", "message||second event", "message|| third event"}},
      {"data\n\ndata\ndata\n\ndata:", {"message||", "message||\n"}},
      {"data:test\n\ndata: test\n\n", {"message||test", "message||test"}},
      {"event: add\r\ndata: 1\r\n\r\nevent: remove\rdata: 2\r\r", {"add||1", "remove||2"}},
      {"id: 7\n\ndata: kept\n\n", {"message|7|kept"}},
      {"event: none\n\ndata: x\nretry: 5\nother: y\n\n", {"message||x"}},
  };
  for (const auto& [text, events] : cases)
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
      CAPTURE(text);
      CAPTURE(step);
      CHECK(events_of(text, step) == events);
    }
}

TEST_CASE("an event that does not end is refused before it fills the memory") {
  EventStream stream;
  const std::string line = "data: " + std::string(1'000, 'x') + "\n";
  std::size_t lines = 0;
  while (lines < 5'000 && stream.read(line, [](const ServerSentEvent&) {})) ++lines;
  CHECK(lines > 1'000);
  CHECK(lines < 1'100);
}
