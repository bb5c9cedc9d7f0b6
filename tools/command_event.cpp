#include <ostream>

#include "events/uuid.h"
#include "ledger/checkpoint.h"
#include "ledger/text_lines.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

struct EventArguments {
  std::string which;
  std::string index;
  ReaderOptions from;
  bool as_json = false;
};

/// "<office>/<epoch>/<index>" or the id.
Result<std::string> name_of(const EventArguments& options) {
  if (options.index.empty()) {
    if (!parse_uuid(options.which))
      return refuse(Code::malformed, "neither an origin with an index nor an event's id");
    return options.which;
  }
  const auto origin = parse_origin(options.which);
  if (!origin) return std::unexpected(origin.error());
  if (!parse_decimal(options.index)) return refuse(Code::malformed, "an index is a whole number");
  return origin->office + "/" + std::to_string(origin->epoch.value()) + "/" + options.index;
}

void run(const EventArguments& options, Shell& shell) {
  const auto name = name_of(options);
  if (!name) return shell.fail("event", name.error().detail, Exit::usage);
  const auto reader = open_reader(options.from);
  if (!reader) return shell.fail("event", reader.error());
  const auto event = (*reader)->event(*name);
  if (!event) return shell.fail("event", event.error());
  shell.out << (options.as_json ? boost::json::serialize(*event) : pretty(*event)) << '\n';
}

}  // namespace

void add_event_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "event", "one event in full: what it says, who signed it, how far it has come");
  auto options = std::make_shared<EventArguments>();
  command
      ->add_option("EVENT", options->which,
                   "the log's origin (then give the index), or the event's id")
      ->required();
  command->add_option("INDEX", options->index, "its place in the log, from 0");
  add_reader_options(*command, options->from);
  command->add_flag("--json", options->as_json, "on one line");
  command->footer(
      "Example: tallinn event tallinn-mechanism.example/kyiv/1 0 --node http://127.0.0.1:8481\n"
      "         tallinn event 018c8485-a400-7062-b834-c11e4c4095ce --node http://127.0.0.1:8481");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
