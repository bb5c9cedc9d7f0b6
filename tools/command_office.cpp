#include <boost/json.hpp>
#include <ostream>

#include "events/date.h"
#include "events/uuid.h"
#include "ledger/file_text.h"
#include "ledger/text_lines.h"
#include "tools/commands.h"
#include "tools/log_client.h"
#include "tools/node_keys.h"

namespace tallinn {

namespace {

namespace json = boost::json;

struct NewEpoch {
  std::string line;
  std::string node;
  std::string charter;
  std::string reason = "the office's data was lost";
  std::string author;
  std::uint64_t after = 0;
  bool alone = false;
};

struct NewOffice {
  std::string office;
  std::string role = "front";
  std::string ledger = "tallinn-mechanism.example";
  std::string out;
};

void make_office(const NewOffice& options, Shell& shell) {
  if (!valid_office_name(options.office))
    return shell.fail("office new", "an office is 1 to 24 of a-z 0-9 -, first a letter",
                      Exit::usage);
  if (!valid_ledger_name(options.ledger))
    return shell.fail("office new", "a ledger is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  const KeyFile key =
      make_key_file({.kind = KeyOwner::Kind::office, .name = options.office}, fresh_seed(shell));
  const OfficePublicKeys keys = public_keys(derive_office_keys(key.seed.seed()));
  const OfficeRole role = unspell<OfficeRole>(options.role).value_or(OfficeRole::front);
  const std::string line =
      format_office_line(make_charter_office(options.ledger, options.office, role, keys));
  if (const auto written = write_node_keys(options.out, key, line); !written)
    return shell.fail("office new", written.error());
  shell.out << line << '\n';
}

/// What a node knows of the log that is to end.
struct Ending {
  LogId log;
  LogSize size;
  Digest root;
  bool sealed = false;
  Lamport last;  ///< greatest Lamport time that the node holds
};

Result<Ending> ending_of(LogClient& client, OfficeNumber office) {
  const auto roster = client.roster();
  if (!roster) return std::unexpected(roster.error());
  Ending ending;
  ending.log = roster->offices()[office.value()].current;
  const auto holds = client.holds(ending.log);
  if (!holds) return std::unexpected(holds.error());
  ending.size = holds->size;
  ending.root = holds->root;
  ending.last = holds->last;
  if (const auto& sealed = roster->log(ending.log)->sealed) {
    ending.sealed = true;
    ending.size = sealed->size;
    ending.root = sealed->root;
  }
  return ending;
}

json::object event_line(Shell& shell, std::string_view type, const std::string& author,
                        json::object body) {
  std::array<std::uint8_t, 10> random{};
  shell.random(random);
  const UnixMillis now = shell.clock();
  return {{"id", format_uuid(make_uuid(now, random))},
          {"type", type},
          {"author", author},
          {"occurred", format_instant(now).substr(0, 10)},
          {"body", std::move(body)}};
}

json::object prefix_json(const Ending& ending) {
  return {{"epoch", ending.log.epoch.value()},
          {"size", ending.size.value()},
          {"root", to_hex(ending.root.view())}};
}

void prepare_epoch(const NewEpoch& options, Shell& shell) {
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("office epoch", charter.error());
  const auto text = read_input(options.line, 4096);
  if (!text) return shell.fail("office epoch", text.error());
  std::string_view rest = *text;
  const auto line = take_line(rest);
  const auto keys = line && rest.empty()
                        ? parse_office_line(*line)
                        : refuse(Code::malformed, options.line + " is not one office line");
  if (!keys) return shell.fail("office epoch", keys.error());
  const auto office = charter->office_number(keys->name);
  if (!office)
    return shell.fail("office epoch", "the charter names no office " + keys->name, Exit::usage);
  auto client = LogClient::make(options.node, *charter);
  if (!client) return shell.fail("office epoch", client.error());
  const auto ending = ending_of(*client, *office);
  if (!ending) return shell.fail("office epoch", ending.error());
  const std::string author =
      options.author.empty() ? charter->coordinators.front().party.value() : options.author;

  if (!options.alone && !ending->sealed) {
    json::object sealed = prefix_json(*ending);
    sealed["office"] = keys->name;
    sealed["reason"] = options.reason;
    shell.out << json::serialize(event_line(shell, "LogSealed", author, std::move(sealed))) << '\n';
  }
  const auto public_text = [](const PublicKey& key) { return to_base64(key.view()); };
  json::object opened{{"office", keys->name},
                      {"role", spell(charter->office(*office)->role)},
                      {"epoch", ending->log.epoch.value() + 1},
                      {"log", public_text(keys->log.key)},
                      {"witness", public_text(keys->witness.key)},
                      {"state", public_text(keys->state.key)},
                      {"transport", public_text(keys->transport)},
                      {"previous", prefix_json(*ending)},
                      {"after", std::max(ending->last.value(), options.after)}};
  shell.out << json::serialize(event_line(shell, "LogOpened", author, std::move(opened))) << '\n';
}

void add_epoch_command(CLI::App& office, Shell& shell) {
  CLI::App* epoch = office.add_subcommand(
      "epoch", "prepare the events that end an office's log and open its next one");
  auto options = std::make_shared<NewEpoch>();
  epoch->add_option("--line", options->line, "office.line of the new keys (`office new`)")
      ->required();
  epoch->add_option("--node", options->node, "address of a node that holds the office's log")
      ->required();
  epoch->add_option("--charter", options->charter, "the charter")->required();
  epoch->add_option("--reason", options->reason, "why, in words")->capture_default_str();
  epoch->add_option("--author", options->author,
                    "a coordinator (default: the first that the charter names)");
  epoch->add_option("--after", options->after,
                    "Lamport time that the new log's entries come after, when the node asks for "
                    "more than it holds");
  epoch->add_flag("--alone", options->alone,
                  "no other office can append: the LogOpened becomes the first entry of the log "
                  "that it opens, recorded at the office's own node, and ends the old one");
  epoch->footer(
      "Prints LogSealed and LogOpened as JSON Lines, for the coordination group to look at and "
      "record with its keys.\n"
      "A lost or restored office then starts with the new keys, catches up and appends in its next "
      "epoch.\n"
      "Example: tallinn office new --office kyiv --out kyiv-2\n"
      "         tallinn office epoch --line kyiv-2/office.line --node http://127.0.0.1:8483 \\\n"
      "           --charter charter.txt > epoch.jsonl\n"
      "         tallinn record epoch.jsonl --node http://127.0.0.1:8483 --keys keys");
  epoch->callback([options, &shell] { prepare_epoch(*options, shell); });
}

}  // namespace

void add_office_command(CLI::App& app, Shell& shell) {
  CLI::App* office =
      app.add_subcommand("office", "make the keys of an office, open its next epoch");
  office->require_subcommand(1);
  CLI::App* make =
      office->add_subcommand("new", "make an office's keys and print its line of the charter");
  auto options = std::make_shared<NewOffice>();
  make->add_option("--office", options->office, "name of the office, for example kyiv")->required();
  make->add_option("--role", options->role, "front (needs) or back (pledges, allocations)")
      ->check(CLI::IsMember({"front", "back"}))
      ->capture_default_str();
  make->add_option("--ledger", options->ledger,
                   "name of the ledger, which stands in the keys' names")
      ->capture_default_str();
  make->add_option("--out", options->out, "folder for office.key (secret) and office.line (public)")
      ->required();
  make->footer("Example: tallinn office new --office kyiv --role front --out kyiv");
  make->callback([options, &shell] { make_office(*options, shell); });
  add_epoch_command(*office, shell);
}

}  // namespace tallinn
