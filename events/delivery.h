// Delivery and value events: facts about consignments, admitted at either office at any time.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct ConsignmentDispatched {
  Name consignment;
  Name allocation;
  std::vector<DispatchLine> lines;
  std::optional<std::string> carrier;
  std::optional<std::string> waybill;
  bool operator==(const ConsignmentDispatched&) const = default;
  template <class Self = ConsignmentDispatched>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment),
                      member("allocation", &Self::allocation), member("lines", &Self::lines),
                      member("carrier", &Self::carrier), member("waybill", &Self::waybill)};
  }
};

struct GoodsReceived {
  Name consignment;
  std::vector<ReceiptLine> lines;
  bool operator==(const GoodsReceived&) const = default;
  template <class Self = GoodsReceived>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines)};
  }
};

struct ServiceRendered {
  Name consignment;
  Name allocation;
  std::vector<DispatchLine> lines;
  Day from;
  Day to;
  bool operator==(const ServiceRendered&) const = default;
  template <class Self = ServiceRendered>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment),
                      member("allocation", &Self::allocation), member("lines", &Self::lines),
                      member("from", &Self::from), member("to", &Self::to)};
  }
};

struct DeliveryAccepted {
  Name consignment;
  std::vector<AcceptedLine> lines;
  Act act;
  bool operator==(const DeliveryAccepted&) const = default;
  template <class Self = DeliveryAccepted>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("act", &Self::act)};
  }
};

struct DeliveryRejected {
  Name consignment;
  std::vector<CountLine> lines;
  std::string reason;
  bool operator==(const DeliveryRejected&) const = default;
  template <class Self = DeliveryRejected>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("reason", &Self::reason, kLong)};
  }
};

struct ConsignmentReturned {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const ConsignmentReturned&) const = default;
  template <class Self = ConsignmentReturned>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("cause", &Self::cause, kLong), member("date", &Self::date)};
  }
};

struct LossReported {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const LossReported&) const = default;
  template <class Self = LossReported>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("cause", &Self::cause, kLong), member("date", &Self::date)};
  }
};

struct PlacedInService {
  Name consignment;
  std::vector<CountLine> lines;
  Day date;
  bool operator==(const PlacedInService&) const = default;
  template <class Self = PlacedInService>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("date", &Self::date)};
  }
};

struct EndUseChecked {
  Name consignment;
  std::vector<CountLine> lines;
  CheckMethod method{};
  std::string result;
  bool operator==(const EndUseChecked&) const = default;
  template <class Self = EndUseChecked>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("lines", &Self::lines),
                      member("method", &Self::method), member("result", &Self::result, kLong)};
  }
};

struct ValuationRecorded {
  Name consignment;
  LineNumber line;
  Money value;
  ValuationBasis basis{};
  std::optional<std::string> evidence;
  bool operator==(const ValuationRecorded&) const = default;
  template <class Self = ValuationRecorded>
  static constexpr auto fields() {
    return std::tuple{member("consignment", &Self::consignment), member("line", &Self::line),
                      member("value", &Self::value), member("basis", &Self::basis),
                      member("evidence", &Self::evidence)};
  }
};

}  // namespace tallinn
