#include "tools/ledger_reader.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace tallinn {

void add_reader_options(CLI::App& command, ReaderOptions& options) {
  CLI::Option_group* from = command.add_option_group("where from");
  from->add_option("--node", options.node, "address of a node, for example http://127.0.0.1:8481");
  from->add_option("--data", options.data,
                   "folder of a node on this machine, for example try/kyiv");
  from->require_option(1);
}

Result<std::unique_ptr<LedgerReader>> open_reader(const ReaderOptions& options) {
  return options.data.empty() ? open_node_reader(options.node) : open_data_reader(options.data);
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
