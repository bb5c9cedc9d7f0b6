// Export of logs as a static site of c2sp.org/tlog-tiles that any web server or object store can
// serve. Shell. One thread. The site answers the same targets as a node: log/<office>/<epoch>/
// {checkpoint,tile/…}, api/v1/state, api/v1/charter; the charter once more as charter.txt, and the
// governance chain as chain.json.
//
// Entries are read from the last full bundle that the site has on, and only what is new or other is
// written. Tiles come first and are synced; then, each durably, the checkpoints that need them, the
// chain, the charter, the state note; partial tiles go once their full tile is there. So whatever
// interrupts an export, a loss of power too, every checkpoint on the site is one that its tiles
// prove, and the next export goes on from it.
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
/// what the site has: another history, an older log or an older chain is never put in the place of
/// a published one. An older state note is left out, without a word: two offices have the same
/// entries before they have the same signatures.
Result<std::vector<ExportedLog>> export_site(LogSource& source, const Charter& charter,
                                             SiteFiles& files, const ExportProgress& progress);

}  // namespace tallinn
