// What the coordination group signs to end a log and to open the next one, as lines of JSON.
#pragma once

#include "projections/roster.h"
#include "tests/ledger/keys_for_tests.h"

namespace tallinn::sim {

/// An event that counts wherever it stands.
inline std::string party(int number) {
  const std::string name = "P" + std::to_string(number);
  return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3b)" + std::to_string(1000 + number) +
         R"(","type":"PartyAdmitted","author":"EE","occurred":"2025-10-15","body":{"party":")" +
         name + R"(","kind":"partner","name":{"en":")" + name + R"(","uk":")" + name +
         R"("},"identifiers":[]}})";
}

/// LogSealed of a log at a prefix, and LogOpened of the office's next one with the keys of a seed.
struct Change {
  std::string sealed;
  std::string opened;
};

/// `number` makes the ids: below 90.
inline Change change_of(const Charter& charter, LogId log, LogSize size, const Digest& root,
                        Lamport after, std::string_view seed, int number) {
  const CharterOffice& office = *charter.office(log.office);
  const std::string prefix = R"("epoch":)" + std::to_string(log.epoch.value()) + R"(,"size":)" +
                             std::to_string(size.value()) + R"(,"root":")" + to_hex(root.view()) +
                             "\"";
  const OfficePublicKeys keys = public_keys(test::test_office(seed));
  const auto key = [](const PublicKey& of) { return to_base64(of.view()); };
  const auto event = [&](int nth, const std::string& type, const std::string& body) {
    return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae)" + std::to_string(100 + 10 * number + nth) +
           R"(","type":")" + type +
           R"(","author":"EE","occurred":"2025-10-15","body":{"office":")" + office.name + "\"," +
           body + "}}";
  };
  return {event(1, "LogSealed", prefix + R"(,"reason":"The disk was lost")"),
          event(2, "LogOpened",
                R"("role":")" + std::string(spell(office.role)) + R"(","epoch":)" +
                    std::to_string(log.epoch.value() + 1) + R"(,"log":")" + key(keys.log) +
                    R"(","witness":")" + key(keys.witness) + R"(","state":")" + key(keys.state) +
                    R"(","transport":")" + key(keys.transport) + R"(","previous":{)" + prefix +
                    R"(},"after":)" + std::to_string(after.value()))};
}

}  // namespace tallinn::sim
