#include <ostream>

#include "events/text.h"
#include "events/uuid.h"
#include "ledger/file_text.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/text_table.h"
#include "tools/withheld_values.h"

namespace tallinn {

namespace {

struct DiscloseOptions {
  std::string event;
  std::string field;
  ReaderOptions from;
  std::string key;
  std::string passphrase_file;
  std::string out;
  bool as_json = false;
};

struct EraseOptions {
  std::string event;
  std::string field;
  std::vector<std::string> nodes;
  std::string key;
  std::string passphrase_file;
};

std::optional<std::string> why_unreadable(const std::string& event, const std::string& field) {
  if (!parse_uuid(event)) return event + " is not an event's id";
  if (!field.empty() && !valid_name(field)) return field + " is not the name of a field";
  return std::nullopt;
}

void list(const DiscloseOptions& options, WithheldValues& values, const PartyKey& asker,
          Shell& shell) {
  const auto items = values.list(*parse_uuid(options.event), asker, shell.clock());
  if (!items) return shell.fail("disclose", items.error());
  if (options.as_json) return print_json(shell, *items);
  static constexpr std::array<Shown, 3> kColumns{
      {{"field"}, {"tlp", Shown::As::word}, {"state", Shown::As::word}}};
  print_table(shell, *items, kColumns);
}

void disclose(const DiscloseOptions& options, Shell& shell) {
  if (const auto why = why_unreadable(options.event, options.field))
    return shell.fail("disclose", *why, Exit::usage);
  const auto asker = load_party_key(options.key, options.passphrase_file);
  if (!asker) return shell.fail("disclose", asker.error());
  const auto values = open_withheld_values(options.from);
  if (!values) return shell.fail("disclose", values.error());
  if (options.field.empty()) return list(options, **values, *asker, shell);
  const auto disclosure =
      (*values)->disclose(*parse_uuid(options.event), Name(options.field), *asker, shell.clock());
  if (!disclosure) return shell.fail("disclose", disclosure.error());
  const std::string file = encode_disclosure(*disclosure);
  if (options.out.empty()) {
    shell.out << file;
    return;
  }
  if (const auto written = write_file_durably(options.out, file, {.mode = 0600}); !written)
    return shell.fail("disclose", written.error());
  shell.say("{0}: the {1} of {2}, TLP:{3}, {4:count} {4:byte|bytes}", options.out, options.field,
            options.event, spell(disclosure->tlp), file.size());
}

void erase(const EraseOptions& options, Shell& shell) {
  if (const auto why = why_unreadable(options.event, options.field))
    return shell.fail("erase", *why, Exit::usage);
  const auto author = load_party_key(options.key, options.passphrase_file);
  if (!author) return shell.fail("erase", author.error());
  std::optional<std::string> statement;
  for (const std::string& node : options.nodes) {
    const auto made = statement ? Result<std::string>(*statement)
                                : make_erasure(node, *parse_uuid(options.event),
                                               Name(options.field), *author, shell.clock());
    const auto erased = made ? erase_at(node, *made) : std::unexpected(made.error());
    if (!erased) {
      shell.fail("erase at " + node, erased.error());
      continue;
    }
    statement = *made;
    shell.say("{0}: the {1} of {2} was {3:part}, and is in no file of this node", node,
              options.field, options.event, printable(*erased));
  }
  if (shell.exit == Exit::done || !statement) return;
  shell.err << tell(shell.language,
                    "The value is erased; the other node does it as soon as the two have met.")
            << '\n';
  shell.exit = Exit::could_not;
}

void add_key_options(CLI::App& command, std::string& key, std::string& passphrase_file) {
  command.add_option("--key", key, "key file of the party that asks")->required();
  command.add_option("--passphrase-file", passphrase_file,
                     "file with the key's passphrase on its first line");
}

}  // namespace

void add_withheld_commands(CLI::App& app, Shell& shell) {
  CLI::App* showing = app.add_subcommand(
      "disclose", "a value that an event withholds, as a file that proves itself");
  auto disclosing = std::make_shared<DiscloseOptions>();
  showing->add_option("EVENT", disclosing->event, "the event's id")->required();
  showing->add_option("FIELD", disclosing->field,
                      "what it withholds (default: list what this key is shown)");
  add_reader_options(*showing, disclosing->from);
  add_key_options(*showing, disclosing->key, disclosing->passphrase_file);
  showing->add_option("--out", disclosing->out,
                      "the file to write, mode 0600 (default: standard output)");
  showing->add_flag("--json", disclosing->as_json, "print the list as a JSON array");
  showing->footer(
      "Shown to the event's author and signers; unless it is TLP:RED to the parties that the event "
      "concerns and to auditors;\nTLP:AMBER to coordinators; TLP:GREEN to every party. The file "
      "and "
      "the charter are all that `tallinn verify` needs.\n"
      "Example: tallinn disclose 018ec54d-e400-773d-8d15-8948d43104db beneficiary --key UA.key "
      "--node http://127.0.0.1:8481\n"
      "           --out beneficiary.disclosure.json");
  showing->callback([disclosing, &shell] { disclose(*disclosing, shell); });

  CLI::App* erasing =
      app.add_subcommand("erase", "have a withheld value erased for good, at both offices");
  auto erased = std::make_shared<EraseOptions>();
  erasing->add_option("EVENT", erased->event, "the event's id")->required();
  erasing->add_option("FIELD", erased->field, "what it withholds")->required();
  erasing
      ->add_option("--node", erased->nodes,
                   "address of a node; given for both, both have erased it when this ends")
      ->required();
  add_key_options(*erasing, erased->key, erased->passphrase_file);
  erasing->footer(
      "Only a party may erase what its own events withhold. The commitment stays, and whoever kept "
      "the value can still prove it.\nAny node tells the others. Copies of a node's files made "
      "before, by other means than `tallinn backup`, still have the value.\n"
      "Example: tallinn erase 018ec54d-e400-773d-8d15-8948d43104db beneficiary --key UA.key "
      "--node http://127.0.0.1:8481 --node http://127.0.0.1:8483");
  erasing->callback([erased, &shell] { erase(*erased, shell); });
}

}  // namespace tallinn
