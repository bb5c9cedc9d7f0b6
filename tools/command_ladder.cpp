#include <algorithm>
#include <ostream>

#include "events/text.h"
#include "events/vocabulary.h"
#include "projections/ladder.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

using As = Shown::As;

struct LadderArguments {
  std::string party;
  std::string figure;
  std::string currency;
  ReaderOptions from;
  bool as_json = false;
};

const auto kLadder = std::to_array<Shown>({{"year"},
                                           {"currency"},
                                           {"pledged", As::amount},
                                           {"committed", As::amount},
                                           {"disbursed", As::amount},
                                           {"allocated", As::amount},
                                           {"dispatched", As::amount},
                                           {"received", As::amount},
                                           {"accepted", As::amount},
                                           {"in_service", As::amount},
                                           {"losses"}});
const auto kFigureEvents = std::to_array<Shown>({{"year"},
                                                 {"amount", As::amount},
                                                 {"currency"},
                                                 {"origin"},
                                                 {"index", As::number},
                                                 {"type", As::word},
                                                 {"id"}});

const auto kRates = std::to_array<Shown>(
    {{"base"}, {"quote"}, {"rate", As::amount}, {"date", As::date}, {"source"}});

/// Every rate that a converted total rests on, once.
void print_rates(Shell& shell, const boost::json::array& rows) {
  boost::json::array rates;
  for (const boost::json::value& row : rows) {
    const boost::json::object* object = row.if_object();
    const boost::json::value* used = object != nullptr ? object->if_contains("rates") : nullptr;
    if (used == nullptr || !used->is_array()) continue;
    for (const boost::json::value& rate : used->get_array())
      if (std::ranges::find(rates, rate) == rates.end()) rates.push_back(rate);
  }
  if (rates.empty()) return;
  shell.out << '\n';
  print_table(shell, rates, kRates);
}

void run(const LadderArguments& options, Shell& shell) {
  if (!valid_party_id(options.party))
    return shell.fail("ladder", "a party is 2 to 32 of A-Z 0-9 -, first a letter", Exit::usage);
  const auto reader = open_reader(options.from);
  if (!reader) return shell.fail("ladder", reader.error());
  const PartyId party(options.party);
  const auto report = !options.figure.empty()     ? (*reader)->ladder_events(party, options.figure)
                      : !options.currency.empty() ? (*reader)->ladder_in(party, options.currency)
                                                  : (*reader)->ladder(party);
  if (!report) return shell.fail("ladder", report.error());
  if (options.as_json) return print_json(shell, report->items);
  if (!options.figure.empty()) return print_report(shell, *report, kFigureEvents);
  print_report(shell, *report, kLadder);
  if (!options.currency.empty()) print_rates(shell, report->items);
}

}  // namespace

void add_ladder_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("ladder", "what became of a donor's contribution, rung by rung");
  auto options = std::make_shared<LadderArguments>();
  command->add_option("PARTY", options->party, "the donor, for example EE")->required();
  std::vector<std::string> figures;
  for (const LadderFigure& figure : figures_with_events()) figures.emplace_back(spell(figure));
  command->add_option("--events", options->figure, "the events that sum to this rung or loss")
      ->check(CLI::IsMember(figures));
  command
      ->add_option("--in", options->currency,
                   "one row a year in this currency, at the newest recorded exchange rates")
      ->excludes("--events");
  add_reader_options(*command, options->from);
  add_standpoint_options(*command, options->from);
  command->add_flag("--json", options->as_json, "print a JSON array instead of a table");
  command->footer(
      "Rungs: pledged, committed, disbursed (net of refunds; in kind skips it), allocated, "
      "dispatched, received,\n"
      "accepted, in service. What is lost between two rungs is named. Converted rows are only "
      "shown "
      "so: balances\n"
      "stay in their currency, and each figure is rounded by itself.\n"
      "Example: tallinn ladder EE --node http://127.0.0.1:8481\n"
      "         tallinn ladder EE --events accepted --node http://127.0.0.1:8481");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
