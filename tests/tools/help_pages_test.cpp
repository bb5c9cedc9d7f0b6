#include "tools/help_pages.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "tools/commands.h"
#include "tools/help_formatter.h"
#include "tools/text_table.h"

using namespace tallinn;

namespace {

/// Commands that are defined and not run.
struct CommandLine {
  using Define = void (*)(CLI::App&, Shell&);
  explicit CommandLine(Define define, Language language = Language::english)
      : app("A ledger", "tallinn") {
    shell.language = language;
    define(app, shell);
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

void define_some(CLI::App& app, Shell& shell) {
  add_key_command(app, shell);
  add_listing_commands(app, shell);
  add_audit_command(app, shell);
}

}  // namespace

TEST_CASE("the man page and every completion name every command and option") {
  CommandLine line(define_some);
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
  CommandLine line(define_some);
  for (const CLI::App* command : line.app.get_subcommands({})) {
    if (!command->get_subcommands([](const CLI::App* inner) { return !inner->get_name().empty(); })
             .empty())
      continue;
    CHECK_MESSAGE(command->get_footer().find("Example: tallinn ") != std::string::npos,
                  command->get_name());
  }
}

namespace {

/// visit(text) for every text of the help of a command and those below it.
template <class Visit>
void each_help_text(const CLI::App& app, Visit&& visit) {
  visit(app.get_description());
  visit(app.get_footer());
  for (const CLI::Option* option : app.get_options({})) visit(option->get_description());
  for (const CLI::App* inner : app.get_subcommands({})) each_help_text(*inner, visit);
}

}  // namespace

TEST_CASE("every text of every help is told in Ukrainian") {
  const CommandLine whole(define_command_line, Language::ukrainian);
  each_help_text(whole.app, [](const std::string& english) {
    if (english.empty()) return;
    CAPTURE(english);
    const std::string told = help_text(Language::ukrainian, english);
    CHECK(told != english);
    const std::string prose = told.substr(0, told.find("Приклад:"));
    CHECK((prose.empty() || prose.find_first_of("\xd0\xd1") != prose.npos));
    CHECK(help_text(Language::english, english) == english);
  });
}

TEST_CASE("a help's descriptions stand in one column, whatever the language") {
  for (const Language language : {Language::english, Language::ukrainian}) {
    const CommandLine whole(define_command_line, language);
    std::istringstream help(whole.app.get_subcommand("sandbox")->help());
    std::set<std::size_t> columns;
    for (std::string line; std::getline(help, line);)
      if (const std::size_t gap = line.find("  ", 2); line.starts_with("  ") && gap != line.npos)
        columns.insert(display_width(line.substr(0, line.find_first_not_of(' ', gap))));
    CHECK(columns == std::set<std::size_t>{30});
  }
}

TEST_CASE("the man page is told in Ukrainian") {
  const CommandLine whole(define_command_line, Language::ukrainian);
  const std::string page = man_page(whole.app, Language::ukrainian);
  CHECK(page.find(".SH КОМАНДИ") != page.npos);
  CHECK(page.find("Приклад: tallinn") != page.npos);
  CHECK(page.find("the charter") == page.npos);
}
