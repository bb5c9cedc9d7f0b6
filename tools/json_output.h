// How the looking commands print JSON: as it is, or as a table with headings in the reader's
// language. Pure but for the stream.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ledger_reader.h"
#include "tools/shell.h"

namespace tallinn {

enum class Output : std::uint8_t { table, json };

/// A listing's column: the member it shows, and how it is aligned.
struct Shown {
  std::string_view member;
  /// text: as it is; number: a place or a year, to the right; amount: grouped, with its currency if
  /// it has one; word: one of a closed list; sentence: English of any layer.
  enum class As : std::uint8_t { text, number, amount, date, word, sentence } as = As::text;
  /// Of objects in the member: what of each is shown. Empty: all.
  std::vector<std::string_view> parts = {};
};

/// A value as a person reads it: money "1,200.00 EUR", a bilingual text in `language`, a list by
/// commas; what is `false` or empty within an object is left out.
std::string cell_of(const boost::json::value& value, Language language);
/// The same of a member whose name says what it is: a count is grouped, a state is a word, a reason
/// a sentence.
std::string cell_of_member(std::string_view member, const boost::json::value& value,
                           Language language);
void print_table(Shell& shell, const boost::json::array& items, std::span<const Shown> columns);
/// The report's items as a table, then how much was known: what --known-on takes to see it again.
void print_report(Shell& shell, const Report& report, std::span<const Shown> columns);
/// One item a line within the array's brackets.
void print_json(Shell& shell, const boost::json::array& items);
/// Indented.
std::string pretty(const boost::json::value& value);

}  // namespace tallinn
