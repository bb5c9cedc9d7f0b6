#include <ostream>

#include "events/text.h"
#include "ledger/file_keys.h"
#include "tools/commands.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

struct NewKey {
  std::string party;
  std::string out;
  std::string passphrase_file;
};

Result<Secret> protect(const Shell& shell, const KeyFile& key, const std::string& passphrase_file) {
  const auto passphrase = load_passphrase(passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  if (!*passphrase) return encode_key_file(key);
  PassphraseSalt salt;
  SecretboxNonce nonce;
  shell.random(salt.bytes);
  shell.random(nonce.bytes);
  return encode_key_file(key, **passphrase, salt, nonce, {});
}

void make_key(const NewKey& options, Shell& shell) {
  if (!valid_party_id(options.party))
    return shell.fail("key new", "a party is 2 to 32 of A-Z 0-9 -, first a letter", Exit::usage);
  const KeyFile key =
      make_key_file({.kind = KeyOwner::Kind::party, .name = options.party}, fresh_seed(shell));
  const auto text = protect(shell, key, options.passphrase_file);
  if (!text) return shell.fail("key new", text.error());
  if (const auto written = write_key_file(options.out, *text); !written)
    return shell.fail("key new", written.error());
  shell.out << options.party << ' ' << to_base64(key.public_key.view()) << '\n';
}

void show_key(const std::string& file, Shell& shell) {
  const auto head = load_key_file_head(file);
  if (!head) return shell.fail("key show", head.error());
  const auto in_words = [&](std::string_view english) { return tell(shell.language, english); };
  const bool plain = head->protection == KeyFileHead::Protection::plain;
  TextTable table({{.heading = ""}, {.heading = ""}});
  table.add({in_words(spell(head->owner.kind)), head->owner.name});
  table.add({in_words("public key"), to_base64(head->public_key.view())});
  table.add({in_words("passphrase"), in_words(plain ? "none" : "needed")});
  shell.out << table.format_rows();
}

}  // namespace

void add_key_command(CLI::App& app, Shell& shell) {
  CLI::App* key = app.add_subcommand("key", "make and show the key files of parties");
  key->require_subcommand(1);

  CLI::App* make = key->add_subcommand("new", "make a party's key file and print its public key");
  auto options = std::make_shared<NewKey>();
  make->add_option("--party", options->party, "the party, for example EE")->required();
  make->add_option("--out", options->out, "the file to make (mode 0600, never overwritten)")
      ->required();
  make->add_option("--passphrase-file", options->passphrase_file,
                   "protect it with the first line of this file");
  make->footer("Example: tallinn key new --party EE --out keys/EE.key");
  make->callback([options, &shell] { make_key(*options, shell); });

  CLI::App* show = key->add_subcommand("show", "show what a key file says, without its secret");
  auto file = std::make_shared<std::string>();
  show->add_option("FILE", *file, "the key file")->required();
  show->footer("Example: tallinn key show keys/EE.key");
  show->callback([file, &shell] { show_key(*file, shell); });
}

}  // namespace tallinn
