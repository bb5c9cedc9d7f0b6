#include <chrono>
#include <filesystem>
#include <ostream>
#include <thread>

#include "ledger/file_text.h"
#include "ledger/store_held.h"
#include "ledger/store_log.h"
#include "net/rebuild.h"
#include "net/rebuild_runner.h"
#include "net/rebuilt.h"
#include "tools/commands.h"
#include "tools/ledger_reader.h"
#include "tools/local_store.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr std::size_t kMaxReasonBytes = 64u << 10;

void rebuild_here(const std::string& folder, Shell& shell) {
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
  shell.say("the views are folded anew from {0:count} {0:entry|entries}", report->entries);
}

/// What the node's last rebuild beside its work left in its store.
Result<std::optional<Rebuilt>> last_of(const std::string& store_path) {
  auto store =
      Store::open(store_path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
  if (!store) return std::unexpected(error_from(store.error()));
  const auto last = last_rebuilt(**store);
  if (!last) return std::unexpected(error_from(last.error()));
  return *last;
}

void say_rebuilt(const Rebuilt& rebuilt, Shell& shell) {
  shell.say("the views are folded anew from {0:count} {0:entry|entries}, beside the running node",
            rebuilt.entries);
  if (rebuilt.differences == 0) return;
  shell.fail("rebuild",
             std::to_string(rebuilt.differences) +
                 " records of the views were not what the entries say; they are now, and the "
                 "node's log and `tallinn status` name the first",
             Exit::found_false);
}

/// Asks the node that holds the store, and waits for it.
void ask_node(const std::string& store_path, Shell& shell) {
  namespace fs = std::filesystem;
  const std::string request = rebuild_request_path(fs::path(store_path).parent_path().string());
  const std::string failure = rebuild_failure_path(request);
  std::error_code failed;
  fs::remove(failure, failed);
  const auto before = last_of(store_path);
  if (!before) return shell.fail("rebuild", before.error());
  if (const auto asked = write_file_durably(request, {}); !asked)
    return shell.fail("rebuild", asked.error());
  shell.err << tell(shell.language,
                    "the node is running and does it beside its work; `tallinn status` shows how "
                    "far it is, removing {0} ends it",
                    request)
            << '\n';
  while (fs::exists(request, failed)) {
    if (!store_is_held(store_path) && fs::exists(request, failed))
      return shell.fail("rebuild", "the node has ended; it begins again with its next start",
                        Exit::could_not);
    std::this_thread::sleep_for(kLookEvery);
  }
  if (const auto reason = read_file(failure, kMaxReasonBytes))
    return shell.fail("rebuild", reason->substr(0, reason->find('\n')), Exit::could_not);
  const auto after = last_of(store_path);
  if (!after) return shell.fail("rebuild", after.error());
  if (!*after || *after == *before)
    return shell.fail("rebuild", "somebody has removed " + request, Exit::could_not);
  say_rebuilt(**after, shell);
}

void run(const std::string& folder, Shell& shell) {
  const auto path = find_store(folder);
  if (!path) return shell.fail("rebuild", path.error());
  if (store_is_held(*path)) return ask_node(*path, shell);
  rebuild_here(folder, shell);
}

}  // namespace

void add_rebuild_command(CLI::App& app, Shell& shell) {
  CLI::App* command =
      app.add_subcommand("rebuild", "fold the views of a node's data anew from its entries");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "a node's folder, or its data folder")->required();
  command->footer(
      "A running node is asked to do it beside its work, by a file `rebuild` in its data folder, "
      "and waited for; it\n"
      "says so when the views were not what the entries say. Cut short, it is done again by the "
      "node's next start. A\n"
      "node does this by itself when its rules have changed.\n"
      "Example: tallinn rebuild try/kyiv");
  command->callback([folder, &shell] { run(*folder, shell); });
}

}  // namespace tallinn
