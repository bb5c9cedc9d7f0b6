// Pattern: a sentence with places, in one of the two languages: it is written from arguments, and
// its arguments are read out of a sentence that was written by it. Pure. Grammar, where N is an
// argument's number from 0:
//   {N}               any text, at least a character
//   {N:part}          a part that is itself a sentence or a name, told in the reader's language
//   {N:word}          one of the closed values ("settled"), told in the reader's language
//   {N:number}        digits that name something ("entry 1234")
//   {N:count} {N:money} {N:date}   canonical text ("1234", "5.00 EUR", "2024-12-11"), formatted
//   {N:entry|entries} the form of a noun that fits argument N: 2 in English, 3 in Ukrainian
// A brace without a number behind it is a brace.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/language/language.h"

namespace tallinn {

class Pattern {
 public:
  enum class Kind : std::uint8_t { literal, text, part, word, number, count, money, date, plural };
  struct Piece {
    Kind kind = Kind::literal;
    std::string literal = {};
    std::size_t argument = 0;
    std::vector<std::string> forms = {};  ///< of a plural
  };
  /// Nothing when a place is of no known kind.
  static std::optional<Pattern> parse(std::string_view text);

  const std::vector<Piece>& pieces() const { return pieces_; }
  /// One more than the greatest argument's number.
  std::size_t arguments() const { return arguments_; }
  /// Characters that are no place.
  std::size_t literal_size() const { return literal_size_; }
  /// The longest text that every sentence of it has.
  std::string_view longest_literal() const;

  /// Parts among the arguments are told already.
  std::string write(const std::vector<std::string>& arguments, Language language) const;
  /// The arguments of a sentence that it fits as a whole; earlier places take as little as they
  /// can.
  std::optional<std::vector<std::string>> read(std::string_view sentence) const;

 private:
  std::vector<Piece> pieces_;
  std::size_t arguments_ = 0;
  std::size_t literal_size_ = 0;
};

}  // namespace tallinn
