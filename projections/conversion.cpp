#include "projections/conversion.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <map>

#include "projections/party_records.h"
#include "projections/record_keys.h"

namespace tallinn {
namespace {

using Wide = boost::multiprecision::int256_t;  // 64 bits times 24 digits fits

Wide power_of_ten(std::size_t exponent) {
  Wide out = 1;
  for (; exponent > 0; --exponent) out *= 10;
  return out;
}

/// Decimal text as digits over a power of ten.
struct Fraction {
  Wide digits = 0;
  Wide scale = 1;
};
Fraction fraction_of(const DecimalRate& rate) {
  Fraction out;
  bool behind_point = false;
  for (const char c : rate.value()) {
    if (c == '.') {
      behind_point = true;
      continue;
    }
    out.digits = out.digits * 10 + (c - '0');
    if (behind_point) out.scale *= 10;
  }
  return out;
}

/// Half to even; `den` is positive.
Wide divide(const Wide& num, const Wide& den) {
  const Wide magnitude = num < 0 ? Wide(-num) : num;
  Wide quotient = magnitude / den;
  const Wide twice = (magnitude % den) * 2;
  if (twice > den || (twice == den && quotient % 2 == 1)) quotient += 1;
  return num < 0 ? Wide(-quotient) : quotient;
}

/// The newest rate of exactly this pair.
std::optional<UsedRate> newest(ViewReader& views, Currency base, Currency quote,
                               std::optional<Day> until) {
  Bytes prefix(RateRecord::kPrefix);
  prefix.append(currency_code(base)).append("-").append(currency_code(quote)).append("-");
  std::optional<UsedRate> found;
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    const auto date = parse_day(key.substr(prefix.size()));
    if (!date || (until && *date > *until)) return ViewReader::Next::stop;
    const auto record = decode_record<RateRecord>(value);
    if (const RateRecording* current = record.current())
      found = UsedRate{.base = base,
                       .quote = quote,
                       .rate = current->rate,
                       .date = *date,
                       .source = current->source};
    return ViewReader::Next::go_on;
  });
  return found;
}

std::unexpected<Error> no_rate(Currency from, Currency to, std::optional<Day> until) {
  return refuse(Code::not_found,
                "no exchange rate between " + std::string(currency_code(from)) + " and " +
                    std::string(currency_code(to)) + " is recorded" +
                    (until ? " for " + format_day(*until) + " or before" : std::string()) +
                    ": the back office records one with ExchangeRateRecorded",
                "in");
}

}  // namespace

std::optional<std::int64_t> convert(std::int64_t minor, Currency from, const UsedRate& rate) {
  const bool multiplied = from == rate.base;
  const Currency to = multiplied ? rate.quote : rate.base;
  const Fraction fraction = fraction_of(rate.rate);
  const Wide up = power_of_ten(static_cast<std::size_t>(currency_exponent(to)));
  const Wide down = power_of_ten(static_cast<std::size_t>(currency_exponent(from)));
  const Wide num = Wide(minor) * up * (multiplied ? fraction.digits : fraction.scale);
  const Wide den = down * (multiplied ? fraction.scale : fraction.digits);
  const Wide out = divide(num, den);
  if (out > std::numeric_limits<std::int64_t>::max() ||
      out < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(out);
}

std::optional<UsedRate> find_rate(ViewReader& views, Currency from, Currency to,
                                  std::optional<Day> until) {
  auto asked = newest(views, from, to, until);
  auto inverse = newest(views, to, from, until);
  if (!asked || (inverse && inverse->date > asked->date)) return inverse;
  return asked;
}

Result<std::vector<ConvertedRow>> convert_ladder(ViewReader& views, const Ladder& ladder,
                                                 Currency into, std::optional<Day> until) {
  std::map<Year, ConvertedRow> years;
  for (const LadderRow& row : ladder.rows) {
    ConvertedRow& sum = years[row.year];
    sum.total.year = row.year;
    sum.total.currency = into;
    std::optional<UsedRate> rate;
    if (row.currency != into) {
      rate = find_rate(views, row.currency, into, until);
      if (!rate) return no_rate(row.currency, into, until);
    }
    const auto add = [&](std::int64_t& to, std::int64_t minor) {
      const auto converted = rate ? convert(minor, row.currency, *rate) : minor;
      return converted && !__builtin_add_overflow(to, *converted, &to);
    };
    bool fits = true;
    for (std::size_t i = 0; i < row.rungs.size(); ++i)
      fits = fits && add(sum.total.rungs[i], row.rungs[i]);
    for (std::size_t i = 0; i < row.losses.size(); ++i)
      fits = fits && add(sum.total.losses[i], row.losses[i]);
    if (!fits)
      return refuse(Code::invalid_value,
                    "a total in " + std::string(currency_code(into)) + " is too large to show",
                    "in");
    if (rate) sum.rates.push_back(*std::move(rate));
  }
  std::vector<ConvertedRow> out;
  for (auto& [year, row] : years) out.push_back(std::move(row));
  return out;
}

}  // namespace tallinn
