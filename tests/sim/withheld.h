// Two offices, a need that withholds a value, and where that value is.
#pragma once

#include <chrono>
#include <thread>

#include "events/uuid.h"
#include "net/fsck_notes.h"
#include "net/withheld_view.h"
#include "tests/sim/needs.h"

namespace tallinn::sim {

/// Longer than any key or note that has it by chance, and not to be compressed away.
inline const std::string kSite = "5hNf2Qx8Zr0LkVw7Yc3Tb9Jm1Dp6GsEu4AiHoXqRtKyW";

inline std::string id_of(int number) {
  return "0199e52a-a000-7001-8d78-7d89ef3ae" + std::to_string(100 + number);
}
inline std::string withholding(int number, const std::string& value = kSite) {
  return R"({"id":")" + id_of(number) +
         R"(","type":"NeedRegistered","author":"UA","occurred":"2025-10-15","withhold":{"site":)"
         R"({"tlp":"AMBER","value":")" +
         value + R"("}},"body":{"need":"UA-)" + std::to_string(number) +
         R"(","title":{"en":"Parts","uk":"Parts"},"kind":"hardware","sector":"government",)"
         R"("lines":[{"line":1,"description":"parts","quantity":2,"unit":"C62"}],)"
         R"("recipient":"UA","urgency":"low"}})";
}
/// A fact by EE under the id of that need.
inline std::string same_id(int number, const std::string& value) {
  return R"({"id":")" + id_of(number) +
         R"(","type":"ReconciliationAttested","author":"EE","occurred":"2025-10-15","withhold":)"
         R"({"site":{"tlp":"AMBER","value":")" +
         value +
         R"("}},"body":{"party":"EE","from":"2024-01-01","to":"2024-12-31","agrees":true,)"
         R"("figures":[]}})";
}

struct Offices : World {
  explicit Offices(std::uint64_t seed) : World(seed) {
    begin(*this);
    run_ms(1'000);
  }
  void must_record(std::size_t n, const std::string& line) { sim::must_record(*this, n, line); }
  WithheldView view(std::size_t n, int number) {
    auto view = withheld_view(*head(n), *parse_uuid(id_of(number)));
    REQUIRE(view.has_value());
    REQUIRE(view->has_value());
    return **view;
  }
  /// "held", "erased", "gone" (neither) or "both" at that office.
  std::string state(std::size_t n, int number) {
    const WithheldView seen = view(n, number);
    const bool held = seen.value_of(Name("site")) != nullptr;
    const bool erased = seen.erasure_of(Name("site")) != nullptr;
    return held ? erased ? "both" : "held" : erased ? "erased" : "gone";
  }
  std::string states(int number) { return state(kKyiv, number) + " " + state(kWarsaw, number); }
  std::string statement(std::size_t n, int number, const std::string& party,
                        std::int64_t later_s = 0) {
    const Event event = view(n, number).event;
    return sign_erasure(
        {.ledger = charter().id,
         .event = event.id,
         .field = Name("site"),
         .commitment = event.withheld.front().commitment,
         .at = UnixSeconds(static_cast<std::uint64_t>(now().value() / 1000 + later_s)),
         .party = PartyId(party),
         .key = test::test_key(party).public_key()},
        test::test_key(party));
  }
  Result<Erasure> erase(std::size_t n, const std::string& text) {
    const auto erased = office(n).replica->stage_erasure(text, now());
    REQUIRE(erased.has_value());
    REQUIRE(office(n).replica->commit(now()).has_value());
    // RocksDB deletes old files on a thread of its own; what a reader needs stays all the same.
    constexpr int kMostTries = 50;
    for (int i = 0; i < kMostTries && office(n).replica->erased_remains(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      REQUIRE(office(n).replica->commit(now()).has_value());
    }
    return *erased;
  }
  bool on_disk(std::size_t n, const std::string& value = kSite) {
    return office(n).disk->has_bytes(value);
  }
  std::uint64_t differences(std::size_t n) {
    Differences found;
    REQUIRE(check_withheld_values(*office(n).store, found).has_value());
    REQUIRE(
        check_notes(*office(n).store, charter(), head(n)->roster, std::nullopt, found).has_value());
    return found.total();
  }
};

}  // namespace tallinn::sim
