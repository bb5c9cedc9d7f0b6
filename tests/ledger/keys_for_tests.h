// Keys with names, the same in every run, for tests only.
#pragma once

#include <string_view>

#include "events/signing.h"
#include "ledger/charter.h"
#include "ledger/keys.h"
#include "ledger/mirror.h"
#include "ledger/sha256.h"

namespace tallinn::test {

inline Secret test_seed(std::string_view name) {
  return Secret(sha256(name).bytes);
}

inline SigningKey test_key(std::string_view name) {
  return SigningKey(test_seed(name).seed());
}

inline OfficeKeys test_office(std::string_view name) {
  return derive_office_keys(test_seed(name).seed());
}

inline MirrorSigningKeys test_mirror(std::string_view name) {
  return derive_mirror_keys(test_seed(name).seed());
}

inline MirrorKeys mirror_keys(const Charter& charter, std::string_view name) {
  const MirrorSigningKeys keys = test_mirror(name);
  return make_mirror_keys(charter.ledger, name, keys.witness.public_key(),
                          keys.transport.public_key());
}

inline CharterCoordinator test_coordinator(std::string_view party) {
  return {.party = PartyId(std::string(party)), .key = test_key(party).public_key()};
}

inline constexpr std::string_view kTestLedger = "tallinn-mechanism.example";

/// kyiv front, warsaw back; EE, PL, UA with quorum 2; not signed.
inline Charter test_charter() {
  const auto office = [](std::string_view name, OfficeRole role) {
    return make_charter_office(kTestLedger, name, role, public_keys(test_office(name)));
  };
  return make_charter(std::string(kTestLedger),
                      {office("kyiv", OfficeRole::front), office("warsaw", OfficeRole::back)},
                      {test_coordinator("EE"), test_coordinator("PL"), test_coordinator("UA")}, 2)
      .value();
}

/// The same, signed by EE and UA.
inline Charter signed_charter() {
  std::string note = format_charter_text(test_charter());
  for (const char* party : {"EE", "UA"})
    note = sign_charter(note, PartyId(party), test_key(party)).value();
  return parse_charter(note).value();
}

}  // namespace tallinn::test
