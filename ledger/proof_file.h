// Receipts: c2sp.org/tlog-proof@v1 files that prove offline that an entry stands in a log.
// Pure. `c2sp.org/tlog-proof@v1\n`, `extra <base64 of the entry>\n` (optional), `index <n>\n`,
// hashes leaf-sibling first, an empty line, the checkpoint with its signatures. A receipt proves
// recorded or replicated, never settled.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/note.h"

namespace tallinn {

struct ProofFile {
  std::optional<Bytes> extra;  ///< the entry's bytes; not trusted until verified
  LogIndex index;
  std::vector<Digest> hashes;
  std::string checkpoint;  ///< a whole signed note
  bool operator==(const ProofFile&) const = default;
};
/// Strict, at most 512 KiB, at most 64 hashes. Code::malformed.
Result<ProofFile> parse_proof_file(std::string_view text);
std::string format_proof_file(const ProofFile& file);

struct VerifiedReceipt {
  LogIndex index;
  Checkpoint checkpoint;
  Bytes entry;
  std::vector<Verified> cosigned;  ///< known witnesses, type 0x04
};
/// `known`: log keys (type 0x01) and witness keys (0x04), from the charter and the governance
/// chain. Requires the entry, a signature by the known log key whose name is the origin, and an
/// inclusion proof that holds.
Result<VerifiedReceipt> verify_receipt(const ProofFile& file, std::span<const VerifierKey> known);

}  // namespace tallinn
