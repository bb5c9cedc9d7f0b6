#include "tools/language/pattern.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "tools/language/numbers.h"
#include "tools/language/plural.h"
#include "tools/messages.h"

namespace tallinn {

namespace {

using Piece = Pattern::Piece;
using Kind = Pattern::Kind;
using Arguments = std::vector<std::string>;

bool is_plain_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_count(std::string_view text) {
  return !text.empty() && text.size() <= 19 && std::ranges::all_of(text, is_plain_digit);
}

std::optional<Kind> kind_named(std::string_view name) {
  struct Name {
    std::string_view name;
    Kind kind;
  };
  static constexpr auto kKinds = std::to_array<Name>({{"part", Kind::part},
                                                      {"word", Kind::word},
                                                      {"number", Kind::number},
                                                      {"count", Kind::count},
                                                      {"money", Kind::money},
                                                      {"date", Kind::date}});
  const auto found = std::ranges::find(kKinds, name, &Name::name);
  return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

std::vector<std::string> split_forms(std::string_view text) {
  std::vector<std::string> forms(1);
  for (const char c : text) {
    if (c == '|')
      forms.emplace_back();
    else
      forms.back() += c;
  }
  return forms;
}

/// "0", "0:count", "0:entry|entries".
std::optional<Piece> parse_place(std::string_view place) {
  Piece piece{.kind = Kind::text};
  const std::size_t colon = std::min(place.find(':'), place.size());
  const auto number = std::from_chars(place.data(), place.data() + colon, piece.argument);
  if (number.ec != std::errc{} || number.ptr != place.data() + colon || piece.argument > 9)
    return std::nullopt;
  if (colon == place.size()) return piece;
  const std::string_view how = place.substr(colon + 1);
  if (how.find('|') != how.npos) {
    piece.kind = Kind::plural;
    piece.forms = split_forms(how);
    return piece;
  }
  const auto kind = kind_named(how);
  if (!kind) return std::nullopt;
  piece.kind = *kind;
  return piece;
}

bool fits(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::number:
    case Kind::count: return is_count(text);
    case Kind::money: return is_money(text);
    case Kind::date: return is_date(text);
    case Kind::word: return is_word(text);
    default: return !text.empty();
  }
}

/// One attempt to read a sentence; it goes back where a place could have been longer.
class Reading {
 public:
  Reading(const std::vector<Piece>& pieces, std::size_t arguments)
      : pieces_(pieces), found_(arguments), set_(arguments) {}

  bool from(std::size_t piece, std::string_view rest) {
    if (++steps_ > kMaxSteps) return false;
    if (piece == pieces_.size()) return rest.empty();
    const Piece& now = pieces_[piece];
    if (now.kind == Kind::literal)
      return rest.starts_with(now.literal) && from(piece + 1, rest.substr(now.literal.size()));
    if (now.kind == Kind::plural)
      return std::ranges::any_of(now.forms, [&](const std::string& form) {
        return rest.starts_with(form) && from(piece + 1, rest.substr(form.size()));
      });
    for (std::size_t end = next_end(piece, rest, 1); end != rest.npos;
         end = next_end(piece, rest, end + 1))
      if (take(piece, rest.substr(0, end), rest.substr(end))) return true;
    return false;
  }
  Arguments& found() { return found_; }

 private:
  static constexpr int kMaxSteps = 2'000;

  /// The next place from `begin` on where this piece may end; npos: there is none.
  std::size_t next_end(std::size_t piece, std::string_view rest, std::size_t begin) const {
    if (begin > rest.size()) return rest.npos;
    if (piece + 1 == pieces_.size()) return rest.size();
    const Piece& next = pieces_[piece + 1];
    return next.kind == Kind::literal ? rest.find(next.literal, begin) : begin;
  }
  bool take(std::size_t piece, std::string_view text, std::string_view rest) {
    const std::size_t argument = pieces_[piece].argument;
    if (!fits(pieces_[piece].kind, text)) return false;
    if (set_[argument] && found_[argument] != text) return false;
    const bool first = !set_[argument];
    found_[argument] = text;
    set_[argument] = true;
    if (from(piece + 1, rest)) return true;
    if (first) set_[argument] = false;
    return false;
  }

  const std::vector<Piece>& pieces_;
  Arguments found_;
  std::vector<bool> set_;
  int steps_ = 0;
};

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<Pattern> Pattern::parse(std::string_view text) {
  Pattern pattern;
  std::string literal;
  const auto end_literal = [&] {
    if (literal.empty()) return;
    pattern.literal_size_ += literal.size();
    pattern.pieces_.push_back({.kind = Kind::literal, .literal = std::move(literal)});
    literal.clear();
  };
  while (!text.empty()) {
    const bool place = text.size() > 1 && text[0] == '{' && is_plain_digit(text[1]);
    const std::size_t end = place ? text.find('}') : 1;
    if (end == text.npos) return std::nullopt;
    if (!place) {
      literal += text.front();
      text.remove_prefix(1);
      continue;
    }
    auto piece = parse_place(text.substr(1, end - 1));
    if (!piece) return std::nullopt;
    end_literal();
    pattern.arguments_ = std::max(pattern.arguments_, piece->argument + 1);
    pattern.pieces_.push_back(*std::move(piece));
    text.remove_prefix(end + 1);
  }
  end_literal();
  return pattern;
}

std::string_view Pattern::longest_literal() const {
  std::string_view longest;
  for (const Piece& piece : pieces_)
    if (piece.literal.size() > longest.size()) longest = piece.literal;
  return longest;
}

std::string Pattern::write(const Arguments& arguments, Language language) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    const std::string_view argument =
        piece.argument < arguments.size() ? std::string_view(arguments[piece.argument]) : "";
    switch (piece.kind) {
      case Kind::literal: out += piece.literal; break;
      case Kind::text:
      case Kind::part:
      case Kind::number: out += argument; break;
      case Kind::word: out += word(language, argument); break;
      case Kind::count: out += format_number(language, argument); break;
      case Kind::money: out += format_money(language, argument); break;
      case Kind::date: out += format_long_date(language, argument); break;
      case Kind::plural:
        out += piece.forms[std::min(piece.forms.size() - 1,
                                    plural_form(language, number_of(argument)))];
        break;
    }
  }
  return out;
}

std::optional<Arguments> Pattern::read(std::string_view sentence) const {
  Reading reading(pieces_, arguments_);
  if (!reading.from(0, sentence)) return std::nullopt;
  return std::move(reading.found());
}

}  // namespace tallinn
