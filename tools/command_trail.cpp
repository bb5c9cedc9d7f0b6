#include <ostream>

#include "events/text.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

using As = Shown::As;

struct TrailArguments {
  std::string party;
  ReaderOptions from;
  bool as_json = false;
};

const auto kTrail = std::to_array<Shown>({{"origin"},
                                          {"index", As::number},
                                          {"occurred", As::date},
                                          {"type", As::word},
                                          {"level", As::word},
                                          {"effect", As::word},
                                          {"signers"},
                                          {"id"}});

void run(const TrailArguments& options, Shell& shell) {
  if (!valid_party_id(options.party))
    return shell.fail("trail", "a party is 2 to 32 of A-Z 0-9 -, first a letter", Exit::usage);
  const auto reader = open_reader(options.from);
  if (!reader) return shell.fail("trail", reader.error());
  const auto report = (*reader)->trail(PartyId(options.party));
  if (!report) return shell.fail("trail", report.error());
  if (options.as_json)
    print_json(shell, report->items);
  else
    print_report(shell, *report, kTrail);
}

}  // namespace

void add_trail_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("trail", "every event of a donor's contribution, in order");
  auto options = std::make_shared<TrailArguments>();
  command->add_option("PARTY", options->party, "the donor, for example EE")->required();
  add_reader_options(*command, options->from);
  add_standpoint_options(*command, options->from);
  command->add_flag("--json", options->as_json, "print a JSON array instead of a table");
  command->footer(
      "Levels: recorded (durable in one office), replicated (cosigned by every other office), "
      "settled (its place in\n"
      "the order is final). At an earlier standpoint no levels are told.\n"
      "Example: tallinn trail EE --node http://127.0.0.1:8483");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
