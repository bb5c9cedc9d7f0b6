// gzip of a whole answer (RFC 1952), the same bytes for the same input. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tallinn {

/// Nothing when it would not be smaller. Cost: about 20 ms for a MiB.
std::optional<std::string> gzipped(std::string_view plain);

}  // namespace tallinn
