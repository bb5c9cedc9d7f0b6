// What an operator does about a Fault. Pure.
#pragma once

#include <string_view>

#include "ledger/fault.h"

namespace tallinn {

/// Half a sentence, to stand behind the Fault's own: "...; restart the node once the disk is
/// sound".
std::string_view way_out_of(const Fault& fault);

}  // namespace tallinn
