// Export of logs as a static site of c2sp.org/tlog-tiles that any web server or object store can
// serve. Shell. One thread. The site answers the same targets as a node: log/<office>/<epoch>/
// {checkpoint,tile/…}, api/v1/state, api/v1/charter; the charter once more as charter.txt, and the
// governance chain as chain.json.
//
// Only what is new is read and written. Tiles come first, then the checkpoints that need them, then
// the state note; partial tiles go once their full tile is there. So whatever interrupts an export,
// every checkpoint on the site is one that its tiles prove, and the next export goes on from it.
#pragma once

#include <functional>

#include "tools/audit_source.h"
#include "tools/site_files.h"

namespace tallinn {

struct ExportedLog {
  std::string origin;
  LogSize before;  ///< what the site had
  LogSize size;
};

/// Progress in entries.
using ExportProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Error failed when the source's signatures or roots do not hold, or when it does not continue
/// what the site has: another history is never put in the place of a published one.
Result<std::vector<ExportedLog>> export_site(LogSource& source, const Charter& charter,
                                             SiteFiles& files, const ExportProgress& progress);

}  // namespace tallinn
