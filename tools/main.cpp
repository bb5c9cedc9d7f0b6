// The main of `tallinn`: makes the shell from the process's surroundings and registers the
// commands.
#include <sodium.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "tools/commands.h"

namespace {

using namespace tallinn;

UnixMillis wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return UnixMillis(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Language language_of_locale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale == "uk" || locale.starts_with("uk_") ? Language::ukrainian : Language::english;
  }
  return Language::english;
}

Style style_of_terminal() {
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return isatty(STDOUT_FILENO) == 1 && !refused ? Style::coloured : Style::plain;
}

/// What is wrong, and which help explains it.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error,
                        const std::vector<std::string>& words, Language language) {
  const auto chosen = app.get_subcommands();
  const bool stray = chosen.empty() && !words.empty() && !words.front().starts_with('-');
  std::string what = stray ? "there is no command " + words.front() : std::string(error.what());
  std::ranges::replace(what, '\n', ' ');
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  return tell(language, "{0:part} (see tallinn{1} --help)", what, command);
}

int run(int argc, char** argv) {
  Shell shell{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .clock = wall_clock,
      .random = [](std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); },
      .language = language_of_locale(),
      .style = style_of_terminal(),
      .progress = isatty(STDERR_FILENO) == 1 ? ProgressKind::bar : ProgressKind::lines,
      .exit = Exit::done};
  CLI::App app;
  define_command_line(app, shell);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success, std::cout, std::cerr);
  } catch (const CLI::ParseError& error) {
    std::cerr << "tallinn: " << tell(shell.language, "usage") << ": "
              << usage_error(app, error, {argv + 1, argv + argc}, shell.language) << '\n';
    return static_cast<int>(Exit::usage);
  }
  std::cout.flush();
  if (!std::cout && shell.exit == Exit::done)
    shell.fail(tell(shell.language, "standard output"), "cannot write", Exit::could_not);
  return static_cast<int>(shell.exit);
}

}  // namespace

int main(int argc, char** argv) {
  // Keys are in memory: no core file, and no other process of this user looks into it.
  prctl(PR_SET_DUMPABLE, 0);
  if (sodium_init() < 0) {
    std::cerr << "tallinn: start: libsodium cannot be used on this machine\n";
    return 3;
  }
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tallinn: unexpected: " << error.what() << '\n';
    return 3;
  }
}
