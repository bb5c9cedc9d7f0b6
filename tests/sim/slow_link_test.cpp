// Links so slow that a long time's entries take minutes.
#include "tests/sim/needs.h"

namespace tallinn::sim {
namespace {

/// A need of about three kilobytes that hardly compress.
std::string long_need(int number, std::mt19937_64& random) {
  std::string lines;
  for (int line = 1; line <= 10; ++line) {
    std::string words;
    while (words.size() < 290)
      words += random() % 7 == 0 ? ' ' : static_cast<char>('a' + random() % 26);
    lines += std::string(line == 1 ? "" : ",") + R"({"line":)" + std::to_string(line) +
             R"(,"description":")" + "w" + words + "w" + R"(","quantity":1,"unit":"C62"})";
  }
  return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3af)" + std::to_string(100 + number) +
         R"(","type":"NeedRegistered","author":"UA","occurred":"2024-12-01","body":{"need":"UA-LONG-)" +
         std::to_string(number) +
         R"(","title":{"en":"Parts","uk":"Частини"},"kind":"hardware","sector":"government",)"
         R"("lines":[)" +
         lines + R"(],"recipient":"UA","urgency":"low"}})";
}

}  // namespace

TEST_CASE("a long catch-up over a slow link comes to its end in the session that it began in") {
  for (const std::size_t bytes_per_s : {28'000u, 8'000u}) {
    CAPTURE(bytes_per_s);
    World world(60, {.least_delay_ms = 100, .most_delay_ms = 100, .bytes_per_s = bytes_per_s});
    begin(world);
    world.run_ms(30'000);
    world.cut();
    std::mt19937_64 random(60);
    for (int n = 0; n < 300; ++n) must_record(world, kKyiv, long_need(n, random));
    const auto sessions = world.sessions();
    world.connect();
    for (int s = 0; s < 200 && world.head(kKyiv)->held != world.head(kWarsaw)->held; ++s)
      world.run_ms(1'000);
    world.run_ms(30'000);
    check_converged(world);
    CHECK(world.sessions() == sessions + 1);
    CHECK(world.refusals.empty());
  }
}

TEST_CASE("a slow link that is cut again and again brings the rest of a catch-up each time") {
  World world(61, {.least_delay_ms = 100, .most_delay_ms = 100, .bytes_per_s = 8'000});
  begin(world);
  world.run_ms(30'000);
  world.cut();
  std::mt19937_64 random(61);
  for (int n = 0; n < 100; ++n) must_record(world, kKyiv, long_need(n, random));
  const LogId log{OfficeNumber(0), Epoch(1)};
  auto held = world.head(kWarsaw)->held_of(log);
  int cuts = 0;
  while (world.head(kKyiv)->held != world.head(kWarsaw)->held && ++cuts < 50) {
    world.connect();
    world.run_ms(6'000);
    world.cut();
    const auto now = world.head(kWarsaw)->held_of(log);
    CHECK(now > held);
    held = now;
  }
  CHECK(cuts > 3);
  world.connect();
  world.run_ms(30'000);
  check_converged(world);
}

}  // namespace tallinn::sim
