#include "tools/help_pages.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tools/commands.h"

using namespace tallinn;

namespace {

struct CommandLine {
  CommandLine() : app("A ledger", "tallinn") {
    add_key_command(app, shell);
    add_listing_commands(app, shell);
    add_audit_command(app, shell);
  }
  std::istringstream in;
  std::ostringstream out;
  Shell shell{.in = in,
              .out = out,
              .err = out,
              .clock = [] { return UnixMillis(0); },
              .random = [](std::span<std::uint8_t>) {}};
  CLI::App app;
};

}  // namespace

TEST_CASE("the man page and every completion name every command and option") {
  CommandLine line;
  const std::string pages[] = {man_page(line.app),
                               completion_script(line.app, CompletedShell::bash),
                               completion_script(line.app, CompletedShell::zsh),
                               completion_script(line.app, CompletedShell::fish)};
  for (const std::string& page : pages)
    for (const char* word : {"key", "new", "show", "party", "passphrase", "needs", "exceptions",
                             "audit", "charter", "json"})
      CHECK_MESSAGE(page.find(word) != std::string::npos, page.substr(0, 20) << " lacks " << word);
}

TEST_CASE("every command explains itself with an example") {
  CommandLine line;
  for (const CLI::App* command : line.app.get_subcommands({})) {
    if (!command->get_subcommands([](const CLI::App* inner) { return !inner->get_name().empty(); })
             .empty())
      continue;
    CHECK_MESSAGE(command->get_footer().find("Example: tallinn ") != std::string::npos,
                  command->get_name());
  }
}
