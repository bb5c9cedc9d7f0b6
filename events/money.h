// Money: minor units and an ISO 4217 currency with its exponent. No conversion, no floating point.
// Pure. Text form: {"amount":"500000.00","currency":"EUR"}, always with exactly the currency's
// decimals on output; on input fewer decimals are understood, more are refused.
#pragma once

#include <string>
#include <string_view>

#include "events/result.h"
#include "events/strong.h"

namespace tallinn {

/// ISO 4217 numeric code; 0 is no currency.
using Currency = Strong<struct CurrencyTag, std::uint16_t>;

/// Error invalid_value for a code that ISO 4217 does not list as a current currency.
Result<Currency> parse_currency(std::string_view alphabetic);
bool known_currency(Currency currency);
/// The alphabetic code. Asserts that the currency is known.
std::string_view currency_code(Currency currency);
/// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD. Asserts that the currency is known.
int currency_exponent(Currency currency);

struct Money {
  AmountMinor minor;
  Currency currency;
  bool operator==(const Money&) const = default;
};

/// Decimal text to minor units, optional leading "-". Error invalid_value: not a decimal number,
/// too many decimals for the currency, or beyond kMaxAmountMinor.
Result<AmountMinor> parse_amount(std::string_view decimal, Currency currency);
std::string format_amount(AmountMinor amount, Currency currency);
/// "500000.00 EUR", for sentences.
std::string format_money(const Money& money);

}  // namespace tallinn
