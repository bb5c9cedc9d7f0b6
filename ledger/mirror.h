// A mirror: a node without a log of its own (a donor capital, an auditor) that holds every log,
// verifies it and cosigns it as a witness in its own name; and who cosigns a log at all. Pure.
// The offices list a mirror by its line, without line end:
//   mirror <name> <witness vkey> <transport key, base64>
#pragma once

#include <string>
#include <variant>

#include "events/signing.h"
#include "ledger/charter.h"

namespace tallinn {

/// The public half of a mirror's keys.
struct MirrorKeys {
  std::string name;     ///< grammar of an office's name, and no office's name
  VerifierKey witness;  ///< name <ledger>/<name>/witness, type 0x04
  PublicKey transport;  ///< pinned TLS key
  bool operator==(const MirrorKeys&) const = default;
};
/// Asserts that ledger and mirror name are valid.
MirrorKeys make_mirror_keys(std::string_view ledger, std::string_view name,
                            const PublicKey& witness, const PublicKey& transport);
std::string format_mirror_line(const MirrorKeys& mirror);
/// Code::malformed, also for a name of an office of the charter, or a witness key of another ledger
/// or another name.
Result<MirrorKeys> parse_mirror_line(std::string_view line, const Charter& charter);

/// Who cosigns a log: an office, or a mirror by its name. A mirror's cosignature is shown and
/// counts for none of the levels.
using Cosigner = std::variant<OfficeNumber, std::string>;
/// The office's name in the charter, or the mirror's.
std::string cosigner_name(const Cosigner& who, const Charter& charter);

}  // namespace tallinn
