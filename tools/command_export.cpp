#include <optional>
#include <ostream>

#include "tools/commands.h"
#include "tools/export_site.h"
#include "tools/folder_kind.h"
#include "tools/ledger_reader.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

struct ExportArguments {
  std::string out;
  std::string charter;
  ReaderOptions from;
};

void export_tiles(const ExportArguments& options, Shell& shell) {
  if (const auto fits = expect_folder(options.out, {FolderKind::site, FolderKind::other},
                                      "name a new folder, or that of a site");
      !fits)
    return shell.fail("export tiles", fits.error());
  const auto charter =
      options.charter.empty() ? charter_of(options.from) : load_charter(options.charter);
  if (!charter) return shell.fail("export tiles", charter.error());
  const auto source =
      open_source(options.from.data.empty() ? options.from.node : options.from.data, *charter);
  if (!source) return shell.fail("export tiles", source.error());
  for (const SourceFault& fault : (*source)->faults())
    return shell.fail("export tiles",
                      (fault.origin.empty() ? "" : fault.origin + ": ") + fault.sentence,
                      Exit::could_not);
  const auto files = open_site_files(options.out);
  if (!files) return shell.fail("export tiles", files.error());
  std::optional<Progress> progress(std::in_place, shell, "export", 0);
  const auto logs =
      export_site(**source, *charter, **files,
                  [&](std::uint64_t done, std::uint64_t total) { progress->at(done, total); });
  progress.reset();
  if (!logs) return shell.fail("export tiles", logs.error());
  for (const ExportedLog& log : *logs)
    shell.say("{0}: {1:count} {1:entry|entries}, {2:count} new", log.origin, log.size.value(),
              log.size.value() - log.before.value());
}

}  // namespace

void add_export_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand("export", "write the ledger in the formats of others");
  command->require_subcommand(1);
  CLI::App* tiles = command->add_subcommand(
      "tiles", "the logs as a static site (c2sp.org/tlog-tiles) for any web server");
  auto options = std::make_shared<ExportArguments>();
  tiles->add_option("OUT", options->out, "the folder; made, or brought up to date")->required();
  add_reader_options(*tiles, options->from);
  tiles->add_option("--charter", options->charter,
                    "the charter to trust (default: that of the source)");
  tiles->footer(
      "Writes only what is new, checkpoints last, and may be interrupted and run again at any "
      "time.\n"
      "Example: tallinn export tiles /srv/www --data try/kyiv\n"
      "         tallinn audit /srv/www --charter charter.txt");
  tiles->callback([options, &shell] { export_tiles(*options, shell); });
  add_export_logs(*command, shell);
}

}  // namespace tallinn
