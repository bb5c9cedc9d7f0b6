#include "tools/ledger_reader.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "ledger/store_notes.h"
#include "net/http_client.h"
#include "tools/shell.h"

namespace tallinn {

void add_reader_options(CLI::App& command, ReaderOptions& options) {
  CLI::Option_group* from = command.add_option_group("where from");
  from->add_option("--node", options.node, "address of a node, for example http://127.0.0.1:8481");
  from->add_option("--data", options.data,
                   "folder of a node on this machine, for example try/kyiv");
  from->require_option(1);
}

void add_standpoint_options(CLI::App& command, StandpointOptions& options) {
  command.add_option("--as-of", options.as_of,
                     "only what had occurred by the end of that day (UTC), as it is known now or "
                     "on --known-on: 2025-06-30");
  command.add_option("--known-on", options.known_on,
                     "only what was recorded by the end of that day, or within the sizes that a "
                     "report printed: kyiv/1:120,warsaw/1:98");
}

Result<std::unique_ptr<LedgerReader>> open_reader(const ReaderOptions& options) {
  return options.data.empty() ? open_node_reader(options) : open_data_reader(options);
}

Result<Charter> charter_of_node(const std::string& url) {
  auto client = HttpClient::make(url, {});
  if (!client) return std::unexpected(client.error());
  const auto response = client->get("/api/v1/charter");
  if (!response) return std::unexpected(response.error());
  if (response->status != 200) return std::unexpected(error_of(*response));
  return parse_charter(response->body);
}

Result<Charter> charter_of_store(const StoreReader& store) {
  const auto note = store.get(Family::notes, notes::charter_key());
  if (!note) return std::unexpected(error_from(note.error()));
  if (!*note)
    return refuse(Code::unavailable,
                  "the data holds no charter: no node has been started on it yet");
  return parse_charter(**note);
}

Result<Charter> charter_of(const ReaderOptions& options) {
  if (options.data.empty()) return charter_of_node(options.node);
  const auto path = find_store(options.data);
  if (!path) return std::unexpected(path.error());
  auto store = Store::open(*path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
  if (!store) return std::unexpected(error_from(store.error()));
  return charter_of_store(**store);
}

Result<std::string> find_store(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failed;
  for (const fs::path& candidate :
       {fs::path(folder) / "data" / "db", fs::path(folder) / "db", fs::path(folder)})
    if (fs::exists(candidate / "CURRENT", failed)) return candidate.string();
  return refuse(Code::unavailable, folder + " holds no ledger data");
}

}  // namespace tallinn
