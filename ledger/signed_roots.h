// What signed notes say of logs, apart from the entries. Pure values.
#pragma once

#include <map>
#include <vector>

#include "events/bytes.h"
#include "events/strong.h"

namespace tallinn {

struct SignedRoot {
  LogSize size;
  Digest root;
  auto operator<=>(const SignedRoot&) const = default;
};
struct SaidOfLog {
  std::vector<SignedRoot> roots;  ///< of checkpoints whose signatures hold
  LogSize must_hold;              ///< what this node has said it holds
  bool accused = false;           ///< evidence is kept: not all of them can be of these entries
};
using SaidOfLogs = std::map<LogId, SaidOfLog>;

}  // namespace tallinn
