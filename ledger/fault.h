// Fault: the store or a file of ours is broken. Never a refusal of input (that is events/result.h's
// Error). Pure. A node that meets a Fault stops accepting, says why and keeps serving what it can
// read.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace tallinn {

struct Fault {
  enum Kind : std::uint8_t {
    io,       ///< the system refused: disk full, sync failed, no permission
    corrupt,  ///< bytes were read that we cannot have written, or bytes are missing
  };
  Kind kind = io;
  std::string detail;  ///< one sentence for a person, without a final full stop

  bool operator==(const Fault&) const = default;
};

template <class T = void>
using Stored = std::expected<T, Fault>;

/// Shorthand: `return broken(Fault::corrupt, "row of level 8 is short");`
inline std::unexpected<Fault> broken(Fault::Kind kind, std::string detail) {
  return std::unexpected(Fault{.kind = kind, .detail = std::move(detail)});
}

}  // namespace tallinn
