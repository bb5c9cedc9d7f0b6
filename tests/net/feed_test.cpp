#include "net/feed.h"

#include <boost/json.hpp>

#include "tests/net/office.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

struct Told {
  std::string event;
  std::string at;
  boost::json::object data;
  std::string place() const {
    return std::string(data.at("origin").as_string()) + " " +
           std::to_string(data.at("index").to_number<std::uint64_t>());
  }
  std::string level() const { return std::string(data.at("level").as_string()); }
};

/// Each event of a part has an id, a type and one line of JSON.
std::vector<Told> read(std::string_view text) {
  std::vector<Told> out;
  const auto field = [&](std::string_view name) {
    REQUIRE(text.starts_with(name));
    text.remove_prefix(name.size());
    const auto end = text.find('\n');
    const std::string value(text.substr(0, end));
    text.remove_prefix(end + 1);
    return value;
  };
  while (!text.empty()) {
    Told told;
    told.at = field("id: ");
    told.event = field("event: ");
    told.data = boost::json::parse(field("data: ")).as_object();
    REQUIRE(text.starts_with('\n'));
    text.remove_prefix(1);
    out.push_back(std::move(told));
  }
  return out;
}

const LogId kWarsawLog{OfficeNumber(1), Epoch(1)};

/// A Head of what an office holds, as if so much of it were replicated and settled.
Head head_at(const Office& office, std::uint64_t held, std::uint64_t replicated,
             std::uint64_t settled) {
  Head head = *office.heads.get();
  head.held = {{kWarsawLog, LogSize(held)}};
  head.replicated = {{kWarsawLog, LogSize(replicated)}};
  StoredLogs logs(*head.snapshot);
  head.settled =
      settled == 0 ? Lamport(0) : logs.lamport_at(kWarsawLog, LogIndex(settled - 1)).value();
  return head;
}

std::vector<Told> take(Head& head, const Charter& charter, FeedPosition& position,
                       std::size_t limit) {
  auto part = feed_after(head, charter, position, limit);
  REQUIRE(part.has_value());
  position = part->position;
  return read(part->text);
}

}  // namespace

TEST_CASE("whoever asks in whatever steps hears of every entry once, in order, with its levels") {
  Office office;
  const std::size_t count = office.record(40);
  REQUIRE(count > 20);
  const Charter& charter = office.charter;
  for (const std::size_t limit : {std::size_t{1}, std::size_t{3}, std::size_t{1'000}}) {
    CAPTURE(limit);
    FeedPosition position;
    std::map<std::string, std::string> levels;
    std::vector<std::uint64_t> order;
    const struct {
      std::uint64_t held, replicated, settled;
    } steps[] = {{3, 0, 0}, {9, 5, 2}, {9, 9, 9}, {count, 12, 10}, {count, count, count}};
    for (const auto& [held, replicated, settled] : steps) {
      Head head = head_at(office, held, replicated, settled);
      for (;;) {
        const auto told = take(head, charter, position, limit);
        CHECK(told.size() <= limit);
        for (const Told& one : told) {
          if (one.event == "entry") {
            order.push_back(one.data.at("index").to_number<std::uint64_t>());
            CHECK_FALSE(levels.contains(one.place()));
          } else {
            CHECK(levels.contains(one.place()));
          }
          levels[one.place()] = one.level();
        }
        if (told.empty()) break;
      }
      REQUIRE(levels.size() == held);
      for (const auto& [place, level] : levels) {
        const auto index = std::stoull(place.substr(place.rfind(' ') + 1));
        CHECK_MESSAGE(level == (index < settled      ? "settled"
                                : index < replicated ? "replicated"
                                                     : "recorded"),
                      place);
      }
    }
    CHECK(std::ranges::is_sorted(order));
    Head now = head_at(office, count, count, count);
    CHECK(position == feed_end(now).value());
  }
}

TEST_CASE("whoever goes on after any event's id hears what comes behind it and nothing else") {
  Office office;
  const std::size_t count = office.record(30);
  Head head = head_at(office, count, count / 2, count / 3);
  FeedPosition start;
  const auto all = take(head, office.charter, start, 1'000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto position = parse_feed_position(all[i].at, office.charter).value();
    CHECK(format_feed_position(position, office.charter) == all[i].at);
    const auto rest = take(head, office.charter, position, 1'000);
    REQUIRE(rest.size() == all.size() - i - 1);
    for (std::size_t k = 0; k < rest.size(); ++k) CHECK(rest[k].at == all[i + 1 + k].at);
  }
}

TEST_CASE("a position ahead of a node is waited for") {
  Office office;
  const std::size_t count = office.record(10);
  Head head = head_at(office, count, 0, 0);
  auto position = parse_feed_position("warsaw/1:4000.9.9", office.charter).value();
  CHECK(take(head, office.charter, position, 10).empty());
  CHECK(format_feed_position(position, office.charter) == "warsaw/1:4000.9.9");
}

TEST_CASE("what is no position is refused with its reason") {
  const Charter charter = signed_charter();
  CHECK(parse_feed_position("none", charter) == FeedPosition{});
  for (const char* text : {"", "kyiv/1", "kyiv/1:3", "kyiv/1:3.2", "kyiv/1:3.2.1.0", "kyiv/1:1.2.3",
                           "kyiv/1:03.2.1", "kyiv/1:3.2.1,", "kyiv/1:3.2.1,kyiv/1:3.2.1",
                           "kyiv/1:3.2.x", "kyiv/0:3.2.1", "kyiv:3.2.1", "none,none"}) {
    CAPTURE(text);
    const auto parsed = parse_feed_position(text, charter);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().field == "after");
  }
  CHECK(parse_feed_position("riga/1:3.2.1", charter).error().code == Code::not_found);
}

namespace {

/// A reader of the feed's route: the next part, or empty while there is none.
struct Reader {
  explicit Reader(Office& office, std::string after = {}) {
    HttpRequest request{.method = "GET", .target = "/api/v1/feed"};
    if (!after.empty()) request.headers.emplace_back("last-event-id", std::move(after));
    office.routes->handle(std::move(request), [&](HttpAnswer given) {
      status = given.response->status;
      stream = given.stream;
    });
  }
  void ask() {
    part.clear();
    stream->next([this](std::string next) {
      const std::lock_guard lock(mutex);
      part = std::move(next);
    });
  }
  std::string got() {
    const std::lock_guard lock(mutex);
    return part;
  }
  unsigned status = 0;
  std::shared_ptr<HttpStream> stream;
  std::mutex mutex;
  std::string part;
};

}  // namespace

TEST_CASE("a reader of the feed waits for what comes, and hears now and then that it is alive") {
  Office office;
  REQUIRE(office.record(4) > 0);
  Reader reader(office);
  REQUIRE(reader.status == 200);
  reader.ask();
  office.routes->on_head_changed();
  CHECK(reader.got().empty());  // from now on
  office.now_ms += 15'000;
  office.routes->on_head_changed();
  CHECK(reader.got() == ": alive\n\n");
  reader.ask();
  std::size_t line = 4;
  while (office.post(office.line(line)).status != 200) ++line;
  office.routes->on_head_changed();
  const auto told = read(reader.got());
  REQUIRE(told.size() == 1);
  CHECK(told[0].event == "entry");
  CHECK(told[0].level() == "recorded");
  CHECK(told[0].data.contains("type"));
  Reader again(office, "none");
  again.ask();
  CHECK(read(again.got()).back().at == told[0].at);
}

TEST_CASE("a connection may keep its feed longer than the node has its routes") {
  Office office;
  Reader reader(office);
  REQUIRE(reader.status == 200);
  office.routes.reset();
  reader.stream.reset();
}

TEST_CASE("more readers of the feed than a node feeds are refused, until one has gone") {
  Office office;
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 64; ++i) {
    readers.push_back(std::make_unique<Reader>(office));
    REQUIRE(readers.back()->status == 200);
  }
  CHECK(Reader(office).status == 503);
  readers.pop_back();
  CHECK(Reader(office).status == 200);
  CHECK(office.get("/api/v1/feed?after=x").status == 400);
}
