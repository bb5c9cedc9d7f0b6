#include <ostream>

#include "ledger/file_text.h"
#include "tools/commands.h"
#include "tools/kept_checkpoints.h"
#include "tools/ledger_reader.h"
#include "tools/log_client.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxKeptBytes = 16u << 20;

struct CheckpointArguments {
  std::string node;
  std::string out;
  std::string charter;
  std::string since;
  std::string evidence;
};

/// The charter file, or what the node says it is.
Result<Charter> charter_for(const CheckpointArguments& options) {
  if (!options.charter.empty()) return load_charter(options.charter);
  return charter_of_node(options.node);
}

Result<std::optional<KeptCheckpoints>> older_of(const CheckpointArguments& options) {
  if (options.since.empty()) return std::optional<KeptCheckpoints>();
  const auto text = read_input(options.since, kMaxKeptBytes);
  if (!text) return std::unexpected(text.error());
  auto kept = parse_kept_checkpoints(*text);
  if (!kept) return std::unexpected(kept.error());
  return std::optional(*std::move(kept));
}

std::optional<Checkpoint> older_checkpoint(const std::optional<KeptCheckpoints>& older,
                                           const std::string& origin, const Charter& charter,
                                           const Roster& roster) {
  if (!older) return std::nullopt;
  for (const KeptCheckpoint& one : older->logs)
    if (const auto checked = check_kept(one.note, charter, roster);
        checked && checked->checkpoint.origin == origin)
      return checked->checkpoint;
  return std::nullopt;
}

Result<KeptCheckpoint> keep(LogClient& client, LogId log, const Charter& charter,
                            const Roster& roster, const std::optional<KeptCheckpoints>& older) {
  auto note = client.checkpoint(log);
  if (!note) return std::unexpected(note.error());
  const auto checked = check_kept(*note, charter, roster);
  if (!checked) return std::unexpected(checked.error());
  KeptCheckpoint kept{.note = *std::move(note), .since = {}, .proof = {}};
  const auto before = older_checkpoint(older, checked->checkpoint.origin, charter, roster);
  if (!before || before->size == LogSize(0) || before->size >= checked->checkpoint.size)
    return kept;
  ServedRows rows(client, log, checked->checkpoint.size);
  TileHashReader hashes(rows);
  auto proof = prove_consistency(before->size, checked->checkpoint.size, hashes);
  if (!proof) return std::unexpected(proof.error());
  kept.since = before->size;
  kept.proof = *std::move(proof);
  return kept;
}

/// What shows that a served tree does not begin with what was kept, or that there are two roots.
std::optional<Evidence> find_fork(LogClient& client, const Charter& charter, const Roster& roster,
                                  const KeptCheckpoints& now, const KeptCheckpoints& before) {
  if (auto fork = fork_between(now, before, charter, roster)) return fork;
  for (const KeptCheckpoint& one : now.logs)
    for (const KeptCheckpoint& other : before.logs) {
      const auto newer = check_kept(one.note, charter, roster);
      const auto older = check_kept(other.note, charter, roster);
      if (!newer || !older || newer->checkpoint.origin != older->checkpoint.origin) continue;
      const auto log = charter.parse_origin(newer->checkpoint.origin);
      ServedRows rows(client, *log, newer->checkpoint.size);
      TileHashReader hashes(rows);
      if (auto fork = fork_in_tree(one.note, other.note, charter, roster, hashes))
        return *std::move(fork);
    }
  return std::nullopt;
}

void tell_fork(const CheckpointArguments& options, const std::optional<Evidence>& fork,
               Shell& shell) {
  if (!fork) return;
  const std::string path = options.evidence.empty() ? options.out + ".evidence" : options.evidence;
  if (const auto written = write_file_durably(path, format_evidence(*fork)); !written)
    return shell.fail("checkpoint", written.error());
  shell.say("{0}: evidence that anyone can verify", path);
}

void run(const CheckpointArguments& options, Shell& shell) {
  const auto charter = charter_for(options);
  if (!charter) return shell.fail("checkpoint", charter.error());
  const auto older = older_of(options);
  if (!older) return shell.fail("checkpoint", older.error());
  auto client = LogClient::make(options.node, *charter);
  if (!client) return shell.fail("checkpoint", client.error());
  const auto roster = client->roster();
  if (!roster) return shell.fail("checkpoint", roster.error());
  KeptCheckpoints kept;
  for (const auto& [log, keys] : roster->logs()) {
    auto one = keep(*client, log, *charter, *roster, *older);
    if (!one && says_absent(one.error())) continue;
    if (!one) return shell.fail("checkpoint", one.error());
    kept.logs.push_back(*std::move(one));
  }
  if (*older) {
    const auto follows = check_follows(kept, **older, *charter, *roster);
    if (!follows) {
      tell_fork(options, find_fork(*client, *charter, *roster, kept, **older), shell);
      return shell.fail("checkpoint", follows.error());
    }
    for (const std::string& sentence : *follows) shell.put_line(told(shell.language, sentence));
  }
  if (const auto written = write_file_durably(options.out, format_kept_checkpoints(kept)); !written)
    return shell.fail("checkpoint", written.error());
  shell.say("{0}: checkpoints of {1:count} {1:log|logs}", options.out, kept.logs.size());
}

}  // namespace

void add_checkpoint_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("checkpoint", "keep today's checkpoints, to compare later ones with");
  auto options = std::make_shared<CheckpointArguments>();
  command->add_option("--node", options->node, "address of a node")->required();
  command->add_option("--out", options->out, "the file to write")->required();
  command->add_option("--charter", options->charter, "the charter (default: the node's)");
  command->add_option(
      "--since", options->since,
      "an older file of this command: prove that nothing was lost or changed since");
  command->add_option("--evidence", options->evidence,
                      "where to write evidence when the log does not follow the older file "
                      "(default: OUT.evidence)");
  command->footer(
      "Example: tallinn checkpoint --node http://127.0.0.1:8481 --out today.checkpoints\n"
      "         tallinn checkpoint --node http://127.0.0.1:8481 --since monday.checkpoints --out "
      "today.checkpoints");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
