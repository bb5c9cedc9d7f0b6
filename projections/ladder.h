// The contribution ladder of a donor: what became of what it pledged, rung by rung (docs/domain.md,
// section 6). Pure: reads views, changes nothing; the same on a node and in a verified bundle. By
// the pledge's year (without a pledge: the commitment's) and currency, never converted. Between two
// rungs every loss has a name, so that for each row:
//   pledged = committed + withdrawn + lapsed + uncommitted + unpledged
//   committed = disbursed + terminated + undisbursed + refunded (cash); in kind skips this rung
//   disbursed (in kind: committed) = allocated + unallocated + released (in kind also + terminated)
//   allocated = dispatched + undispatched;  dispatched = received + in_transit + lost + returned
//   (in transit) received = accepted + rejected + awaiting_acceptance + lost + returned (then held)
//   accepted = in_service + not_in_service + lost + returned (then accepted)
// A difference may be negative where one rung ran ahead of the one before it: money allocated
// before it was disbursed. Unpledged is never positive: what was committed without a pledge.
#pragma once

#include <array>
#include <variant>

#include "projections/record_codec.h"
#include "projections/views.h"

namespace tallinn {

enum class Loss : std::uint8_t {
  withdrawn = 1,
  lapsed,
  uncommitted,
  unpledged,
  terminated,
  undisbursed,
  refunded,
  unallocated,
  released,
  undispatched,
  in_transit,
  lost,
  returned,
  rejected,
  awaiting_acceptance,
  not_in_service
};
template <>
struct Spelling<Loss> {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"withdrawn", "lapsed", "uncommitted", "unpledged", "terminated", "undisbursed", "refunded",
       "unallocated", "released", "undispatched", "in_transit", "lost", "returned", "rejected",
       "awaiting_acceptance", "not_in_service"});
};

/// What is counted: a rung, or a loss between two.
using LadderFigure = std::variant<Rung, Loss>;
/// "accepted", "lost".
std::string_view spell(const LadderFigure& figure);
/// The rungs and the losses that events of their own make, in their order. The other losses are
/// what is left between two rungs.
const std::vector<LadderFigure>& figures_with_events();

struct LadderRow {
  Year year;
  Currency currency;
  std::array<std::int64_t, Spelling<Rung>::kNames.size()> rungs{};
  std::array<std::int64_t, Spelling<Loss>::kNames.size()> losses{};

  std::int64_t& at(Rung rung) { return rungs[static_cast<std::size_t>(rung) - 1]; }
  std::int64_t& at(Loss loss) { return losses[static_cast<std::size_t>(loss) - 1]; }
  std::int64_t& at(const LadderFigure& figure) {
    return std::visit([this](auto of) -> std::int64_t& { return at(of); }, figure);
  }
  std::int64_t at(const LadderFigure& figure) const {
    return std::visit([this](auto of) { return at(of); }, figure);
  }
  std::int64_t at(Rung rung) const { return rungs[static_cast<std::size_t>(rung) - 1]; }
  std::int64_t at(Loss loss) const { return losses[static_cast<std::size_t>(loss) - 1]; }
};

/// One event's part of one such figure; the parts of a figure sum to it.
struct LadderPart {
  Year year;
  Currency currency;
  LadderFigure figure;
  std::int64_t minor = 0;
  Uuid event;
  Position position;
};

struct Ladder {
  std::vector<LadderRow> rows;    ///< by year, then currency code; without rows of zeros
  std::vector<LadderPart> parts;  ///< in the order of rows, figures, positions
};

/// Rows are made of the records' sums, parts of the movements that these are the sums of: they are
/// most of what is read.
enum class Parts : std::uint8_t { told, left_out };

/// Cost: reads everything that descends from the party's pledges and commitments.
Ladder make_ladder(ViewReader& views, const PartyId& party, Parts parts);

}  // namespace tallinn
