// The public record of the Mechanism (tools/data/public-record.jsonl), embedded when the command is
// built. Pure.
#pragma once

#include <string_view>

namespace tallinn {

/// JSON Lines of events.
std::string_view public_record();

}  // namespace tallinn
