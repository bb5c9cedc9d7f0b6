// A donor's spreadsheet and its map, small, for tests and fuzzers.
#pragma once

#include <string_view>

namespace tallinn::test {

inline constexpr std::string_view kSampleMap = R"(
type = "FundsDisbursed"
decimal = ","
delimiter = ";"
[FundsDisbursed]
author = "EE"
occurred = { column = "Date" }
withhold.account = { tlp = "AMBER", value = { column = "Account" } }
body.commitment = { column = "Contract" }
body.value = { amount = { column = "Amount" }, currency = "EUR" }
body.value_date = { column = "Date" }
body.payer = "EE"
body.payee = { column = "Partner", values = { Academy = "EGA", Centre = "ESTDEV" } }
)";
inline constexpr std::string_view kSampleHeading = "Date;Contract;Amount;Partner;Account\n";

}  // namespace tallinn::test
