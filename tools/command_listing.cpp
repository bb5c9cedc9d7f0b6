#include <ostream>

#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

using As = Shown::As;

constexpr std::string_view kCorrections = "corrections";

struct Listing {
  std::string_view name;
  std::string_view what;
  std::vector<Shown> columns;
};

std::vector<Listing> listings() {
  return {
      {"parties",
       "who takes part, with their keys",
       {{"party"},
        {"kind", As::word},
        {"name"},
        {"country"},
        {"state", As::word},
        {"keys", As::text, {"key", "roles", "revoked"}}}},
      {"needs",
       "what was asked for, and how far it is covered",
       {{"need"},
        {"state", As::word},
        {"priority", As::number},
        {"sector", As::word},
        {"urgency", As::word},
        {"title"},
        {"lines", As::text, {"line", "quantity", "unit", "allocated", "accepted", "uncovered"}}}},
      {"pledges",
       "what was promised",
       {{"pledge"},
        {"donor"},
        {"year"},
        {"value", As::amount},
        {"committed", As::amount},
        {"state", As::word}}},
      {"commitments",
       "what was signed",
       {{"commitment"},
        {"pledge"},
        {"donor"},
        {"receiver"},
        {"mode", As::word},
        {"value", As::amount},
        {"state", As::word}}},
      {"allocations",
       "which commitment serves which need",
       {{"allocation"},
        {"commitment"},
        {"need"},
        {"line", As::number},
        {"value", As::amount},
        {"state", As::word}}},
      {"deliveries",
       "what was dispatched, received, accepted and put in service",
       {{"consignment"}, {"allocation"}, {"state", As::word}, {"lines"}}},
      {"exceptions",
       "what does not fit together",
       {{"code", As::word}, {"state", As::word}, {"id"}, {"text", As::sentence}}},
      {kCorrections,
       "which events were corrected, for whom, and by what",
       {{"recorded", As::date},
        {"type", As::word},
        {"event"},
        {"parties"},
        {"reason", As::word},
        {"by"},
        {"replaced_by"},
        {"level", As::word}}},
  };
}

struct ListingArguments {
  ReaderOptions from;
  std::string since;  ///< these two: of corrections
  std::string party;
  bool as_json = false;
};

void run(const Listing& listing, const ListingArguments& options, Shell& shell) {
  const auto reader = open_reader(options.from);
  if (!reader) return shell.fail(listing.name, reader.error());
  const auto report = listing.name == kCorrections
                          ? (*reader)->corrections(options.since, options.party)
                          : (*reader)->list(listing.name);
  if (!report) return shell.fail(listing.name, report.error());
  if (options.as_json)
    print_json(shell, report->items);
  else
    print_report(shell, *report, listing.columns);
}

}  // namespace

void add_listing_commands(CLI::App& app, Shell& shell) {
  for (const Listing& listing : listings()) {
    CLI::App* command =
        app.add_subcommand(std::string(listing.name), "list " + std::string(listing.what));
    auto options = std::make_shared<ListingArguments>();
    add_reader_options(*command, options->from);
    add_standpoint_options(*command, options->from);
    if (listing.name == kCorrections) {
      command->add_option("--since", options->since,
                          "only what was recorded on that day (UTC) or later: 2025-06-30");
      command->add_option("--party", options->party,
                          "only corrections of what stands in that party's trail");
    }
    command->add_flag("--json", options->as_json, "print a JSON array instead of a table");
    command->footer("Example: tallinn " + std::string(listing.name) +
                    " --node http://127.0.0.1:8481");
    command->callback([listing, options, &shell] { run(listing, *options, shell); });
  }
}

}  // namespace tallinn
