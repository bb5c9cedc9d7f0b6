#include "ledger/state_note.h"

#include <algorithm>
#include <set>

#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kStateNoteHeader = "tallinn-ledger/state@v1";
constexpr std::size_t kMaxLogs = 1024;

std::unexpected<Error> bad_state_note(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}

std::optional<Checkpoint> parse_log(std::string_view rest, std::string_view ledger) {
  const auto words = split_words(rest);
  if (words.size() != 3) return std::nullopt;
  const auto origin = parse_origin(words[0]);
  const auto size = parse_decimal(words[1]);
  const auto root = fixed_from_base64<Digest>(words[2]);
  if (!origin || origin->ledger != ledger || !size || !root) return std::nullopt;
  return Checkpoint{.origin = std::string(words[0]), .size = LogSize(*size), .root = *root};
}

Result<void> parse_logs(std::string_view& text, StateNote& note) {
  std::set<std::string> named;
  while (text.starts_with("log ")) {
    const auto rest = take_value(text, "log");
    auto log = rest ? parse_log(*rest, note.ledger) : std::nullopt;
    if (!log) return bad_state_note("a log line of the state note does not read");
    if (note.logs.size() == kMaxLogs) return bad_state_note("the state note names too many logs");
    if (!named.insert(log->origin).second)
      return bad_state_note("the state note names a log twice");
    note.logs.push_back(std::move(*log));
  }
  return {};
}

}  // namespace

Result<StateNote> parse_state_note(std::string_view text) {
  if (text.size() > kMaxStatementBytes) return bad_state_note("the state note is too long");
  std::string_view rest = text;
  if (take_line(rest) != kStateNoteHeader) return bad_state_note("not a state note");
  StateNote note;
  const auto ledger = take_value(rest, "ledger");
  const auto rules = take_value(rest, "rules").and_then(parse_decimal);
  const auto settled = take_value(rest, "settled").and_then(parse_decimal);
  if (!ledger || !valid_ledger_name(*ledger) || !rules || *rules > UINT32_MAX || !settled)
    return bad_state_note("a state note names ledger, rules and settled Lamport time");
  note.ledger = std::string(*ledger);
  note.rules = static_cast<std::uint32_t>(*rules);
  note.settled = Lamport(*settled);
  if (auto logs = parse_logs(rest, note); !logs) return std::unexpected(logs.error());
  const auto records = take_value(rest, "records").and_then(parse_decimal);
  const auto root = take_value(rest, "state");
  const auto state = root ? fixed_from_base64<Digest>(*root) : std::nullopt;
  if (!records || !state) return bad_state_note("a state note ends with records and state");
  note.records = *records;
  note.state = *state;
  if (format_state_note(note) != text)
    return bad_state_note("the state note is not in its one spelling");
  return note;
}

std::string format_state_note(const StateNote& note) {
  std::string text = std::string(kStateNoteHeader) + "\nledger " + note.ledger + "\nrules " +
                     std::to_string(note.rules) + "\nsettled " +
                     std::to_string(note.settled.value()) + "\n";
  for (const Checkpoint& log : note.logs)
    text += "log " + log.origin + " " + std::to_string(log.size.value()) + " " +
            to_base64(log.root.view()) + "\n";
  return text + "records " + std::to_string(note.records) + "\nstate " +
         to_base64(note.state.view()) + "\n";
}

}  // namespace tallinn
