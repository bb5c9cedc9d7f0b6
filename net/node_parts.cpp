#include "net/node_parts.h"

#include <filesystem>

#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "ledger/way_out.h"
#include "projections/chain.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxCharterBytes = 256u << 10;

std::unexpected<Error> because(const std::string& what, const Error& error) {
  return refuse(error.code, what + ": " + error.detail, error.field);
}
std::unexpected<Error> because(const std::string& what, const Fault& fault) {
  return refuse(Code::unavailable, what + ": " + fault.detail);
}

/// What an operator does about a store that does not open whole.
std::unexpected<Error> damaged(const std::string& what, const Fault& fault) {
  auto error = because(what, fault);
  if (fault.kind != Fault::corrupt) return error;
  return refuse(error.error().code,
                error.error().detail + "; nothing was changed; " + std::string(way_out_of(fault)));
}

Result<Charter> load_charter(const std::string& path) {
  const auto text = read_file(path, kMaxCharterBytes);
  if (!text) return because("charter " + path, text.error());
  auto charter = parse_charter(*text);
  if (!charter) return because("charter " + path, charter.error());
  return charter;
}

/// The keys of the file; whether a log is open for them, the replica judges.
Result<NodeIdentity> load_identity(const std::string& path, const Charter& charter) {
  const auto file = load_key_file(path);
  if (!file) return because("key " + path, file.error());
  const auto office = charter.office_number(file->owner.name);
  if (file->owner.kind != KeyOwner::Kind::office || !office)
    return refuse(Code::unauthorised,
                  "key " + path + ": it is not the key of an office of this charter");
  return NodeIdentity{.office = *office, .keys = derive_office_keys(file->seed.seed())};
}

/// Empty without a chain.
Result<Roster> load_chain(const std::string& path, const Charter& charter) {
  if (path.empty()) return Roster();
  const auto text = read_file(path, kMaxChainBytes);
  if (!text) return because("chain " + path, text.error());
  auto roster = verify_chain(*text, charter);
  if (!roster) return because("chain " + path, roster.error());
  return roster;
}

}  // namespace

Result<std::unique_ptr<NodeParts>> open_node_parts(const NodeConfig& config) {
  auto parts = std::make_unique<NodeParts>();
  auto charter = load_charter(config.charter);
  if (!charter) return std::unexpected(charter.error());
  parts->charter = std::move(*charter);
  auto told = load_chain(config.chain, parts->charter);
  if (!told) return std::unexpected(told.error());
  parts->told = std::move(*told);
  auto identity = load_identity(config.key, parts->charter);
  if (!identity) return std::unexpected(identity.error());
  parts->office = identity->office;
  parts->transport.emplace(identity->keys.transport.seed());
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  if (error)
    return refuse(Code::unavailable, "data folder " + config.data + ": " + error.message());
  auto anchor = open_anchor_file(config.anchor);
  if (!anchor) return because("anchor " + config.anchor, anchor.error());
  parts->anchor = std::move(*anchor);
  auto store = Store::open(config.data + "/db");
  if (!store) return damaged("store " + config.data + "/db", store.error());
  parts->store = std::move(*store);
  auto replica = Replica::open(*parts->store, *parts->anchor, parts->heads,
                               {.charter = parts->charter,
                                .identity = std::move(*identity),
                                .cosign_every = std::chrono::seconds(config.cosign_every_s)});
  if (!replica) return damaged("store " + config.data + "/db", replica.error());
  parts->replica = std::move(*replica);
  return parts;
}

}  // namespace tallinn
