#include "ledger/anchor.h"

#include <algorithm>

#include "events/assert.h"
#include "ledger/text_lines.h"

namespace tallinn {
namespace {

constexpr std::string_view kAnchorFormat = "tallinn-ledger/anchor@v2";
constexpr std::size_t kMaxCosigned = 512;

std::unexpected<Error> not_an_anchor(std::string detail) {
  return refuse(Code::malformed, "not a head anchor: " + std::move(detail));
}

std::string log_words(const HeldLog& held) {
  return std::to_string(held.log.office.value()) + " " + std::to_string(held.log.epoch.value()) +
         " " + std::to_string(held.size.value());
}

/// The first three words: office, epoch, size.
std::optional<HeldLog> parse_log_words(const std::vector<std::string_view>& words) {
  const auto office = parse_decimal(words[0]);
  const auto epoch = parse_decimal(words[1]);
  const auto size = parse_decimal(words[2]);
  if (!office || *office > UINT16_MAX || !epoch || *epoch == 0 || *epoch > UINT32_MAX || !size)
    return std::nullopt;
  return HeldLog{.log = {OfficeNumber(static_cast<std::uint16_t>(*office)),
                         Epoch(static_cast<std::uint32_t>(*epoch))},
                 .size = LogSize(*size)};
}

}  // namespace

std::string format_anchor(const AnchorState& state) {
  std::vector<HeldLog> cosigned = state.cosigned;
  std::ranges::sort(cosigned, {}, &HeldLog::log);
  TALLINN_ASSERT(cosigned.size() <= kMaxCosigned);
  TALLINN_ASSERT(std::ranges::adjacent_find(cosigned, {}, &HeldLog::log) == cosigned.end());
  std::string text(kAnchorFormat);
  text += "\nledger " + to_hex(state.ledger.view());
  text += "\ncommit " + std::to_string(state.commit.value());
  text += "\nown " + log_words(state.own) + " " + to_base64(state.root.view());
  for (const HeldLog& held : cosigned) text += "\ncosigned " + log_words(held);
  return text + "\npromised " + std::to_string(state.promised.value()) + "\n";
}

Result<AnchorState> parse_anchor(std::string_view text) {
  std::string_view rest = text;
  AnchorState state;
  if (take_line(rest) != kAnchorFormat)
    return not_an_anchor("it does not begin with " + std::string(kAnchorFormat));
  const auto ledger = take_value(rest, "ledger");
  const auto ledger_id = ledger ? fixed_from_hex<LedgerId>(*ledger) : std::nullopt;
  if (!ledger_id) return not_an_anchor("it has no ledger id");
  state.ledger = *ledger_id;

  const auto number = take_value(rest, "commit");
  const auto commit = number ? parse_decimal(*number) : std::nullopt;
  if (!commit) return not_an_anchor("it does not say of which commit it is");
  state.commit = CommitNumber(*commit);

  const auto own = take_value(rest, "own");
  const auto words = own ? split_words(*own) : std::vector<std::string_view>{};
  const auto own_log = words.size() == 4 ? parse_log_words(words) : std::nullopt;
  const auto root = own_log ? fixed_from_base64<Digest>(words[3]) : std::nullopt;
  if (!root) return not_an_anchor("it does not say what was committed");
  state.own = *own_log;
  state.root = *root;

  auto line = take_line(rest);
  for (; line && line->starts_with("cosigned "); line = take_line(rest)) {
    const auto held_words = split_words(line->substr(9));
    const auto held = held_words.size() == 3 ? parse_log_words(held_words) : std::nullopt;
    const bool ascending =
        held && (state.cosigned.empty() || state.cosigned.back().log < held->log);
    if (!ascending || state.cosigned.size() == kMaxCosigned)
      return not_an_anchor("a cosigned line is wrong");
    state.cosigned.push_back(*held);
  }
  const auto promised = line ? after_keyword(*line, "promised") : std::nullopt;
  const auto lamport = promised ? parse_decimal(*promised) : std::nullopt;
  if (!lamport || !rest.empty()) return not_an_anchor("it does not end with what was promised");
  state.promised = Lamport(*lamport);
  if (format_anchor(state) != text) return not_an_anchor("it is not spelled as we spell it");
  return state;
}

}  // namespace tallinn
