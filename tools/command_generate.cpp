#include <fstream>
#include <ostream>

#include "ledger/charter.h"
#include "ledger/sha256.h"
#include "tools/commands.h"
#include "tools/generator/lines.h"
#include "tools/progress.h"
#include "tools/sandbox.h"

namespace tallinn {

namespace {

using generator::History;
using generator::HistoryOptions;

struct GenerateArguments {
  HistoryOptions history;
  Sandbox sandbox;
};

/// Keys that everybody knows: made from the history's seed, so that its bytes come out again.
Secret seed_from(std::uint64_t seed, const std::string& name) {
  return Secret(sha256("tallinn-ledger/generate/v1\n" + std::to_string(seed) + "\n" + name).bytes);
}

std::vector<std::string> parties_of(const HistoryOptions& history) {
  const generator::Cast cast = make_cast(history.parties);
  std::vector<std::string> parties;
  for (const generator::Actor* actor : cast.everyone()) parties.push_back(actor->party.value());
  return parties;
}

Result<void> write_history(const GenerateArguments& options, Shell& shell) {
  const auto open = [&](const char* name) {
    return std::ofstream(options.sandbox.folder / name, std::ios::binary);
  };
  std::ofstream events = open("events.jsonl");
  std::ofstream expected = open("expected.jsonl");
  const KeyLookup keys = [&](const PartyId& party) -> std::optional<PublicKey> {
    const Secret seed = seed_from(options.history.seed, party.value());
    return SigningKey(seed.seed()).public_key();
  };
  Progress progress(shell, "generate", options.history.events);
  History history(options.history, keys);
  std::uint64_t count = 0;
  while (const auto given = history.next()) {
    events << generator::event_line(*given) << '\n';
    expected << generator::expected_line(*given) << '\n';
    progress.at(++count);
  }
  events.close();
  expected.close();
  if (!events || !expected)
    return refuse(Code::unavailable, options.sandbox.folder.string() + ": cannot write");
  return {};
}

void run(GenerateArguments options, Shell& shell) {
  if (!valid_ledger_name(options.sandbox.ledger))
    return shell.fail("generate",
                      "a ledger's name is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  options.sandbox.parties = parties_of(options.history);
  options.sandbox.seed_of = [seed = options.history.seed](const std::string& name) {
    return seed_from(seed, name);
  };
  if (const auto made = make_sandbox(options.sandbox); !made)
    return shell.fail("generate", made.error());
  if (const auto written = write_history(options, shell); !written)
    return shell.fail("generate", written.error());
  const std::string folder = options.sandbox.folder.string();
  shell.say(
      "{0}: a ledger of two offices and a history for it. Start the offices, each in its own "
      "terminal, and record:",
      folder);
  shell.out << "  tallinn node " << folder << "/kyiv\n"
            << "  tallinn node " << folder << "/warsaw\n"
            << "  tallinn record " << folder << "/events.jsonl --keys " << folder
            << "/keys --node http://127.0.0.1:" << options.sandbox.first_port + 1 << "\n";
}

void add_shares(CLI::App& command, HistoryOptions& history) {
  const CLI::Range percent(0, 100);
  command
      .add_option("--late", history.late_percent, "percent of facts recorded after what follows")
      ->check(percent)
      ->capture_default_str();
  command
      .add_option("--colliding", history.colliding_percent,
                  "percent of decisions that collide with the other office's")
      ->check(percent)
      ->capture_default_str();
  command.add_option("--mistaken", history.mistaken_percent, "percent of facts that are wrong")
      ->check(percent)
      ->capture_default_str();
  command
      .add_option("--refused", history.refused_percent,
                  "percent of occasions for a submission that the rules refuse")
      ->check(percent)
      ->capture_default_str();
}

}  // namespace

void add_generate_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("generate", "make up a plausible history of any size, from a seed");
  auto options = std::make_shared<GenerateArguments>();
  HistoryOptions& history = options->history;
  command
      ->add_option("DIR", options->sandbox.folder, "a folder that does not exist yet, or is empty")
      ->required();
  command->add_option("--events", history.events, "how many")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  command->add_option("--seed", history.seed, "the same seed makes the same bytes")
      ->capture_default_str();
  command->add_option("--days", history.days, "about how long it goes on")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  for (const auto& [name, into, what] :
       {std::tuple{"--donors", &history.parties.donors, "how many donors"},
        {"--implementers", &history.parties.implementers, "how many implementers"},
        {"--recipients", &history.parties.recipients, "how many recipients"}})
    command->add_option(name, *into, what)->check(CLI::Range(3, 10'000))->capture_default_str();
  command
      ->add_option("--apart", history.apart_days,
                   "days that the offices may be without each other before a decision is refused")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  add_shares(*command, history);
  command->add_option("--ledger", options->sandbox.ledger, "name of the ledger")
      ->capture_default_str();
  command->add_option("--ports", options->sandbox.first_port, "first of four ports")
      ->check(CLI::Range(1, 65532))
      ->capture_default_str();
  command->footer(
      "Makes DIR as `tallinn sandbox` does, with keys made from the seed: for trying out only. "
      "DIR/events.jsonl is for\n"
      "`tallinn record`; DIR/expected.jsonl says of each event which office it is given to, when, "
      "with which code it is\n"
      "refused and which exceptions it opens, ends or resolves.\n"
      "Example: tallinn generate big --events 100000 --donors 40 --refused 2");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
