#include "tools/kept_checkpoints.h"

#include <algorithm>
#include <boost/json.hpp>

#include "net/kept_evidence.h"

namespace tallinn {

namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "tallinn-ledger/checkpoints@v1";

Result<KeptCheckpoint> parse_one(const json::value& value) {
  const auto malformed = [] {
    return refuse(Code::malformed, "a checkpoint of the file cannot be read");
  };
  const json::object* object = value.if_object();
  const json::value* note = object != nullptr ? object->if_contains("checkpoint") : nullptr;
  if (note == nullptr || !note->is_string()) return malformed();
  KeptCheckpoint kept{.note = std::string(note->get_string()), .since = {}, .proof = {}};
  const json::value* since = object->if_contains("since");
  const json::value* proof = object->if_contains("proof");
  if (since == nullptr && proof == nullptr) return kept;
  if (since == nullptr || !since->is_int64() || since->get_int64() < 0 || proof == nullptr ||
      !proof->is_array())
    return malformed();
  kept.since = LogSize(static_cast<std::uint64_t>(since->get_int64()));
  for (const json::value& hash : proof->get_array()) {
    const auto digest = hash.is_string()
                            ? fixed_from_base64<Digest>(std::string_view(hash.get_string()))
                            : std::nullopt;
    if (!digest) return malformed();
    kept.proof.push_back(*digest);
  }
  return kept;
}

}  // namespace

std::string format_kept_checkpoints(const KeptCheckpoints& kept) {
  json::array logs;
  for (const KeptCheckpoint& one : kept.logs) {
    json::object log{{"checkpoint", one.note}};
    if (one.since) {
      json::array proof;
      for (const Digest& hash : one.proof) proof.push_back(json::string(to_base64(hash.view())));
      log["since"] = one.since->value();
      log["proof"] = std::move(proof);
    }
    logs.push_back(std::move(log));
  }
  return json::serialize(json::object{{"format", kFormat}, {"logs", std::move(logs)}}) + "\n";
}

Result<KeptCheckpoints> parse_kept_checkpoints(std::string_view text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* object = failed ? nullptr : value.if_object();
  const json::value* format = object != nullptr ? object->if_contains("format") : nullptr;
  const json::value* logs = object != nullptr ? object->if_contains("logs") : nullptr;
  if (format == nullptr || !format->is_string() ||
      std::string_view(format->get_string()) != kFormat || logs == nullptr || !logs->is_array())
    return refuse(Code::malformed, "this is not a file of kept checkpoints");
  KeptCheckpoints kept;
  for (const json::value& log : logs->get_array()) {
    auto one = parse_one(log);
    if (!one) return std::unexpected(one.error());
    kept.logs.push_back(*std::move(one));
  }
  return kept;
}

Result<CheckedCheckpoint> check_kept(std::string_view text, const Charter& charter,
                                     const Roster& roster) {
  const auto note = parse_note(text);
  if (!note) return std::unexpected(note.error());
  const auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  const auto log = charter.parse_origin(checkpoint->origin);
  if (!log) return std::unexpected(log.error());
  const auto verified = verify_note(*note, roster.checkpoint_keys());
  if (!verified)
    return refuse(Code::failed,
                  "a signature of the checkpoint of " + checkpoint->origin + " does not hold");
  const RosterLog* keys = roster.log(*log);
  if (keys == nullptr || !signed_by(*verified, keys->log))
    return refuse(Code::failed, "the checkpoint of " + checkpoint->origin +
                                    " is not signed by the log's key" +
                                    (keys == nullptr ? ": no event known here opens that log; "
                                                       "give the governance chain (--chain)"
                                                     : ""));
  return CheckedCheckpoint{.checkpoint = *checkpoint,
                           .cosigned_by = roster.cosigners(*verified, log->office),
                           .cosigned_at = newest_cosignature(*verified, log->office, roster),
                           .office = log->office};
}

std::optional<UnixSeconds> newest_cosignature(std::span<const Verified> verified,
                                              OfficeNumber owner, const Roster& roster) {
  std::optional<UnixSeconds> newest;
  for (const Verified& one : verified)
    for (const auto& [id, log] : roster.logs())
      if (id.office != owner && one.key == log.witness && one.time)
        newest = std::max(newest.value_or(*one.time), *one.time);
  return newest;
}

std::optional<Evidence> fork_between(const KeptCheckpoints& newer, const KeptCheckpoints& older,
                                     const Charter& charter, const Roster& roster) {
  const std::vector<VerifierKey> keys = roster.note_keys();
  const LedgerKeys whose = evidence_keys(charter, roster);
  for (const KeptCheckpoint& one : newer.logs)
    for (const KeptCheckpoint& other : older.logs) {
      Evidence evidence =
          evidence_of_pair(EvidenceKind::roots, holding_signatures_only(one.note, keys),
                           holding_signatures_only(other.note, keys));
      if (check_evidence(evidence, whose)) return evidence;
    }
  return std::nullopt;
}

Result<Evidence> fork_in_tree(const std::string& newer, const std::string& older,
                              const Charter& charter, const Roster& roster,
                              HashReader& newer_tree) {
  const auto now = check_kept(newer, charter, roster);
  if (!now) return std::unexpected(now.error());
  const auto before = check_kept(older, charter, roster);
  if (!before) return std::unexpected(before.error());
  const LogSize from = before->checkpoint.size;
  const LogSize to = now->checkpoint.size;
  if (from == LogSize(0) || from >= to)
    return refuse(Code::failed, "the newer checkpoint is not the larger one");
  auto root = tree_root(from, newer_tree);
  if (!root) return std::unexpected(root.error());
  auto hashes = prove_consistency(from, to, newer_tree);
  if (!hashes) return std::unexpected(hashes.error());
  const std::vector<VerifierKey> keys = roster.note_keys();
  Evidence evidence{.kind = EvidenceKind::prefix,
                    .first = holding_signatures_only(older, keys),
                    .second = holding_signatures_only(newer, keys),
                    .root = *root,
                    .index = {},
                    .entry = {},
                    .hashes = std::move(*hashes)};
  if (auto shown = check_evidence(evidence, evidence_keys(charter, roster)); !shown)
    return std::unexpected(shown.error());
  return evidence;
}

namespace {

/// One log: the older checkpoint against the newer.
Result<std::string> follows(const KeptCheckpoint& newer, const Checkpoint& now,
                            const Checkpoint& before) {
  const std::string name = "the log " + now.origin;
  if (now.size < before.size)
    return refuse(Code::failed, name + " had " + std::to_string(before.size.value()) +
                                    " entries and has " + std::to_string(now.size.value()) +
                                    " now");
  if (now.size == before.size || before.size == LogSize(0)) {
    if (now.size == before.size && now.root != before.root)
      return refuse(Code::failed,
                    name + " has two roots at size " + std::to_string(now.size.value()));
    return name + " has not lost or changed an entry since";
  }
  if (newer.since != before.size)
    return refuse(Code::unavailable,
                  "the newer file has no proof from the older one: make it with `tallinn "
                  "checkpoint --since`");
  if (const auto checked =
          check_consistency(before.size, before.root, now.size, now.root, newer.proof);
      !checked)
    return refuse(Code::failed, name + " does not contain what it was: " + checked.error().detail);
  return name + " has grown from " + std::to_string(before.size.value()) + " to " +
         std::to_string(now.size.value()) + " entries and lost or changed none";
}

}  // namespace

Result<std::vector<std::string>> check_follows(const KeptCheckpoints& newer,
                                               const KeptCheckpoints& older, const Charter& charter,
                                               const Roster& roster) {
  std::vector<std::string> sentences;
  for (const KeptCheckpoint& old : older.logs) {
    const auto before = check_kept(old.note, charter, roster);
    if (!before) return refuse(Code::failed, "the older file: " + before.error().detail);
    bool found = false;
    for (const KeptCheckpoint& candidate : newer.logs) {
      const auto now = check_kept(candidate.note, charter, roster);
      if (!now) return std::unexpected(now.error());
      if (now->checkpoint.origin != before->checkpoint.origin) continue;
      auto sentence = follows(candidate, now->checkpoint, before->checkpoint);
      if (!sentence) return std::unexpected(sentence.error());
      sentences.push_back(*std::move(sentence));
      found = true;
    }
    if (!found)
      return refuse(Code::failed,
                    "the log " + before->checkpoint.origin + " is not in the newer file");
  }
  return sentences;
}

}  // namespace tallinn
