#include "ledger/checkpoint.h"

#include <algorithm>

#include "ledger/note.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxLedgerName = 128;
constexpr std::size_t kMaxOfficeName = 24;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool valid_ledger_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxLedgerName && std::ranges::all_of(name, [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') ||
           std::string_view("._-:").find(c) != std::string_view::npos;
  });
}

bool valid_office_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxOfficeName && is_lower(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

Result<Origin> parse_origin(std::string_view text) {
  const auto bad = [] { return refuse(Code::malformed, "not the name of a log"); };
  const auto first = text.find('/');
  const auto second = text.rfind('/');
  if (first == std::string_view::npos || second == first) return bad();
  const auto epoch = parse_decimal(text.substr(second + 1));
  if (!epoch || *epoch == 0 || *epoch > UINT32_MAX) return bad();
  Origin origin{.ledger = std::string(text.substr(0, first)),
                .office = std::string(text.substr(first + 1, second - first - 1)),
                .epoch = Epoch(static_cast<std::uint32_t>(*epoch))};
  if (!valid_ledger_name(origin.ledger) || !valid_office_name(origin.office)) return bad();
  return origin;
}

std::string format_origin(const Origin& origin) {
  return origin.ledger + "/" + origin.office + "/" + std::to_string(origin.epoch.value());
}

std::string witness_key_name(std::string_view ledger, std::string_view office) {
  return std::string(ledger) + "/" + std::string(office) + "/witness";
}

std::string state_key_name(std::string_view ledger, std::string_view office) {
  return std::string(ledger) + "/" + std::string(office) + "/state";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto bad = [] { return refuse(Code::malformed, "not a checkpoint"); };
  std::string_view rest = text;
  const auto origin = take_line(rest);
  const auto size_line = take_line(rest);
  const auto root_line = take_line(rest);
  if (!origin || !size_line || !root_line || !rest.empty()) return bad();
  const auto size = parse_decimal(*size_line);
  const auto root = fixed_from_base64<Digest>(*root_line);
  if (!valid_key_name(*origin) || !size || !root) return bad();
  return Checkpoint{.origin = std::string(*origin), .size = LogSize(*size), .root = *root};
}

std::string format_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size.value()) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

Result<Checkpoint> checkpoint_in(std::string_view note) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  return parse_checkpoint(parsed->text);
}

}  // namespace tallinn
