#include <ostream>

#include "ledger/store_log.h"
#include "net/rebuild.h"
#include "tools/commands.h"
#include "tools/local_store.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

void run(const std::string& folder, Shell& shell) {
  const auto local = open_local_store(folder, "", StoreOptions::Access::read_write);
  if (!local) return shell.fail("rebuild", local.error());
  const auto entries = StoredLogs(*local->store).entries();
  if (!entries) return shell.fail("rebuild", entries.error());
  Stored<RebuildReport> report;
  {
    Progress progress(shell, "rebuild", *entries);
    report = rebuild_views(*local->store, local->charter,
                           [&](std::uint64_t done) { progress.at(done); });
  }
  if (!report) return shell.fail("rebuild", report.error());
  shell.out << "the views are folded anew from " << report->entries << " entries\n";
}

}  // namespace

void add_rebuild_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("rebuild", "fold the views of a node's data anew from its entries");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "a node's folder, or its data folder")->required();
  command->footer(
      "The node must not be running. Cut short, it is done again by the node's next start. A node "
      "does this by itself\n"
      "when its rules have changed.\nExample: tallinn rebuild try/kyiv");
  command->callback([folder, &shell] { run(*folder, shell); });
}

}  // namespace tallinn
