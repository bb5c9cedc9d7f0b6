// Help pages: the man page and the shell completions, made from the command line's own definitions.
// Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tools/language/language.h"

namespace tallinn {

/// roff, for `man -l`.
std::string man_page(const CLI::App& app, Language language = Language::english);

enum class CompletedShell : std::uint8_t { bash, zsh, fish };
std::string completion_script(const CLI::App& app, CompletedShell shell,
                              Language language = Language::english);

}  // namespace tallinn
