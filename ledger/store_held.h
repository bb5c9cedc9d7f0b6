// Does another process hold a store open for writing? Shell; Linux. Only for a process that does
// not hold it itself: closing its lock file would let go of its own lock.
#pragma once

#include <string>

namespace tallinn {

/// `path`: of the database. No store: no.
bool store_is_held(const std::string& path);

}  // namespace tallinn
