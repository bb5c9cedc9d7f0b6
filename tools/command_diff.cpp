#include <ostream>

#include "events/text.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/messages.h"
#include "tools/report_diff.h"

namespace tallinn {

namespace {

using As = Shown::As;

struct DiffArguments {
  std::string party;
  std::string from;
  std::string to;
  ReaderOptions where;
  bool as_json = false;
};

const auto kFigures = std::to_array<Shown>(
    {{"year"}, {"figure", As::word}, {"before", As::amount}, {"after", As::amount}, {"currency"}});
const auto kEventColumns = std::to_array<Shown>({{"figure", As::word},
                                                 {"before", As::amount},
                                                 {"after", As::amount},
                                                 {"currency"},
                                                 {"origin"},
                                                 {"index", As::number},
                                                 {"type", As::word},
                                                 {"id"},
                                                 {"corrected_by"}});

Result<std::unique_ptr<LedgerReader>> open_at(ReaderOptions where, const std::string& known_on) {
  where.known_on = known_on;
  return open_reader(where);
}

void print(Shell& shell, const boost::json::object& diff) {
  const auto known = [&](std::string_view which) {
    return diff.at(which).at("known_on").as_string();
  };
  const auto& figures = diff.at("figures").as_array();
  if (figures.empty()) {
    shell.say("The two reports do not differ.");
  } else {
    print_table(shell, figures, kFigures);
    shell.out << '\n';
    print_table(shell, diff.at("events").as_array(), kEventColumns);
  }
  shell.out << '\n'
            << word(shell.language, "known_on") << ": " << known("from").c_str() << " → "
            << known("to").c_str() << '\n';
}

void run(const DiffArguments& options, Shell& shell) {
  if (!valid_party_id(options.party))
    return shell.fail("diff", "a party is 2 to 32 of A-Z 0-9 -, first a letter", Exit::usage);
  const auto before = open_at(options.where, options.from);
  if (!before) return shell.fail("diff", before.error());
  const auto after = open_at(options.where, options.to);
  if (!after) return shell.fail("diff", after.error());
  const auto diff = diff_reports(**before, **after, PartyId(options.party));
  if (!diff) return shell.fail("diff", diff.error());
  if (options.as_json)
    shell.out << pretty(*diff) << '\n';
  else
    print(shell, *diff);
}

}  // namespace

void add_diff_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "diff", "what changed in a donor's ladder between two reports, and by which events");
  auto options = std::make_shared<DiffArguments>();
  command->add_option("PARTY", options->party, "the donor, for example EE")->required();
  command
      ->add_option("--from", options->from,
                   "the earlier report: what was recorded by the end of that day (UTC), or within "
                   "the sizes that it printed")
      ->required();
  command->add_option("--to", options->to, "the later report, in the same way; without it, now");
  command->add_option("--as-of", options->where.as_of,
                      "in both, only what had occurred by the end of that day");
  add_reader_options(*command, options->where);
  command->add_flag("--json", options->as_json, "print JSON");
  command->footer(
      "An event whose amount is gone was corrected, or what it referred to was; `corrected by` "
      "names the event that\n"
      "says so.\n"
      "Example: tallinn diff EE --from 2025-06-30 --to 2025-12-31 --node http://127.0.0.1:8481\n"
      "         tallinn diff EE --from kyiv/1:40,warsaw/1:31 --data try/kyiv");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
