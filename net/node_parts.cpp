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

/// Name, transport key and what the replica signs with, by the key file of either.
Result<Replica::Options> load_identity(const NodeConfig& config, NodeParts& parts) {
  const std::string what = "key " + config.key;
  const auto file = load_key_file(config.key);
  if (!file) return because(what, file.error());
  Replica::Options options{.charter = parts.charter,
                           .cosign_every = std::chrono::seconds(config.cosign_every_s)};
  parts.name = file->owner.name;
  if (config.role == NodeConfig::Role::office) {
    parts.office = parts.charter.office_number(parts.name);
    if (file->owner.kind != KeyOwner::Kind::office || !parts.office)
      return refuse(Code::unauthorised, what + ": it is not the key of an office of this charter");
    OfficeKeys keys = derive_office_keys(file->seed.seed());
    parts.transport.emplace(keys.transport.seed());
    options.identity = NodeIdentity{.office = *parts.office, .keys = std::move(keys)};
  } else {
    if (file->owner.kind != KeyOwner::Kind::mirror || parts.charter.office_number(parts.name))
      return refuse(Code::unauthorised, what + ": it is not the key of a mirror (`mirror new`)");
    MirrorSigningKeys keys = derive_mirror_keys(file->seed.seed());
    parts.mirrors.push_back(make_mirror_keys(
        parts.charter.ledger, parts.name, keys.witness.public_key(), keys.transport.public_key()));
    parts.transport.emplace(keys.transport.seed());
    options.mirror = MirrorIdentity{.name = parts.name, .witness = std::move(keys.witness)};
  }
  options.mirrors = parts.mirrors;
  return options;
}

/// Those that node.toml lists, each with a name and keys of its own.
Result<std::vector<MirrorKeys>> load_mirrors(const NodeConfig& config, const Charter& charter) {
  std::vector<MirrorKeys> mirrors;
  for (const std::string& line : config.mirrors) {
    auto mirror = parse_mirror_line(line, charter);
    if (!mirror) return because("mirrors in node.toml", mirror.error());
    for (const MirrorKeys& other : mirrors)
      if (other.name == mirror->name || other.transport == mirror->transport)
        return refuse(Code::malformed, "mirrors in node.toml: " + mirror->name +
                                           " is listed twice, or another with its key");
    mirrors.push_back(std::move(*mirror));
  }
  return mirrors;
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
  auto mirrors = load_mirrors(config, parts->charter);
  if (!mirrors) return std::unexpected(mirrors.error());
  parts->mirrors = std::move(*mirrors);
  auto options = load_identity(config, *parts);
  if (!options) return std::unexpected(options.error());
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  if (error)
    return refuse(Code::unavailable, "data folder " + config.data + ": " + error.message());
  auto anchor = parts->office ? open_anchor_file(config.anchor)
                              : Result<std::unique_ptr<Anchor>>(open_anchor_memory(parts->unsaid));
  if (!anchor) return because("anchor " + config.anchor, anchor.error());
  parts->anchor = std::move(*anchor);
  auto store = Store::open(config.data + "/db");
  if (!store) return damaged("store " + config.data + "/db", store.error());
  parts->store = std::move(*store);
  auto replica = Replica::open(*parts->store, *parts->anchor, parts->heads, std::move(*options));
  if (!replica) return damaged("store " + config.data + "/db", replica.error());
  parts->replica = std::move(*replica);
  return parts;
}

}  // namespace tallinn
