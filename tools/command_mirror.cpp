#include <ostream>

#include "ledger/mirror.h"
#include "tools/commands.h"
#include "tools/node_keys.h"

namespace tallinn {

namespace {

struct NewMirror {
  std::string name;
  std::string ledger = "tallinn-mechanism.example";
  std::string out;
};

void make_mirror(const NewMirror& options, Shell& shell) {
  if (!valid_office_name(options.name))
    return shell.fail("mirror new", "a mirror is 1 to 24 of a-z 0-9 -, first a letter",
                      Exit::usage);
  if (!valid_ledger_name(options.ledger))
    return shell.fail("mirror new", "a ledger is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  const KeyFile key =
      make_key_file({.kind = KeyOwner::Kind::mirror, .name = options.name}, fresh_seed(shell));
  const MirrorSigningKeys keys = derive_mirror_keys(key.seed.seed());
  const std::string line = format_mirror_line(make_mirror_keys(
      options.ledger, options.name, keys.witness.public_key(), keys.transport.public_key()));
  if (const auto written = write_node_keys(options.out, key, line); !written)
    return shell.fail("mirror new", written.error());
  shell.out << line << '\n';
}

}  // namespace

void add_mirror_command(CLI::App& app, Shell& shell) {
  CLI::App* mirror = app.add_subcommand("mirror", "make the keys of a mirror");
  mirror->require_subcommand(1);
  CLI::App* make =
      mirror->add_subcommand("new", "make a mirror's keys and print the line that offices list");
  auto options = std::make_shared<NewMirror>();
  make->add_option("--name", options->name, "name of the mirror, for example tallinn")->required();
  make->add_option("--ledger", options->ledger,
                   "name of the ledger, which stands in the keys' names")
      ->capture_default_str();
  make->add_option("--out", options->out, "folder for mirror.key (secret) and mirror.line (public)")
      ->required();
  make->footer(
      "A mirror holds every log, verifies and cosigns it, answers every reader and records "
      "nothing.\n"
      "Each office that shall serve it adds the line to `mirrors` in its node.toml; the mirror's "
      "own node.toml has role = \"mirror\".\n"
      "Example: tallinn mirror new --name tallinn --out mirror");
  make->callback([options, &shell] { make_mirror(*options, shell); });
}

}  // namespace tallinn
