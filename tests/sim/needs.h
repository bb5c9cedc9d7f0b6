// A ledger with its parties and any number of needs, for stories of the simulation that only have
// to record something.
#pragma once

#include "tests/sim/converged.h"

namespace tallinn::sim {

/// `more`: further members of the event, from a comma on.
inline std::string need(int number, const std::string& more = "") {
  return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae)" + std::to_string(100 + number) +
         R"(","type":"NeedRegistered","author":"UA","occurred":"2025-10-15")" + more +
         R"(,"body":{"need":"UA-)" + std::to_string(number) +
         R"(","title":{"en":"Parts","uk":"Parts"},"kind":"hardware","sector":"government",)"
         R"("lines":[{"line":1,"description":"parts","quantity":2,"unit":"C62"}],)"
         R"("recipient":"UA","urgency":"low"}})";
}
inline std::vector<std::string> governance() {
  std::vector<std::string> lines;
  for (const std::string& line : test::public_record())
    if (line.find("PartyAdmitted") != std::string::npos ||
        line.find("KeyEnrolled") != std::string::npos)
      lines.push_back(line);
  return lines;
}

inline void must_record(World& world, std::size_t n, const std::string& line) {
  const auto recorded = world.record(n, line);
  REQUIRE_MESSAGE(recorded.has_value(), recorded.error().detail);
}

/// Both hold the parties, in Warsaw's log.
inline void begin(World& world) {
  world.connect();
  for (const std::string& line : governance()) must_record(world, kWarsaw, line);
  world.run_ms(2'000);
}

}  // namespace tallinn::sim
