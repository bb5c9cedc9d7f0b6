#include "tools/audit_claims.h"

#include <algorithm>

#include "tools/audit_notes.h"
#include "tools/kept_checkpoints.h"
#include "tools/lost_entries.h"

namespace tallinn {

namespace {

constexpr std::size_t kAtOnce = 1'024;

Result<AuditClaim> read_receipt(const std::string& name, std::string_view file,
                                const Charter& charter, const Roster& roster) {
  const auto proof = parse_proof_file(file);
  if (!proof) return std::unexpected(proof.error());
  const auto receipt = verify_receipt(*proof, roster.checkpoint_keys());
  if (!receipt) return std::unexpected(receipt.error());
  const auto log = charter.parse_origin(receipt->checkpoint.origin);
  if (!log) return std::unexpected(log.error());
  return AuditClaim{.name = name,
                    .log = *log,
                    .checkpoint = receipt->checkpoint,
                    .note = proof->checkpoint,
                    .entry = receipt->index};
}

}  // namespace

Result<std::vector<AuditClaim>> read_claims(const std::string& name, std::string_view file,
                                            const Charter& charter, const Roster& roster) {
  std::vector<AuditClaim> claims;
  if (file.starts_with("c2sp.org/tlog-proof@v1\n")) {
    auto receipt = read_receipt(name, file, charter, roster);
    if (!receipt) return std::unexpected(receipt.error());
    claims.push_back(*std::move(receipt));
    return claims;
  }
  auto kept = parse_kept_checkpoints(file);
  if (!kept)
    kept = KeptCheckpoints{.logs = {{.note = std::string(file), .since = {}, .proof = {}}}};
  for (const KeptCheckpoint& one : kept->logs) {
    const auto checked = check_kept(one.note, charter, roster);
    if (!checked) return std::unexpected(checked.error());
    const auto log = charter.parse_origin(checked->checkpoint.origin);
    if (!log) return std::unexpected(log.error());
    claims.push_back({.name = name,
                      .log = *log,
                      .checkpoint = checked->checkpoint,
                      .note = one.note,
                      .entry = {}});
  }
  return claims;
}

std::optional<BrokenClaim> judge_claim(const AuditClaim& claim, const AuditLog& log) {
  const Checkpoint& signed_one = claim.checkpoint;
  const LogSize size = log.log().size;
  if (signed_one.size > size) {
    const std::string origin = signed_one.origin;
    if (claim.entry)
      if (auto lost = loss_of(signed_one, *claim.entry, size))
        return BrokenClaim{.index = claim.entry, .sentence = *std::move(lost) + ": " + claim.name};
    return BrokenClaim{.index = LogIndex(size.value()),
                       .sentence = "evidence of loss: the key of " + origin + " signed a log of " +
                                   std::to_string(signed_one.size.value()) +
                                   " entries, but the log ends here: " + claim.name};
  }
  const auto root = log.root_at(signed_one.size);
  if (!root || *root == signed_one.root) return std::nullopt;
  return BrokenClaim{
      .index = claim.entry,
      .sentence = "a second history: the log's key signed another root for its first " +
                  std::to_string(signed_one.size.value()) + " entries: " + claim.name,
      .kind = BrokenClaim::Kind::forked};
}

Result<Digest> SourceTree::read(NodeId node) {
  if (node.level > 0) return read_halves(node, *this);
  while (leaves_.size() <= node.index) {
    const std::uint64_t left = log_.size.value() - std::min(log_.size.value(), leaves_.size());
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kAtOnce, left));
    if (count == 0) return refuse(Code::failed, "the tree has no such leaf");
    const auto items = source_.read(log_, LogIndex(leaves_.size()), count);
    if (!items) return std::unexpected(items.error());
    for (const LogSource::Item& item : *items) {
      if (!item) return refuse(Code::failed, item.error());
      leaves_.push_back(leaf_hash(*item));
    }
  }
  return leaves_[node.index];
}

std::optional<Evidence> evidence_of(const AuditClaim& claim, const std::string& newest,
                                    SourceTree& tree, const Charter& charter,
                                    const Roster& roster) {
  const auto now = checkpoint_in(newest);
  if (!now || now->size < claim.checkpoint.size) return std::nullopt;
  if (now->size == claim.checkpoint.size)
    return fork_between({.logs = {{.note = newest, .since = {}, .proof = {}}}},
                        {.logs = {{.note = claim.note, .since = {}, .proof = {}}}}, charter,
                        roster);
  auto evidence = fork_in_tree(newest, claim.note, charter, roster, tree);
  return evidence ? std::optional(*std::move(evidence)) : std::nullopt;
}

}  // namespace tallinn
