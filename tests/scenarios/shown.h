// Shown: what an office shows of one thing, as the words that tables compare. Pure: reads views.
#pragma once

#include <map>
#include <optional>

#include "ledger/charter.h"
#include "projections/views.h"
#include "tests/scenarios/labels.h"

namespace tallinn::scenarios {

/// Where answers come from. All outlive the call.
struct Shown {
  ViewReader& views;
  const Charter& charter;
  const Labels& labels;
};

/// Every word about one thing by its name: "state", "committed", "1.received", "consented.donor".
/// `what`: need, pledge, commitment, allocation, delivery, party; event, dispute (by label);
/// finding; rate, attestation. Nothing: there is none.
using Facts = std::map<std::string, std::string, std::less<>>;
std::optional<Facts> facts_of(const Shown& shown, const std::string& what, const std::string& name);

/// "receipt_without_dispatch/C-1 open", by id.
std::vector<std::string> exceptions_of(const Shown& shown);
/// The sentence of one exception; empty: there is none.
std::string sentence_of(const Shown& shown, const std::string& exception);
/// "2025 EUR pledged=5.00 uncommitted=5.00": rungs and losses that are not zero, by year and
/// currency.
std::vector<std::string> ladder_of(const Shown& shown, const std::string& party);
/// The types of a party's trail, in order: "PledgeAnnounced, FundsReceived (unknown_reference)".
std::string trail_of(const Shown& shown, const std::string& party);

}  // namespace tallinn::scenarios
