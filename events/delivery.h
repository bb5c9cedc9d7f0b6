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
  static constexpr auto fields() {
    return std::tuple{field("consignment", &ConsignmentDispatched::consignment),
                      field("allocation", &ConsignmentDispatched::allocation),
                      field("lines", &ConsignmentDispatched::lines),
                      field("carrier", &ConsignmentDispatched::carrier),
                      field("waybill", &ConsignmentDispatched::waybill)};
  }
};

struct GoodsReceived {
  Name consignment;
  std::vector<ReceiptLine> lines;
  bool operator==(const GoodsReceived&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &GoodsReceived::consignment),
                      field("lines", &GoodsReceived::lines)};
  }
};

struct ServiceRendered {
  Name consignment;
  Name allocation;
  std::vector<DispatchLine> lines;
  Day from;
  Day to;
  bool operator==(const ServiceRendered&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &ServiceRendered::consignment),
                      field("allocation", &ServiceRendered::allocation),
                      field("lines", &ServiceRendered::lines),
                      field("from", &ServiceRendered::from), field("to", &ServiceRendered::to)};
  }
};

struct DeliveryAccepted {
  Name consignment;
  std::vector<AcceptedLine> lines;
  Act act;
  bool operator==(const DeliveryAccepted&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &DeliveryAccepted::consignment),
                      field("lines", &DeliveryAccepted::lines),
                      field("act", &DeliveryAccepted::act)};
  }
};

struct DeliveryRejected {
  Name consignment;
  std::vector<CountLine> lines;
  std::string reason;
  bool operator==(const DeliveryRejected&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &DeliveryRejected::consignment),
                      field("lines", &DeliveryRejected::lines),
                      field("reason", &DeliveryRejected::reason, kLong)};
  }
};

struct ConsignmentReturned {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const ConsignmentReturned&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &ConsignmentReturned::consignment),
                      field("lines", &ConsignmentReturned::lines),
                      field("cause", &ConsignmentReturned::cause, kLong),
                      field("date", &ConsignmentReturned::date)};
  }
};

struct LossReported {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const LossReported&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &LossReported::consignment),
                      field("lines", &LossReported::lines),
                      field("cause", &LossReported::cause, kLong),
                      field("date", &LossReported::date)};
  }
};

struct PlacedInService {
  Name consignment;
  std::vector<CountLine> lines;
  Day date;
  bool operator==(const PlacedInService&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &PlacedInService::consignment),
                      field("lines", &PlacedInService::lines),
                      field("date", &PlacedInService::date)};
  }
};

struct EndUseChecked {
  Name consignment;
  std::vector<CountLine> lines;
  CheckMethod method{};
  std::string result;
  bool operator==(const EndUseChecked&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &EndUseChecked::consignment),
                      field("lines", &EndUseChecked::lines),
                      field("method", &EndUseChecked::method),
                      field("result", &EndUseChecked::result, kLong)};
  }
};

struct ValuationRecorded {
  Name consignment;
  LineNumber line;
  Money value;
  ValuationBasis basis{};
  std::optional<std::string> evidence;
  bool operator==(const ValuationRecorded&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("consignment", &ValuationRecorded::consignment),
                      field("line", &ValuationRecorded::line),
                      field("value", &ValuationRecorded::value),
                      field("basis", &ValuationRecorded::basis),
                      field("evidence", &ValuationRecorded::evidence)};
  }
};

}  // namespace tallinn
