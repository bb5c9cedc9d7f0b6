#include <boost/json.hpp>
#include <ostream>

#include "events/uuid.h"
#include "tools/commands.h"
#include "tools/import/rows.h"
#include "tools/language/numbers.h"
#include "tools/messages.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxMapBytes = 1 << 20;

struct ImportArguments {
  std::string file;
  std::string map;
  bool dry_run = false;
  bool skip_bad = false;
};

std::string text_at(const boost::json::value& from, const char* pointer) {
  boost::system::error_code missing;
  const boost::json::value* found = from.find_pointer(pointer, missing);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// The first text of a body: the name of what the event is about.
std::string subject_of(const boost::json::value& event) {
  for (const auto& member : event.at("body").as_object())
    if (member.value().is_string()) return std::string(member.value().get_string());
  return {};
}

void print_events(const Imported& imported, Shell& shell) {
  using Align = TextTable::Align;
  const auto heading = [&](std::string_view key) { return std::string(word(shell.language, key)); };
  TextTable table({{heading("line"), Align::right},
                   {heading("type")},
                   {heading("author")},
                   {heading("occurred")},
                   {heading("about")},
                   {heading("amount"), Align::right},
                   {heading("currency")},
                   {heading("id")}});
  for (const ImportedEvent& event : imported.events) {
    const auto canonical = boost::json::parse(event_to_json(event.draft.event));
    const char* value =
        canonical.at("body").as_object().contains("change") ? "/body/change" : "/body/value";
    table.add(
        {std::to_string(event.line), std::string(word(shell.language, text_at(canonical, "/type"))),
         text_at(canonical, "/author"),
         format_short_date(shell.language, text_at(canonical, "/occurred")), subject_of(canonical),
         format_number(shell.language,
                       text_at(canonical, (std::string(value) + "/amount").c_str())),
         text_at(canonical, (std::string(value) + "/currency").c_str()),
         text_at(canonical, "/id")});
  }
  const bool coloured = shell.style == Style::coloured;
  shell.out << table.format(coloured ? "\033[1m" : "", coloured ? "\033[0m" : "");
  shell.say(
      "{0:count} {0:event|events} would be recorded, {1:count} {1:row has|rows have} problems",
      imported.events.size(), imported.bad_rows);
}

void print_problems(const ImportArguments& options, const Imported& imported, Shell& shell) {
  for (const ImportProblem& problem : imported.problems) {
    std::string line = options.file + ":" + std::to_string(problem.line) + ": ";
    if (!problem.column.empty()) line += tell(shell.language, "column \"{0}\": ", problem.column);
    shell.err << printable(line + told(shell.language, problem.what)) << '\n';
  }
}

void run(const ImportArguments& options, Shell& shell) {
  const auto map_text = read_input(options.map, kMaxMapBytes);
  if (!map_text) return shell.fail("import", map_text.error());
  const auto map = parse_import_map(*map_text);
  if (!map) return shell.fail("import", options.map + ": " + map.error().detail, Exit::usage);
  const auto text = read_input(options.file, kMaxSpreadsheetBytes);
  if (!text) return shell.fail("import", text.error());
  const auto imported = import_rows(*text, *map, shell.clock());
  if (!imported)
    return shell.fail("import", options.file + ": " + imported.error().detail, Exit::found_false);

  print_problems(options, *imported, shell);
  if (options.dry_run)
    print_events(*imported, shell);
  else if (imported->bad_rows == 0 || options.skip_bad)
    for (const ImportedEvent& event : imported->events) shell.out << event.json << '\n';
  if (imported->bad_rows == 0) return;
  const std::string rows = std::to_string(imported->bad_rows) + " rows have problems";
  const std::string instead = ": nothing is imported; mend them, or leave them out with --skip-bad";
  shell.fail("import", options.skip_bad || options.dry_run ? rows : rows + instead,
             Exit::found_false);
}

}  // namespace

void add_import_command(CLI::App& app, Shell& shell) {
  CLI::App* import = app.add_subcommand("import", "make events of what others keep");
  import->require_subcommand(1);
  CLI::App* csv = import->add_subcommand("csv", "make events of a spreadsheet's rows");
  auto options = std::make_shared<ImportArguments>();
  csv->add_option("FILE", options->file, "the spreadsheet, saved as CSV in UTF-8")->required();
  csv->add_option("--map", options->map, "which column is which member of an event (TOML)")
      ->required();
  csv->add_flag("--dry-run", options->dry_run, "show what would be recorded, and every problem");
  csv->add_flag("--skip-bad", options->skip_bad,
                "leave out rows with problems; otherwise one such row refuses the whole file");
  csv->footer(
      "Prints the events as JSON Lines, for `tallinn record` to sign and submit. Importing again "
      "makes the same events with the\n"
      "same ids, which are then answered with their old place: append to the spreadsheet and "
      "import the whole of it again.\n"
      "A map writes the JSON of an event as TOML, with { column = \"...\" } wherever a cell "
      "belongs:\n"
      "\n"
      "  delimiter = \";\"\n"
      "  decimal = \",\"\n"
      "  date = \"DD.MM.YYYY\"\n"
      "  type = \"FundsDisbursed\"\n"
      "  [FundsDisbursed]\n"
      "  author = \"EE\"\n"
      "  occurred = { column = \"Date\" }\n"
      "  body.commitment = { column = \"Contract\" }\n"
      "  body.value = { amount = { column = \"Amount\" }, currency = \"EUR\" }\n"
      "  body.value_date = { column = \"Date\" }\n"
      "  body.payer = \"EE\"\n"
      "  body.payee = { column = \"Partner\" }\n"
      "\n"
      "tools/data/payments.map.toml has everything that a map can say. Exit 1 if a row has a "
      "problem.\n"
      "Example: tallinn import csv payments.csv --map payments.map.toml | tallinn record - --node "
      "http://127.0.0.1:8481 --keys keys");
  csv->callback([options, &shell] { run(*options, shell); });
  add_import_logs(*import, shell);
}

}  // namespace tallinn
