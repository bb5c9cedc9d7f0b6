#include <ostream>

#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "tools/commands.h"

namespace tallinn {

namespace {

struct NewOffice {
  std::string office;
  std::string role = "front";
  std::string ledger = "tallinn-mechanism.example";
  std::string out;
};

void make_office(const NewOffice& options, Shell& shell) {
  namespace fs = std::filesystem;
  if (!valid_office_name(options.office))
    return shell.fail("office new", "an office is 1 to 24 of a-z 0-9 -, first a letter",
                      Exit::usage);
  if (!valid_ledger_name(options.ledger))
    return shell.fail("office new", "a ledger is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  std::error_code failed;
  fs::create_directories(options.out, failed);
  if (failed)
    return shell.fail("office new", options.out + ": " + failed.message(), Exit::could_not);

  const KeyFile key =
      make_key_file({.kind = KeyOwner::Kind::office, .name = options.office}, fresh_seed(shell));
  const fs::path folder = options.out;
  if (const auto written = write_key_file(folder / "office.key", encode_key_file(key)); !written)
    return shell.fail("office new", written.error());
  const OfficePublicKeys keys = public_keys(derive_office_keys(key.seed.seed()));
  const OfficeRole role = unspell<OfficeRole>(options.role).value_or(OfficeRole::front);
  const std::string line =
      format_office_line(make_charter_office(options.ledger, options.office, role, keys));
  if (const auto written = write_file_durably(folder / "office.line", line + "\n"); !written)
    return shell.fail("office new", written.error());
  shell.out << line << '\n';
}

}  // namespace

void add_office_command(CLI::App& app, Shell& shell) {
  CLI::App* office = app.add_subcommand("office", "make the keys of an office");
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
}

}  // namespace tallinn
