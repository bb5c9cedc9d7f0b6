#include "ledger/promise.h"

#include <algorithm>
#include <set>

#include "events/assert.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kPromiseHeader = "tallinn-ledger/promise@v1";
constexpr std::size_t kMaxHolds = 1024;

std::unexpected<Error> bad_promise(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}

std::optional<Checkpoint> parse_own(std::string_view rest) {
  const auto words = split_words(rest);
  if (words.size() != 3 || !valid_key_name(words[0])) return std::nullopt;
  const auto size = parse_decimal(words[1]);
  const auto root = fixed_from_base64<Digest>(words[2]);
  if (!size || !root) return std::nullopt;
  return Checkpoint{.origin = std::string(words[0]), .size = LogSize(*size), .root = *root};
}

std::optional<PromiseHolds> parse_holds(std::string_view rest) {
  const auto words = split_words(rest);
  if (words.size() != 2 || !valid_key_name(words[0])) return std::nullopt;
  const auto size = parse_decimal(words[1]);
  if (!size) return std::nullopt;
  return PromiseHolds{.origin = std::string(words[0]), .size = LogSize(*size)};
}

}  // namespace

Result<Promise> parse_promise(std::string_view text) {
  if (text.size() > kMaxStatementBytes) return bad_promise("the promise is too long");
  std::string_view rest = text;
  if (take_line(rest) != kPromiseHeader) return bad_promise("not a promise");
  const auto ledger = take_value(rest, "ledger").and_then(fixed_from_hex<LedgerId>);
  const auto own = ledger ? take_value(rest, "own").and_then(parse_own) : std::nullopt;
  const auto lamport = own ? take_value(rest, "lamport").and_then(parse_decimal) : std::nullopt;
  if (!lamport) return bad_promise("a promise names ledger, own log and Lamport time");
  Promise promise{.ledger = *ledger, .own = *own, .lamport = Lamport(*lamport), .holds = {}};
  std::set<std::string> named{promise.own.origin};
  while (!rest.empty()) {
    const auto holds = take_value(rest, "holds").and_then(parse_holds);
    if (!holds) return bad_promise("a promise ends with the logs that are held");
    if (promise.holds.size() == kMaxHolds) return bad_promise("a promise names too many logs");
    if (!named.insert(holds->origin).second) return bad_promise("a promise names a log twice");
    promise.holds.push_back(*holds);
  }
  if (format_promise(promise) != text) return bad_promise("the promise is not in its one spelling");
  return promise;
}

std::string format_promise(const Promise& promise) {
  std::string text = std::string(kPromiseHeader) + "\nledger " + to_hex(promise.ledger.view()) +
                     "\nown " + promise.own.origin + " " +
                     std::to_string(promise.own.size.value()) + " " +
                     to_base64(promise.own.root.view()) + "\nlamport " +
                     std::to_string(promise.lamport.value()) + "\n";
  for (const PromiseHolds& holds : promise.holds)
    text += "holds " + holds.origin + " " + std::to_string(holds.size.value()) + "\n";
  return text;
}

Result<Promise> open_promise(std::string_view note, const LedgerId& ledger,
                             const VerifierKey& state_key) {
  auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  auto verified = verify_note(*parsed, std::span(&state_key, 1));
  if (!verified) return std::unexpected(verified.error());
  if (verified->empty())
    return refuse(Code::failed, "the promise is not signed by " + state_key.name);
  auto promise = parse_promise(parsed->text);
  if (promise && promise->ledger != ledger)
    return refuse(Code::failed, "the promise belongs to another ledger");
  return promise;
}

std::string sign_promise(const Promise& promise, std::string key_name,
                         const SigningKey& state_key) {
  Note note{.text = format_promise(promise), .signatures = {}};
  note.signatures.push_back(sign_note(std::move(key_name), state_key, note.text));
  return format_note(note);
}

}  // namespace tallinn
