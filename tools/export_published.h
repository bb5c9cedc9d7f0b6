// What a static site says already, which an export never takes back: its ledger, its logs, the
// governance chain, the state note. Shell: reads the site.
#pragma once

#include <string>
#include <vector>

#include "tools/audit_source.h"
#include "tools/site_files.h"

namespace tallinn {

class Roster;

/// "log/kyiv/1/": where a log stands in a site.
std::string site_folder(const Charter& charter, LogId log);

/// Error failed: the site is of another ledger, has a log that is not among `logs`, or its chain
/// has an event that `chain` lacks. What is damaged of it says nothing, and is written anew.
/// `roster`: where `chain` leads.
Result<void> check_published(SiteFiles& files, const Charter& charter, std::string_view chain,
                             const Roster& roster, const std::vector<LogSource::Log>& logs);

/// Is `state` no older than the state note of the site? One that every office in force has signed
/// is newer than one that they have not.
Result<bool> goes_on(SiteFiles& files, const Roster& roster, std::string_view state);

}  // namespace tallinn
