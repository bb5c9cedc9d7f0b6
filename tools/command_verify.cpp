#include <ostream>

#include "tools/commands.h"
#include "tools/text_table.h"
#include "tools/verify_file.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxVerifiedBytes = std::size_t{1} << 30;

struct Options {
  std::string file;
  std::string charter;
  std::string at_least;
  std::string against;
  std::string entry;
};

std::optional<Level> level_of(const std::string& name) {
  for (const Level level : {Level::recorded, Level::replicated, Level::settled})
    if (level_name(level) == name) return level;
  return std::nullopt;
}

void run(const Options& options, Shell& shell) {
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("verify", charter.error());
  const auto file = read_input(options.file, kMaxVerifiedBytes);
  if (!file) return shell.fail("verify", file.error());
  VerifyOptions how{.at_least = level_of(options.at_least), .entry = {}, .older = {}};
  if (!options.entry.empty()) {
    auto entry = read_input(options.entry, kMaxVerifiedBytes);
    if (!entry) return shell.fail("verify", entry.error());
    how.entry = *std::move(entry);
  }
  if (!options.against.empty()) {
    auto older = read_input(options.against, kMaxVerifiedBytes);
    if (!older) return shell.fail("verify", older.error());
    how.older = *std::move(older);
  }
  const auto sentences = verify_file(*file, *charter, how);
  if (!sentences) return shell.fail("verify " + options.file, sentences.error());
  for (const std::string& sentence : *sentences) shell.out << printable(sentence) << '\n';
  shell.out << options.file << ": verified\n";
}

}  // namespace

void add_verify_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("verify", "check a receipt, a trail bundle or checkpoints, offline");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->file, "the file; its kind is told by its first bytes")
      ->required();
  command->add_option("--charter", options->charter, "the charter, the only thing that is trusted")
      ->required();
  command
      ->add_option("--at-least", options->at_least, "fail unless what it proves has come this far")
      ->check(CLI::IsMember({"recorded", "replicated", "settled"}));
  command->add_option("--against", options->against,
                      "older checkpoints: nothing of them may be lost or changed");
  command->add_option("--entry", options->entry,
                      "the bytes of the log entry, for a tlog-proof that does not carry them");
  command->footer(
      "Prints what was checked, a sentence each; exit 1 with the sentence that does not hold.\n"
      "Example: tallinn verify EE.trail.json --charter charter.txt\n"
      "         tallinn verify today.checkpoints --charter charter.txt --against "
      "monday.checkpoints");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
