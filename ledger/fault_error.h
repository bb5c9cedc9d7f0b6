// A Fault, where a caller answers with Errors: commands, and files made from a store. Pure.
#pragma once

#include "events/result.h"
#include "ledger/fault.h"

namespace tallinn {

/// Code::failed for corrupt bytes, else unavailable.
inline Error error_from(const Fault& fault) {
  return {.code = fault.kind == Fault::corrupt ? Code::failed : Code::unavailable,
          .detail = fault.detail};
}

}  // namespace tallinn
