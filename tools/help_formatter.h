// HelpFormatter: `--help` in the reader's language, in columns of what a terminal shows (CLI11
// counts bytes). Pure. `language` must outlive it and may change until help is asked for.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/language/language.h"

namespace tallinn {

/// A description or a footer of a command, or a description of an option, in the reader's language.
std::string help_text(Language language, const std::string& english);

class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(const Language& language) : language_(language) {}

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_footer(const CLI::App* app) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;

 private:
  std::string text(const std::string& english) const { return help_text(language_, english); }
  std::string in_columns(const std::string& name, const std::string& description) const;

  const Language& language_;
};

}  // namespace tallinn
