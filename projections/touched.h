// What an event touched, as its record lists it: "pledge/P-1", "event/<id>". Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "projections/hearing.h"

namespace tallinn {

/// Calls `with.template operator()<R>(name)` for the record type that a prefix names.
template <class With>
void for_record(std::string_view touched, With&& with) {
  const auto consider = [&]<class R>() {
    if (touched.starts_with(R::kPrefix))
      with.template operator()<R>(std::string(touched.substr(R::kPrefix.size())));
  };
  consider.template operator()<NeedRecord>();
  consider.template operator()<PledgeRecord>();
  consider.template operator()<CommitmentRecord>();
  consider.template operator()<AllocationRecord>();
  consider.template operator()<ConsignmentRecord>();
  consider.template operator()<EventRecord>();
  consider.template operator()<DisputeRecord>();
  consider.template operator()<ExceptionRecord>();
  consider.template operator()<RateRecord>();
  consider.template operator()<FindingRecord>();
  consider.template operator()<AttestationRecord>();
}

/// Of what event_name() made.
Uuid id_of(const std::string& name);

}  // namespace tallinn
