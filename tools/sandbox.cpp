#include "tools/sandbox.h"

#include <algorithm>

#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "net/node.h"

namespace tallinn {

namespace {

namespace fs = std::filesystem;

struct SandboxOffice {
  std::string name;
  OfficeRole role;
  int peer_port;
  int http_port;
};

Result<void> make_folder(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return refuse(Code::unavailable, path.string() + ": " + failed.message());
  return {};
}

Result<void> check_empty(const fs::path& path) {
  std::error_code failed;
  if (fs::exists(path, failed) && !(fs::is_directory(path, failed) && fs::is_empty(path, failed)))
    return refuse(Code::unavailable, path.string() + " is there already and not an empty folder");
  return {};
}

std::string loopback(int port) {
  return "127.0.0.1:" + std::to_string(port);
}

Result<void> write_office(const fs::path& root, const SandboxOffice& office,
                          const SandboxOffice& other, const KeyFile& key) {
  const fs::path folder = root / office.name;
  if (auto made = make_folder(folder); !made) return made;
  if (auto written = write_key_file(folder / "office.key", encode_key_file(key)); !written)
    return written;
  NodeConfig config;
  config.data = "data";
  config.anchor = "../anchors/" + office.name + ".anchor";
  config.charter = "../charter.txt";
  config.key = "office.key";
  config.listen = loopback(office.peer_port);
  config.http = loopback(office.http_port);
  config.peers = {{.office = other.name,
                   .addresses = {loopback(other.peer_port)},
                   .url = "http://" + loopback(other.http_port)}};
  return write_file_durably(folder / "node.toml", format_node_config(config));
}

Result<void> write_charter(const fs::path& root, const std::string& ledger,
                           const std::vector<CharterOffice>& offices,
                           const std::vector<KeyFile>& coordinators) {
  std::vector<CharterCoordinator> named;
  for (const KeyFile& key : coordinators)
    named.push_back({.party = PartyId(key.owner.name), .key = key.public_key});
  const auto charter = make_charter(ledger, offices, std::move(named), 2);
  if (!charter) return std::unexpected(charter.error());
  std::string text = format_charter_text(*charter);
  for (const KeyFile& key : coordinators) {
    auto note = sign_charter(text, PartyId(key.owner.name), SigningKey(key.seed.seed()));
    if (!note) return std::unexpected(note.error());
    text = *std::move(note);
  }
  return write_file_durably(root / "charter.txt", text);
}

/// Writes a key for every party; returns the coordinators'.
Result<std::vector<KeyFile>> write_party_keys(const fs::path& folder, const Sandbox& sandbox) {
  std::vector<KeyFile> coordinators;
  for (const std::string& party : sandbox.parties) {
    KeyFile key =
        make_key_file({.kind = KeyOwner::Kind::party, .name = party}, sandbox.seed_of(party));
    if (auto written = write_key_file(folder / (party + ".key"), encode_key_file(key)); !written)
      return std::unexpected(written.error());
    if (party == "EE" || party == "PL" || party == "UA") coordinators.push_back(std::move(key));
  }
  return coordinators;
}

}  // namespace

Result<void> make_sandbox(const Sandbox& options) {
  const fs::path root = options.folder;
  if (auto empty = check_empty(root); !empty) return empty;
  for (const fs::path& folder : {root / "anchors", root / "keys"})
    if (auto made = make_folder(folder); !made) return made;
  const auto coordinators = write_party_keys(root / "keys", options);
  if (!coordinators) return std::unexpected(coordinators.error());

  const SandboxOffice kyiv{.name = "kyiv",
                           .role = OfficeRole::front,
                           .peer_port = options.first_port,
                           .http_port = options.first_port + 1};
  const SandboxOffice warsaw{.name = "warsaw",
                             .role = OfficeRole::back,
                             .peer_port = options.first_port + 2,
                             .http_port = options.first_port + 3};
  std::vector<CharterOffice> offices;
  for (const SandboxOffice* office : {&kyiv, &warsaw}) {
    const KeyFile key = make_key_file({.kind = KeyOwner::Kind::office, .name = office->name},
                                      options.seed_of(office->name));
    const SandboxOffice& other = office == &kyiv ? warsaw : kyiv;
    if (auto written = write_office(root, *office, other, key); !written) return written;
    offices.push_back(make_charter_office(options.ledger, office->name, office->role,
                                          public_keys(derive_office_keys(key.seed.seed()))));
  }
  return write_charter(root, options.ledger, offices, *coordinators);
}

}  // namespace tallinn
