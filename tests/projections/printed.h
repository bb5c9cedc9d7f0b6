// Ladders and exceptions as lines of text, for tests that compare whole answers.
#pragma once

#include "projections/exceptions.h"
#include "projections/ladder.h"
#include "projections/record_keys.h"

namespace tallinn::test {

inline std::string ladder_line(const LadderRow& row) {
  std::string out =
      std::to_string(row.year.value()) + " " + std::string(currency_code(row.currency));
  for (std::int64_t minor : row.rungs) out += " " + format_amount(AmountMinor(minor), row.currency);
  for (std::size_t i = 0; i < row.losses.size(); ++i)
    if (row.losses[i] != 0)
      out += " " + std::string(Spelling<Loss>::kNames[i]) + "=" +
             format_amount(AmountMinor(row.losses[i]), row.currency);
  return out;
}

inline std::vector<std::string> ladder_lines(ViewReader& views, const char* party) {
  std::vector<std::string> out;
  for (const LadderRow& row : make_ladder(views, PartyId(party), Parts::left_out).rows)
    out.push_back(ladder_line(row));
  return out;
}

inline std::vector<std::string> exceptions(ViewReader& views) {
  std::vector<std::string> out;
  const std::string prefix(ExceptionRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    out.push_back(std::string(key.substr(prefix.size())) + " " +
                  std::string(spell(decode_record<ExceptionRecord>(value).state)));
    return ViewReader::Next::go_on;
  });
  return out;
}

}  // namespace tallinn::test
