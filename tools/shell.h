// Shell: what a command is given instead of globals: streams, clock, randomness, how to print; and
// how it ends. Shell. Made once by main; one thread. Conventions of docs/interface.md: errors are
// `tallinn: <what failed>: <why>`.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "events/result.h"
#include "ledger/fault_error.h"
#include "ledger/keys.h"
#include "projections/roster.h"
#include "tools/language/tell.h"

namespace tallinn {

enum class Exit : int { done = 0, found_false = 1, usage = 2, could_not = 3 };
enum class Style : std::uint8_t { plain, coloured };
enum class ProgressKind : std::uint8_t { lines, bar };

struct Shell {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::function<UnixMillis()> clock;
  std::function<void(std::span<std::uint8_t>)> random;
  Language language = Language::english;
  Style style = Style::plain;
  ProgressKind progress = ProgressKind::lines;
  Exit exit = Exit::done;

  /// Writes one of our own sentences (an entry of the catalogue) in the reader's language, and ends
  /// the line.
  template <class... Arguments>
  void say(std::string_view english, const Arguments&... arguments) {
    put_line(tell(language, english, arguments...));
  }
  void put_line(std::string_view line);

  /// Says what failed and, in the reader's language, why; ends with the exit code that fits:
  /// could_not for unavailable, else found_false.
  void fail(std::string_view what, const Error& error);
  void fail(std::string_view what, const Fault& fault);
  void fail(std::string_view what, std::string_view why, Exit code);
};

/// A sentence in the reader's language with the field that it is about, if any.
std::string sentence_of(const Error& error, Language language);

/// Whole file; a missing one is Code::unavailable: the command could not do its work.
Result<std::string> read_input(const std::filesystem::path& path, std::size_t max_bytes);
/// The charter in `path`, with its quorum of signatures.
Result<Charter> load_charter(const std::filesystem::path& path);
/// The offices' logs and keys: the charter's, or where the governance chain in `path` leads (empty:
/// none).
Result<Roster> load_roster(const Charter& charter, const std::filesystem::path& path);
/// The first line of `path`, or nothing when `path` is empty.
Result<std::optional<Secret>> load_passphrase(const std::filesystem::path& path);
/// 32 random bytes.
Secret fresh_seed(const Shell& shell);

}  // namespace tallinn
