#include <ostream>

#include "events/text.h"
#include "ledger/file_text.h"
#include "tools/commands.h"
#include "tools/ledger_reader.h"

namespace tallinn {

namespace {

struct BundleArguments {
  std::string party;
  std::string out;
  ReaderOptions from;
};

void run(const BundleArguments& options, Shell& shell) {
  if (!valid_party_id(options.party))
    return shell.fail("bundle", "a party is 2 to 32 of A-Z 0-9 -, first a letter", Exit::usage);
  const auto reader = open_reader(options.from);
  if (!reader) return shell.fail("bundle", reader.error());
  const auto file = (*reader)->bundle(PartyId(options.party));
  if (!file) return shell.fail("bundle", file.error());
  if (const auto written = write_file_durably(options.out, *file); !written)
    return shell.fail("bundle", written.error());
  shell.say("{0}: {1:count} {1:byte|bytes}", options.out, file->size());
}

}  // namespace

void add_bundle_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("bundle", "write a donor's trail with all its proofs into one file");
  auto options = std::make_shared<BundleArguments>();
  command->add_option("PARTY", options->party, "the donor, for example EE")->required();
  command->add_option("--out", options->out, "the file to write, for example EE.trail.json")
      ->required();
  add_reader_options(*command, options->from);
  command->footer(
      "The file and the charter are all that `tallinn verify` needs, on any machine.\n"
      "Example: tallinn bundle EE --node http://127.0.0.1:8483 --out EE.trail.json");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
