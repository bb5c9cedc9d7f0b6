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
    return std::tuple{member("consignment", &ConsignmentDispatched::consignment),
                      member("allocation", &ConsignmentDispatched::allocation),
                      member("lines", &ConsignmentDispatched::lines),
                      member("carrier", &ConsignmentDispatched::carrier),
                      member("waybill", &ConsignmentDispatched::waybill)};
  }
};

struct GoodsReceived {
  Name consignment;
  std::vector<ReceiptLine> lines;
  bool operator==(const GoodsReceived&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("consignment", &GoodsReceived::consignment),
                      member("lines", &GoodsReceived::lines)};
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
    return std::tuple{member("consignment", &ServiceRendered::consignment),
                      member("allocation", &ServiceRendered::allocation),
                      member("lines", &ServiceRendered::lines),
                      member("from", &ServiceRendered::from), member("to", &ServiceRendered::to)};
  }
};

struct DeliveryAccepted {
  Name consignment;
  std::vector<AcceptedLine> lines;
  Act act;
  bool operator==(const DeliveryAccepted&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("consignment", &DeliveryAccepted::consignment),
                      member("lines", &DeliveryAccepted::lines),
                      member("act", &DeliveryAccepted::act)};
  }
};

struct DeliveryRejected {
  Name consignment;
  std::vector<CountLine> lines;
  std::string reason;
  bool operator==(const DeliveryRejected&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("consignment", &DeliveryRejected::consignment),
                      member("lines", &DeliveryRejected::lines),
                      member("reason", &DeliveryRejected::reason, kLong)};
  }
};

struct ConsignmentReturned {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const ConsignmentReturned&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("consignment", &ConsignmentReturned::consignment),
                      member("lines", &ConsignmentReturned::lines),
                      member("cause", &ConsignmentReturned::cause, kLong),
                      member("date", &ConsignmentReturned::date)};
  }
};

struct LossReported {
  Name consignment;
  std::vector<CountLine> lines;
  std::string cause;
  Day date;
  bool operator==(const LossReported&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("consignment", &LossReported::consignment), member("lines", &LossReported::lines),
        member("cause", &LossReported::cause, kLong), member("date", &LossReported::date)};
  }
};

struct PlacedInService {
  Name consignment;
  std::vector<CountLine> lines;
  Day date;
  bool operator==(const PlacedInService&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("consignment", &PlacedInService::consignment),
                      member("lines", &PlacedInService::lines),
                      member("date", &PlacedInService::date)};
  }
};

struct EndUseChecked {
  Name consignment;
  std::vector<CountLine> lines;
  CheckMethod method{};
  std::string result;
  bool operator==(const EndUseChecked&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("consignment", &EndUseChecked::consignment), member("lines", &EndUseChecked::lines),
        member("method", &EndUseChecked::method), member("result", &EndUseChecked::result, kLong)};
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
    return std::tuple{member("consignment", &ValuationRecorded::consignment),
                      member("line", &ValuationRecorded::line),
                      member("value", &ValuationRecorded::value),
                      member("basis", &ValuationRecorded::basis),
                      member("evidence", &ValuationRecorded::evidence)};
  }
};

}  // namespace tallinn
