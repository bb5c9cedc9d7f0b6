// Claims: what an auditor holds against a source from earlier: receipts and kept checkpoints, which
// the logs' own keys signed. Pure, but for the source that the tree of a wrong log is read from. An
// entry or a tree that is signed and not there was lost; a root that the entries do not give is a
// second history, of which there is evidence when the source shows a signed checkpoint that covers
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/evidence.h"
#include "ledger/proof_file.h"
#include "projections/audit_log.h"
#include "tools/audit_source.h"

namespace tallinn {

struct AuditClaim {
  std::string name;  ///< of the file, for a person
  LogId log;
  Checkpoint checkpoint;
  std::string note;               ///< the checkpoint's
  std::optional<LogIndex> entry;  ///< a receipt's
};

/// The claims of one file: a receipt, kept checkpoints or one checkpoint, each with its signatures
/// and proofs checked. Error malformed or failed: it claims nothing.
Result<std::vector<AuditClaim>> read_claims(const std::string& name, std::string_view file,
                                            const Charter& charter, const Roster& roster);

/// What does not hold of a claim.
struct BrokenClaim {
  std::optional<LogIndex> index;
  std::string sentence;
  enum class Kind : std::uint8_t {
    lost,    ///< it is beyond the log's end
    forked,  ///< the entries give another root
  } kind = Kind::lost;
};
/// After the log was gone through with `want_root(claim.checkpoint.size)`. Nothing: it holds, or
/// entries are missing, which the audit says anyway.
std::optional<BrokenClaim> judge_claim(const AuditClaim& claim, const AuditLog& log);

/// The tree of a source's log, made anew from its entries: each is read once, as far as it is asked
/// for, and takes 32 bytes of memory. `source` must outlive it.
class SourceTree final : public HashReader {
 public:
  SourceTree(LogSource& source, const LogSource::Log& log) : source_(source), log_(log) {}
  Result<Digest> read(NodeId node) override;

 private:
  LogSource& source_;
  LogSource::Log log_;
  std::vector<Digest> leaves_;
};

/// The evidence of a forked claim against `newest`, a checkpoint of the source that holds. Nothing
/// when `newest` does not reach so far, or the tree cannot be made.
std::optional<Evidence> evidence_of(const AuditClaim& claim, const std::string& newest,
                                    SourceTree& tree, const Charter& charter, const Roster& roster);

}  // namespace tallinn
