// A rebuild beside the node, as lines of the node's log. Shell.
#pragma once

#include "net/node_log.h"
#include "net/rebuild_runner.h"

namespace tallinn {

void say_rebuild(NodeLog& log, const RebuildEvent& event);

}  // namespace tallinn
