// Subjects: what the stories of a generated history keep in mind of what they are about: as much as
// they need to say only what the rules accept, and to know which exceptions follow. Pure.
// Amounts are minor units of the commitment's currency.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "events/event.h"

namespace tallinn::generator {

struct Need {
  struct Line {
    LineNumber number;
    Unit unit{};
    std::int64_t quantity = 0;  ///< as the front office has it
    std::int64_t known = 0;     ///< as the back office has it too
    std::int64_t allocated = 0;

    std::int64_t left() const { return known - allocated; }
  };
  /// closing: nothing new is allocated; over: rejected, withdrawn or closed.
  enum class Phase : std::uint8_t { open, closing, over };

  Name name;
  std::string title;
  PartyId recipient;
  std::vector<Line> lines;
  Phase phase = Phase::open;
  unsigned drawn = 0;        ///< allocations that are not cancelled
  unsigned allocations = 0;  ///< not completed
  bool over_allocated = false;
};

struct Pledge {
  Name name;
  PartyId donor;
  Currency currency;
  Day day;  ///< of its announcement
  std::int64_t pledged = 0;
  std::int64_t committed = 0;
  unsigned to_sign = 0;  ///< commitments still to come
  bool over = false;     ///< withdrawn or lapsed

  std::int64_t left() const { return pledged - committed; }
  Money money(std::int64_t minor) const { return {AmountMinor(minor), currency}; }
};

struct Commitment {
  std::shared_ptr<Pledge> pledge;  ///< may be none
  Name name;
  Uuid event;
  PartyId donor;
  PartyId implementer;
  Currency currency;
  Mode mode{};
  std::int64_t committed = 0;
  std::int64_t drawn = 0;
  std::int64_t disbursed = 0;  ///< net of refunds
  std::int64_t paid = 0;       ///< before refunds
  std::int64_t got = 0;        ///< of that, as the implementer tells it
  unsigned to_propose = 0;     ///< allocations still to come
  bool suspended = false;
  bool terminated = false;
  bool overpaid = false;  ///< until the excess is refunded
  bool overgot = false;   ///< until a receipt that was told twice is taken back

  std::int64_t left() const { return committed - drawn; }
  Money money(std::int64_t minor) const { return {AmountMinor(minor), currency}; }
};

struct Allocation {
  std::shared_ptr<Commitment> commitment;
  std::shared_ptr<Need> need;
  std::size_t line = 0;  ///< of the need
  Name name;
  bool cancelled = false;
  std::int64_t quantity = 0;
  std::int64_t value = 0;
  std::int64_t sent_quantity = 0;
  std::int64_t sent_value = 0;
  unsigned to_send = 0;    ///< consignments still to come
  unsigned under_way = 0;  ///< consignments sent and not completed
};

struct Consignment {
  std::shared_ptr<Allocation> allocation;
  Name name;
  PartyId deliverer;
  Unit unit{};
  std::int64_t quantity = 0;
  std::int64_t value = 0;
  std::int64_t lost = 0;
  std::int64_t received = 0;
  std::int64_t damaged = 0;
  std::int64_t accepted = 0;
};

}  // namespace tallinn::generator
