#include <boost/json.hpp>
#include <ostream>

#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "net/node.h"
#include "tools/commands.h"
#include "tools/public_record.h"

namespace tallinn {

namespace {

namespace fs = std::filesystem;

struct Sandbox {
  std::string folder;
  std::string ledger = "tallinn-mechanism.example";
  int first_port = 8480;
};

struct SandboxOffice {
  std::string name;
  OfficeRole role;
  int peer_port;
  int http_port;
};

/// The parties that the public record admits.
std::vector<std::string> recorded_parties() {
  std::vector<std::string> parties;
  std::string_view rest = public_record();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find("\"PartyAdmitted\"") == std::string_view::npos) continue;
    const auto event = boost::json::parse({line.data(), line.size()});
    parties.emplace_back(event.at("body").at("party").as_string());
  }
  return parties;
}

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
Result<std::vector<KeyFile>> write_party_keys(const fs::path& folder, const Shell& shell) {
  std::vector<KeyFile> coordinators;
  for (const std::string& party : recorded_parties()) {
    KeyFile key = make_key_file({.kind = KeyOwner::Kind::party, .name = party}, fresh_seed(shell));
    if (auto written = write_key_file(folder / (party + ".key"), encode_key_file(key)); !written)
      return std::unexpected(written.error());
    if (party == "EE" || party == "PL" || party == "UA") coordinators.push_back(std::move(key));
  }
  return coordinators;
}

Result<void> make_sandbox(const Sandbox& options, const Shell& shell) {
  const fs::path root = options.folder;
  if (auto empty = check_empty(root); !empty) return empty;
  for (const fs::path& folder : {root / "anchors", root / "keys"})
    if (auto made = make_folder(folder); !made) return made;
  const auto coordinators = write_party_keys(root / "keys", shell);
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
    const KeyFile key =
        make_key_file({.kind = KeyOwner::Kind::office, .name = office->name}, fresh_seed(shell));
    const SandboxOffice& other = office == &kyiv ? warsaw : kyiv;
    if (auto written = write_office(root, *office, other, key); !written) return written;
    offices.push_back(make_charter_office(options.ledger, office->name, office->role,
                                          public_keys(derive_office_keys(key.seed.seed()))));
  }
  return write_charter(root, options.ledger, offices, *coordinators);
}

void run(const Sandbox& options, Shell& shell) {
  if (!valid_ledger_name(options.ledger))
    return shell.fail("sandbox", "a ledger's name is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  if (const auto made = make_sandbox(options, shell); !made)
    return shell.fail("sandbox", made.error());
  shell.out << options.folder
            << ": a ledger of two offices. Start them, each in its own terminal:\n"
            << "  tallinn node " << options.folder << "/kyiv\n"
            << "  tallinn node " << options.folder << "/warsaw\n";
}

}  // namespace

void add_sandbox_command(CLI::App& app, Shell& shell) {
  CLI::App* sandbox =
      app.add_subcommand("sandbox", "make a complete two-office ledger for trying out");
  auto options = std::make_shared<Sandbox>();
  sandbox->add_option("DIR", options->folder, "a folder that does not exist yet, or is empty")
      ->required();
  sandbox->add_option("--ledger", options->ledger, "name of the ledger")->capture_default_str();
  sandbox
      ->add_option("--ports", options->first_port,
                   "first of four ports: Kyiv for peers, Kyiv HTTP, Warsaw for peers, Warsaw HTTP")
      ->check(CLI::Range(1, 65532))
      ->capture_default_str();
  sandbox->footer(
      "The keys in DIR/keys have no passphrase: they are for trying out only.\n"
      "Example: tallinn sandbox try --ports 9000");
  sandbox->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
