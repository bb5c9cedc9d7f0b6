#include <ostream>

#include "ledger/file_text.h"
#include "projections/chain.h"
#include "tools/commands.h"
#include "tools/duration.h"
#include "tools/kept_checkpoints.h"
#include "tools/text_table.h"
#include "tools/verify_file.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxVerifiedBytes = std::size_t{1} << 30;

struct VerifyArguments {
  std::string file;
  std::string charter;
  std::string chain;
  std::string at_least;
  std::string against;
  std::string entry;
  std::string evidence;
  std::string max_age;
};

std::optional<Level> level_of(const std::string& name) {
  for (const Level level : {Level::recorded, Level::replicated, Level::settled})
    if (level_name(level) == name) return level;
  return std::nullopt;
}

/// Writes what shows that two files of checkpoints cannot both be true, if they show it.
void keep_fork(const VerifyArguments& options, const std::string& newer, const std::string& older,
               const Charter& charter, const Roster& roster, Shell& shell) {
  const auto as_kept = [](const std::string& text) {
    auto kept = parse_kept_checkpoints(text);
    return kept ? *std::move(kept)
                : KeptCheckpoints{.logs = {{.note = text, .since = {}, .proof = {}}}};
  };
  const auto fork = fork_between(as_kept(newer), as_kept(older), charter, roster);
  if (!fork) return;
  const std::string path = options.evidence.empty() ? options.file + ".evidence" : options.evidence;
  if (const auto written = write_file_durably(path, format_evidence(*fork)); !written)
    return shell.fail("verify", written.error());
  shell.say("{0}: evidence that anyone can verify", path);
}

void run(const VerifyArguments& options, Shell& shell) {
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("verify", charter.error());
  const auto roster = load_roster(*charter, options.chain);
  if (!roster) return shell.fail("verify", roster.error());
  const auto file = read_input(options.file, kMaxVerifiedBytes);
  if (!file) return shell.fail("verify", file.error());
  VerifyOptions how{.at_least = level_of(options.at_least), .entry = {}, .older = {}, .fresh = {}};
  if (!options.chain.empty()) {
    auto chain = read_input(options.chain, kMaxChainBytes);
    if (!chain) return shell.fail("verify", chain.error());
    how.chain = *std::move(chain);
  }
  if (!options.entry.empty()) {
    auto entry = read_input(options.entry, kMaxVerifiedBytes);
    if (!entry) return shell.fail("verify", entry.error());
    how.entry = *std::move(entry);
  }
  if (const auto max_age = parse_duration(options.max_age))
    how.fresh = {.max_age = *max_age, .now = shell.clock()};
  if (!options.against.empty()) {
    auto older = read_input(options.against, kMaxVerifiedBytes);
    if (!older) return shell.fail("verify", older.error());
    how.older = *std::move(older);
  }
  const auto sentences = verify_file(*file, *charter, *roster, how);
  if (!sentences) {
    if (how.older) keep_fork(options, *file, *how.older, *charter, *roster, shell);
    return shell.fail("verify " + options.file, sentences.error());
  }
  for (const std::string& sentence : *sentences)
    shell.put_line(printable(told(shell.language, sentence)));
  shell.say("{0}: verified", options.file);
}

}  // namespace

void add_verify_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "verify",
      "check a receipt, a trail bundle, checkpoints, evidence or a disclosed value, offline");
  auto options = std::make_shared<VerifyArguments>();
  command->add_option("FILE", options->file, "the file; its kind is told by its first bytes")
      ->required();
  command->add_option("--charter", options->charter, "the charter, the only thing that is trusted")
      ->required();
  command->add_option("--chain", options->chain,
                      "the governance chain (GET /api/v1/charter?chain=1): needed for what later "
                      "epochs' keys signed, and to say whose key disclosed a value");
  command
      ->add_option("--at-least", options->at_least, "fail unless what it proves has come this far")
      ->check(CLI::IsMember({"recorded", "replicated", "settled"}));
  command->add_option("--against", options->against,
                      "older checkpoints: nothing of them may be lost or changed; for a receipt, "
                      "newer ones: its entry may not be lost");
  command->add_option("--entry", options->entry,
                      "the bytes of the log entry, for a tlog-proof that does not carry them");
  command->add_option("--evidence", options->evidence,
                      "where to write evidence when the two exclude each other (default: "
                      "FILE.evidence)");
  command
      ->add_option("--max-age", options->max_age,
                   "fail unless another office cosigned it within this time: 90s, 30m, 24h, 7d")
      ->check([](const std::string& text) {
        return parse_duration(text) ? std::string()
                                    : "not a duration such as 90s, 30m, 24h or 7d: " + text;
      });
  command->footer(
      "Prints what was checked, a sentence each; exit 1 with the sentence that does not hold. "
      "Evidence is verified\n"
      "when what it says is proven: exit 0.\n"
      "Example: tallinn verify EE.trail.json --charter charter.txt\n"
      "         tallinn verify today.checkpoints --charter charter.txt --against "
      "monday.checkpoints");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
