// The logs of the two offices, by epoch.
#pragma once

#include "events/strong.h"

namespace tallinn::sim {

inline constexpr LogId kKyiv1{OfficeNumber(0), Epoch(1)};
inline constexpr LogId kKyiv2{OfficeNumber(0), Epoch(2)};
inline constexpr LogId kWarsaw1{OfficeNumber(1), Epoch(1)};
inline constexpr LogId kWarsaw2{OfficeNumber(1), Epoch(2)};

}  // namespace tallinn::sim
