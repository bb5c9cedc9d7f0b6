#include <ostream>

#include "tools/commands.h"
#include "tools/help_pages.h"

namespace tallinn {

void add_help_commands(CLI::App& app, Shell& shell) {
  CLI::App* man = app.add_subcommand("man", "print the man page");
  man->footer("Example: tallinn man | man -l -");
  man->callback([&app, &shell] { shell.out << man_page(app, shell.language); });

  CLI::App* completion = app.add_subcommand("completion", "print a completion script for a shell");
  auto which = std::make_shared<std::string>();
  completion->add_option("SHELL", *which, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer("Example: source <(tallinn completion bash)");
  completion->callback([which, &app, &shell] {
    const CompletedShell chosen = *which == "bash"  ? CompletedShell::bash
                                  : *which == "zsh" ? CompletedShell::zsh
                                                    : CompletedShell::fish;
    shell.out << completion_script(app, chosen, shell.language);
  });
}

}  // namespace tallinn
