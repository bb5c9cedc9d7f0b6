#include "tools/local_store.h"

#include <filesystem>

#include "ledger/file_keys.h"
#include "ledger/store_notes.h"
#include "net/node.h"
#include "tools/ledger_reader.h"
#include "tools/shell.h"

namespace tallinn {
namespace {

Result<Charter> charter_of(const StoreReader& store, const std::string& folder,
                           const std::string& path, ErrorOfFault error_of) {
  const auto note = store.get(Family::notes, notes::charter_key());
  if (!note) return std::unexpected(error_of(note.error()));
  auto kept = *note
                  ? parse_charter(**note)
                  : refuse(Code::unavailable, folder + " holds no charter; name it with --charter");
  if (path.empty()) return kept;
  auto given = load_charter(path);
  if (given && kept && given->id != kept->id)
    return refuse(Code::failed, folder + " holds the ledger of another charter than " + path);
  return given;
}

}  // namespace

Result<LocalStore> open_local_store(const std::string& folder, const std::string& charter_path,
                                    StoreOptions::Access access, ErrorOfFault error_of) {
  const auto path = find_store(folder);
  if (!path) return std::unexpected(path.error());
  LocalStore out;
  auto store = Store::open(*path, {.disk = nullptr, .access = access});
  if (!store && store.error().kind == Fault::corrupt && access == StoreOptions::Access::read_only) {
    out.damaged = store.error();
    store = Store::open(*path, {.disk = nullptr, .access = StoreOptions::Access::salvage});
  }
  if (!store) {
    Error error = error_of(store.error());
    if (access == StoreOptions::Access::read_write && error.code == Code::unavailable)
      error.detail += "; stop the node first";
    return std::unexpected(std::move(error));
  }
  out.store = std::move(*store);
  auto charter = charter_of(*out.store, folder, charter_path, error_of);
  if (!charter) return std::unexpected(charter.error());
  out.charter = std::move(*charter);
  return out;
}

Result<DataAtRest> read_data(const std::string& folder) {
  const auto path = find_store(folder);
  if (!path) return std::unexpected(path.error());
  auto store = Store::open(*path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
  if (!store) return std::unexpected(error_from(store.error()));
  auto charter = charter_of_store(**store);
  if (!charter) return std::unexpected(charter.error());
  auto head = load_head(**store, *charter);
  if (!head) return std::unexpected(error_from(head.error()));
  return DataAtRest{*std::move(store), *std::move(charter), *std::move(head)};
}

Result<std::optional<LocalNode>> local_node(const std::string& folder) {
  const std::filesystem::path toml = std::filesystem::path(folder) / "node.toml";
  std::error_code failed;
  if (!std::filesystem::exists(toml, failed)) return std::nullopt;
  const auto config = load_node_config(toml.string());
  if (!config) return std::unexpected(config.error());
  const auto key = load_key_file(config->key);
  if (!key) return std::unexpected(key.error());
  return LocalNode{
      .name = key->owner.name, .role = config->role, .key = config->key, .anchor = config->anchor};
}

Result<std::unique_ptr<Anchor>> hold_anchor(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return nullptr;
  return open_anchor_file(path);
}

}  // namespace tallinn
