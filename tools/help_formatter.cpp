#include "tools/help_formatter.h"

#include "tools/language/tell.h"
#include "tools/text_table.h"

namespace tallinn {

std::string help_text(Language language, const std::string& english) {
  return language == Language::english ? english : told(language, english);
}

std::string HelpFormatter::in_columns(const std::string& name,
                                      const std::string& description) const {
  const std::size_t indent = get_column_width();
  std::string out = "  " + name;
  if (description.empty()) return out + "\n";
  const std::size_t width = display_width(out);
  out += width < indent ? std::string(indent - width, ' ') : "\n" + std::string(indent, ' ');
  for (const char c : description) {
    out += c;
    if (c == '\n') out += std::string(indent, ' ');
  }
  return out + "\n";
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  std::string out = "\n" + text(group) + ":\n";
  for (const CLI::Option* option : options) out += make_option(option, is_positional);
  return out;
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
  std::string out = text(app->get_description());
  if (app->get_require_option_min() == 1 && app->get_require_option_max() == 1)
    out += " \n[" + text("Exactly 1 of the following options is required") + "]";
  return out.empty() ? out : out + "\n";
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  std::string out = text("Usage") + ": " + name + " [" + text("OPTIONS") + "]";
  for (const CLI::Option* option :
       app->get_options([](const CLI::Option* one) { return one->get_positional(); }))
    out += " " + make_option_usage(option);
  const bool has_commands =
      !app->get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); }).empty();
  if (has_commands) out += " " + text("SUBCOMMAND");
  return out + "\n";
}

std::string HelpFormatter::make_subcommands(const CLI::App* app, CLI::AppFormatMode) const {
  std::string groups;
  std::string commands;
  for (const CLI::App* command : app->get_subcommands({})) {
    if (command->get_name().empty())
      groups += "\n[" + text(command->get_group()) + "]\n" + make_description(command) +
                make_groups(command, CLI::AppFormatMode::Sub);
    else
      commands += make_subcommand(command);
  }
  return groups + (commands.empty() ? "" : "\n" + text("Subcommands") + ":\n" + commands);
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return in_columns(command->get_name(), text(command->get_description()));
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  return app->get_footer().empty() ? "" : text(app->get_footer()) + "\n";
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  return in_columns(make_option_name(option, is_positional) + make_option_opts(option),
                    make_option_desc(option));
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  std::string out;
  if (option->get_type_size() != 0) {
    const std::string type = option->get_type_name();  // "TEXT", "TEXT:{en,uk}"
    const std::size_t end = std::min(type.find_first_of(": "), type.size());
    if (!type.empty()) out += " " + text(type.substr(0, end)) + text(type.substr(end));
    if (!option->get_default_str().empty()) out += "=" + option->get_default_str();
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) out += " ...";
    if (option->get_required()) out += " " + text("REQUIRED");
  }
  if (!option->get_excludes().empty()) {
    out += " " + text("Excludes") + ":";
    for (const CLI::Option* other : option->get_excludes()) out += " " + other->get_name();
  }
  return out;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return text(option->get_description());
}

}  // namespace tallinn
