#include "tools/help_pages.h"

#include <functional>

#include "tools/help_formatter.h"
#include "tools/language/tell.h"

namespace tallinn {

namespace {

/// Text as roff takes it literally.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

/// The command's options, those of its groups included.
std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options({})) options.push_back(option);
  for (const CLI::App* group : app.get_subcommands({}))
    if (group->get_name().empty())
      for (const CLI::Option* option : options_of(*group)) options.push_back(option);
  return options;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* command : app.get_subcommands({}))
    if (!command->get_name().empty()) commands.push_back(command);
  return commands;
}

/// visit(command, "charter sign") for every command under `app`.
void each_command(const CLI::App& app, const std::string& path,
                  const std::function<void(const CLI::App&, const std::string&)>& visit) {
  for (const CLI::App* command : commands_of(app)) {
    const std::string name = path.empty() ? command->get_name() : path + " " + command->get_name();
    visit(*command, name);
    each_command(*command, name, visit);
  }
}

std::string options_roff(const CLI::App& app, Language language) {
  std::string out;
  for (const CLI::Option* option : options_of(app)) {
    out += ".TP\n.B " + roff(option->get_name(option->get_positional(), true)) + "\n";
    out += roff(help_text(language, option->get_description()));
    if (!option->get_default_str().empty())
      out += " (" + tell(language, "default") + " " + roff(option->get_default_str()) + ")";
    out += "\n";
  }
  return out;
}

std::string words_of(const CLI::App& app) {
  std::string out;
  for (const CLI::App* command : commands_of(app)) out += command->get_name() + " ";
  for (const CLI::Option* option : options_of(app))
    for (const std::string& name : option->get_lnames()) out += "--" + name + " ";
  if (!out.empty()) out.pop_back();
  return out;
}

std::string bash_completion(const CLI::App& app) {
  std::string out = "# bash completion of " + app.get_name() +
                    "\n_tallinn() {\n"
                    "  local word=${COMP_WORDS[COMP_CWORD]} path= words i\n"
                    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                    "    [[ ${COMP_WORDS[i]} == -* ]] && break\n"
                    "    path+=\"${path:+ }${COMP_WORDS[i]}\"\n  done\n"
                    "  while :; do\n    words=\n    case $path in\n";
  each_command(app, "", [&](const CLI::App& command, const std::string& name) {
    out += "      '" + name + "') words='" + words_of(command) + "' ;;\n";
  });
  // What is not a command is an argument: go back to the command before it.
  return out + "      '') words='" + words_of(app) +
         "' ;;\n    esac\n"
         "    [[ -n $words || $path != *' '* ]] && break\n    path=${path% *}\n  done\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n}\n"
         "complete -o filenames -F _tallinn " +
         app.get_name() + "\n";
}

/// A text within single quotes of a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '\n')
      out += ' ';
    else
      out += c;
  }
  return out + "'";
}

std::string zsh_completion(const CLI::App& app) {
  std::string out = "#compdef " + app.get_name() +
                    "\n_tallinn() {\n  local path=\"${(j: :)words[2,CURRENT-1]}\"\n"
                    "  while :; do\n    case $path in\n";
  each_command(app, "", [&](const CLI::App& command, const std::string& name) {
    out += "      " + shell_quoted(name) + ") compadd -- " + words_of(command) +
           "; _files; return ;;\n";
  });
  return out + "      '') compadd -- " + words_of(app) +
         "; return ;;\n    esac\n"
         "    [[ $path == *' '* ]] && path=${path% *} || { _files; return; }\n  done\n}\n_tallinn "
         "\"$@\"\n";
}

std::string fish_completion(const CLI::App& app, Language language) {
  std::string out = "# fish completion of " + app.get_name() + "\n";
  const auto completed = [&](const std::string& condition, const std::string& what,
                             const std::string& description) {
    return "complete -c tallinn -n " + shell_quoted(condition) + what + " -d " +
           shell_quoted(help_text(language, description)) + "\n";
  };
  for (const CLI::App* command : commands_of(app))
    out += completed("__fish_use_subcommand", " -a " + command->get_name(),
                     command->get_description());
  each_command(app, "", [&](const CLI::App& command, const std::string& name) {
    std::string seen = "__fish_seen_subcommand_from " + name;
    if (const std::size_t space = seen.rfind(' '); name.find(' ') != std::string::npos)
      seen = seen.substr(0, space) + "; and __fish_seen_subcommand_from" + seen.substr(space);
    for (const CLI::App* inner : commands_of(command))
      out += completed(seen, " -a " + inner->get_name(), inner->get_description());
    for (const CLI::Option* option : options_of(command))
      for (const std::string& long_name : option->get_lnames())
        out += completed(seen, " -l " + long_name, option->get_description());
  });
  return out;
}

}  // namespace

std::string man_page(const CLI::App& app, Language language) {
  const auto text = [&](const std::string& english) { return roff(help_text(language, english)); };
  std::string out = ".TH TALLINN 1\n.SH " + text("NAME") + "\ntallinn \\- " +
                    text(app.get_description()) + "\n.SH " + text("SYNOPSIS") +
                    "\n.B tallinn\n.I " + text("COMMAND") + "\n[" + text("options") + "]\n.SH " +
                    text("OPTIONS") + "\n" + options_roff(app, language) + ".SH " +
                    text("COMMANDS") + "\n";
  each_command(app, "", [&](const CLI::App& command, const std::string& name) {
    out += ".SS tallinn " + roff(name) + "\n" + text(command.get_description()) + ".\n" +
           options_roff(command, language);
    if (!command.get_footer().empty()) out += ".PP\n.nf\n" + text(command.get_footer()) + "\n.fi\n";
  });
  return out + ".SH " + text("EXIT STATUS") + "\n" +
         text(
             "0 done; 1 checked and found false, or an event was refused; 2 usage; 3 could not "
             "(files, network).") +
         "\n";
}

std::string completion_script(const CLI::App& app, CompletedShell shell, Language language) {
  switch (shell) {
    case CompletedShell::bash: return bash_completion(app);
    case CompletedShell::zsh: return zsh_completion(app);
    case CompletedShell::fish: return fish_completion(app, language);
  }
  return {};
}

}  // namespace tallinn
