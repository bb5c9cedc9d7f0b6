#include <ostream>

#include "events/text.h"
#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "ledger/text_lines.h"
#include "projections/policy.h"
#include "tools/commands.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

struct NewCharter {
  std::string ledger = "tallinn-mechanism.example";
  std::vector<std::string> offices;
  std::vector<std::string> coordinators;
  unsigned quorum = 2;
  std::string out;
};
struct CharterPolicy {
  std::string charter;
  std::string chain;
  std::string office;
};

struct SignCharter {
  std::string file;
  std::string key;
  std::string passphrase_file;
};

Result<CharterOffice> office_from(const std::string& file) {
  auto text = read_input(file, 4096);
  if (!text) return std::unexpected(text.error());
  std::string_view rest = *text;
  const auto line = take_line(rest);
  if (!line || !rest.empty())
    return refuse(Code::malformed, file + " is not one line of a charter");
  return parse_office_line(*line);
}

/// "EE=<base64>" or a key file, whose secret is not needed.
Result<CharterCoordinator> coordinator_from(const std::string& text) {
  if (const std::size_t equals = text.find('=');
      equals != std::string::npos && valid_party_id(text.substr(0, equals))) {
    const auto key = fixed_from_base64<PublicKey>(text.substr(equals + 1));
    if (!key)
      return refuse(Code::malformed,
                    "the key of " + text.substr(0, equals) + " is not base64 of 32 bytes");
    return CharterCoordinator{.party = PartyId(text.substr(0, equals)), .key = *key};
  }
  const auto head = load_key_file_head(text);
  if (!head) return std::unexpected(head.error());
  if (head->owner.kind != KeyOwner::Kind::party)
    return refuse(Code::malformed, text + " is an office's key file");
  return CharterCoordinator{.party = PartyId(head->owner.name), .key = head->public_key};
}

Result<Charter> draft_of(const NewCharter& options) {
  std::vector<CharterOffice> offices;
  for (const std::string& file : options.offices) {
    auto office = office_from(file);
    if (!office) return std::unexpected(office.error());
    offices.push_back(*std::move(office));
  }
  std::vector<CharterCoordinator> coordinators;
  for (const std::string& text : options.coordinators) {
    auto coordinator = coordinator_from(text);
    if (!coordinator) return std::unexpected(coordinator.error());
    coordinators.push_back(*std::move(coordinator));
  }
  return make_charter(options.ledger, std::move(offices), std::move(coordinators), options.quorum);
}

void make_draft(const NewCharter& options, Shell& shell) {
  const auto charter = draft_of(options);
  if (!charter) return shell.fail("charter new", charter.error());
  const WriteOptions keep{.existing = WriteOptions::Existing::refuse};
  if (const auto written = write_file_durably(options.out, format_charter_text(*charter), keep);
      !written)
    return shell.fail("charter new", written.error());
  shell.say("ledger id {0}", to_hex(charter->id.view()));
}

void sign(const SignCharter& options, Shell& shell) {
  const auto text = read_input(options.file, kMaxNoteBytes);
  if (!text) return shell.fail("charter sign", text.error());
  const auto passphrase = load_passphrase(options.passphrase_file);
  if (!passphrase) return shell.fail("charter sign", passphrase.error());
  const auto key = load_key_file(options.key, *passphrase ? &**passphrase : nullptr);
  if (!key) return shell.fail("charter sign", key.error());
  const auto note = sign_charter(*text, PartyId(key->owner.name), SigningKey(key->seed.seed()));
  if (!note) return shell.fail("charter sign", note.error());
  if (const auto written = write_file_durably(options.file, *note); !written)
    return shell.fail("charter sign", written.error());
}

void show(const std::string& file, Shell& shell) {
  const auto text = read_input(file, kMaxNoteBytes);
  if (!text) return shell.fail("charter show", text.error());
  const auto charter = parse_charter_draft(*text);
  if (!charter) return shell.fail("charter show", charter.error());
  TextTable table({{.heading = ""}, {.heading = ""}});
  const auto row = [&](std::string_view name, std::string value) {
    table.add({tell(shell.language, name), std::move(value)});
  };
  row("ledger", charter->ledger);
  row("ledger id", to_hex(charter->id.view()));
  for (const CharterOffice& office : charter->offices)
    row("office", tell(shell.language, "{0} ({1:word} office)", office.name, spell(office.role)));
  for (const CharterCoordinator& coordinator : charter->coordinators)
    row("coordinator", coordinator.party.value() + " " + to_base64(coordinator.key.view()));
  row("quorum", tell(shell.language, "{0:count} of {1:count}", charter->quorum,
                     charter->coordinators.size()));
  const auto signed_by_quorum = parse_charter(*text);
  const bool none = text->find("\n\n") == std::string::npos;
  row("signatures", signed_by_quorum ? tell(shell.language, "of the quorum")
                    : none           ? tell(shell.language, "none yet")
                                     : sentence_of(signed_by_quorum.error(), shell.language));
  shell.out << table.format_rows();
  if (!signed_by_quorum) shell.exit = Exit::found_false;
}

void policy(const CharterPolicy& options, Shell& shell) {
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("charter policy", charter.error());
  const auto roster = load_roster(*charter, options.chain);
  if (!roster) return shell.fail("charter policy", roster.error());
  std::optional<OfficeNumber> only;
  if (!options.office.empty()) {
    only = charter->office_number(options.office);
    if (!only)
      return shell.fail("charter policy", "the charter has no office " + options.office,
                        Exit::usage);
  }
  shell.out << format_policy(*charter, *roster, only);
}

}  // namespace

void add_charter_command(CLI::App& app, Shell& shell) {
  CLI::App* charter =
      app.add_subcommand("charter", "draft, sign and explain the charter, the trust root");
  charter->require_subcommand(1);

  CLI::App* make = charter->add_subcommand("new", "draft a charter from offices and coordinators");
  auto draft = std::make_shared<NewCharter>();
  make->add_option("--ledger", draft->ledger, "name of the ledger")->capture_default_str();
  make->add_option("--office", draft->offices,
                   "an office.line file made by `office new`; once for each office, in order")
      ->required();
  make->add_option("--coordinator", draft->coordinators,
                   "a coordinator: its key file, or PARTY=<public key, base64>")
      ->required();
  make->add_option("--quorum", draft->quorum, "how many coordinators must sign")
      ->capture_default_str();
  make->add_option("--out", draft->out, "the file to make")->required();
  make->footer(
      "Example: tallinn charter new --office kyiv/office.line --office warsaw/office.line \\\n"
      "           --coordinator EE.key --coordinator UA.key --quorum 2 --out charter.txt");
  make->callback([draft, &shell] { make_draft(*draft, shell); });

  CLI::App* sign_it = charter->add_subcommand("sign", "add a coordinator's signature to a charter");
  auto options = std::make_shared<SignCharter>();
  sign_it->add_option("FILE", options->file, "the charter")->required();
  sign_it->add_option("--key", options->key, "the coordinator's key file")->required();
  sign_it->add_option("--passphrase-file", options->passphrase_file,
                      "the key file's passphrase is the first line of this");
  sign_it->footer("Example: tallinn charter sign charter.txt --key EE.key");
  sign_it->callback([options, &shell] { sign(*options, shell); });

  CLI::App* show_it = charter->add_subcommand("show", "explain a charter and check its signatures");
  auto file = std::make_shared<std::string>();
  show_it->add_option("FILE", *file, "the charter")->required();
  show_it->footer("Example: tallinn charter show charter.txt");
  show_it->callback([file, &shell] { show(*file, shell); });

  CLI::App* policy_of = charter->add_subcommand(
      "policy", "print the trust policy (c2sp.org/tlog-policy) for verifiers of others");
  auto wanted = std::make_shared<CharterPolicy>();
  policy_of->add_option("--charter", wanted->charter, "the charter")->required();
  policy_of->add_option("--chain", wanted->chain,
                        "the governance chain (GET /api/v1/charter?chain=1): logs opened since");
  policy_of->add_option("--office", wanted->office,
                        "of this office's log alone: every other office must have cosigned");
  policy_of->footer("Example: tallinn charter policy --charter charter.txt --office kyiv");
  policy_of->callback([wanted, &shell] { policy(*wanted, shell); });
}

}  // namespace tallinn
