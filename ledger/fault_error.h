// A Fault, where a caller answers with Errors: commands, and files made from a store. Pure.
#pragma once

#include "events/result.h"
#include "ledger/fault.h"
#include "ledger/way_out.h"

namespace tallinn {

/// Code::failed for corrupt bytes, with the way out; else unavailable.
inline Error error_from(const Fault& fault) {
  if (fault.kind == Fault::io) return {.code = Code::unavailable, .detail = fault.detail};
  return {.code = Code::failed, .detail = fault.detail + "; " + std::string(way_out_of(fault))};
}

/// The same from `tallinn fsck`: the way out past it.
inline Error error_past_fsck(const Fault& fault) {
  if (fault.kind == Fault::io) return error_from(fault);
  return {.code = Code::failed,
          .detail = fault.detail + "; " + std::string(way_out_past_fsck(fault))};
}

}  // namespace tallinn
