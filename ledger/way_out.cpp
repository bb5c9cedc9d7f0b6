#include "ledger/way_out.h"

namespace tallinn {

std::string_view way_out_of(const Fault& fault) {
  if (fault.kind == Fault::io) return "restart the node once the disk is sound";
  return "with the node stopped, `tallinn fsck` names what is damaged, and `tallinn fsck --repair` "
         "makes again what is derived; for anything else keep the data folder, and `tallinn "
         "restore` a backup into another, or begin with an empty one: the node then catches up "
         "from its peers, and the office opens its next epoch";
}

std::string_view way_out_past_fsck(const Fault& fault) {
  if (fault.kind == Fault::io) return way_out_of(fault);
  return "keep the data folder, and `tallinn restore` a backup into another, or begin with an "
         "empty "
         "one: the node then catches up from its peers, and the office opens its next epoch";
}

}  // namespace tallinn
