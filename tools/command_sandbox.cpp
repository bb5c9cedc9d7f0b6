#include <boost/json.hpp>
#include <ostream>

#include "tools/commands.h"
#include "tools/public_record.h"
#include "tools/sandbox.h"

namespace tallinn {

namespace {

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

void run(Sandbox options, Shell& shell) {
  if (!valid_ledger_name(options.ledger))
    return shell.fail("sandbox", "a ledger's name is 1 to 128 of A-Z a-z 0-9 . _ - :", Exit::usage);
  options.parties = recorded_parties();
  options.seed_of = [&shell](const std::string&) { return fresh_seed(shell); };
  if (const auto made = make_sandbox(options); !made) return shell.fail("sandbox", made.error());
  shell.say("{0}: a ledger of two offices. Start them, each in its own terminal:",
            options.folder.string());
  shell.out << "  tallinn node " << options.folder.string() << "/kyiv\n"
            << "  tallinn node " << options.folder.string() << "/warsaw\n";
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
