// The charter: the trust root that names offices, coordinators and quorum (a signed note).
// Pure. Text:
//   tallinn-ledger/charter@v1
//   ledger tallinn-mechanism.example
//   office kyiv front <log vkey> <witness vkey> <state vkey> <transport key, base64>
//   coordinator EE <public key, base64>
//   quorum 2
// signed (type 0x01, key name = the party) by `quorum` coordinators. Office numbers are the order
// of the office lines.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/vocabulary.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

namespace tallinn {

/// The public half of an office's four keys.
struct OfficePublicKeys {
  PublicKey log;
  PublicKey witness;
  PublicKey state;
  PublicKey transport;
  bool operator==(const OfficePublicKeys&) const = default;
};

struct CharterOffice {
  std::string name;
  OfficeRole role = OfficeRole::front;
  VerifierKey log;      ///< name <ledger>/<office>/1
  VerifierKey witness;  ///< name <ledger>/<office>/witness, type 0x04
  VerifierKey state;    ///< name <ledger>/<office>/state
  PublicKey transport;  ///< pinned TLS key
  bool operator==(const CharterOffice&) const = default;
};
/// Asserts that ledger and office name are valid.
CharterOffice make_charter_office(std::string_view ledger, std::string_view name, OfficeRole role,
                                  const OfficePublicKeys& keys);
/// "office kyiv front ..." without line end, and back: what `office new` prints and `charter new`
/// reads.
std::string format_office_line(const CharterOffice& office);
Result<CharterOffice> parse_office_line(std::string_view line);
/// The party of an office: its name in capitals with "-OFFICE".
PartyId office_party(std::string_view office_name);

struct CharterCoordinator {
  PartyId party;
  PublicKey key;
  bool operator==(const CharterCoordinator&) const = default;
};

struct Charter {
  std::string ledger;
  std::vector<CharterOffice> offices;  ///< place = OfficeNumber
  std::vector<CharterCoordinator> coordinators;
  unsigned quorum = 0;
  LedgerId id;       ///< SHA-256 of the text without its signature lines
  std::string note;  ///< the whole note as it was read; empty for a draft

  /// Nothing when there is no such office.
  const CharterOffice* office(OfficeNumber number) const;
  std::optional<OfficeNumber> office_number(std::string_view name) const;
  /// There is exactly one of each role.
  OfficeNumber office_in_role(OfficeRole role) const;
  /// "<ledger>/<office>/<epoch>". Asserts that the office exists.
  std::string origin(LogId log) const;
  /// Code::malformed, or Code::not_found for another ledger or office.
  Result<LogId> parse_origin(std::string_view origin) const;
  bool operator==(const Charter&) const = default;
};

/// Strict; exactly one front and one back office, no key used twice, every key a valid point,
/// signed by the quorum. Code::malformed, Code::failed.
Result<Charter> parse_charter(std::string_view note);
/// The same for a text without signatures, or a note with too few of them: a draft that is being
/// signed.
Result<Charter> parse_charter_draft(std::string_view text_or_note);
/// The text without signatures.
std::string format_charter_text(const Charter& charter);
/// Fills `id`; checks what parse_charter checks but signatures.
Result<Charter> make_charter(std::string ledger, std::vector<CharterOffice> offices,
                             std::vector<CharterCoordinator> coordinators, unsigned quorum);
/// Adds the party's signature line to a text or note; the key must be the one the charter names
/// (Code::unauthorised). Signing again changes nothing.
Result<std::string> sign_charter(std::string_view text_or_note, const PartyId& party,
                                 const SigningKey& key);

}  // namespace tallinn
