// What an operator does about a Fault. Pure.
#pragma once

#include <string_view>

#include "ledger/fault.h"

namespace tallinn {

/// Half a sentence, to stand behind the Fault's own: "...; restart the node once the disk is
/// sound".
std::string_view way_out_of(const Fault& fault);
/// The same from `tallinn fsck` itself, which could not look at the data.
std::string_view way_out_past_fsck(const Fault& fault);

}  // namespace tallinn
