// Refused: a refusal of input as the answer of something that may also meet a broken store.
// Pure. `Stored<Result<T>>` keeps the two apart (ledger/fault.h); this makes a refusal of any T.
#pragma once

#include "events/result.h"
#include "ledger/fault.h"

namespace tallinn {

struct Refused {
  Error error;
  template <class T>
  operator Stored<Result<T>>() const {  // NOLINT(google-explicit-constructor): that is its purpose
    return Result<T>(std::unexpected(error));
  }
};

inline Refused refused(Error error) {
  return {std::move(error)};
}
inline Refused refused(Code code, std::string detail, std::string field = {}) {
  return {Error{.code = code, .detail = std::move(detail), .field = std::move(field)}};
}

}  // namespace tallinn
