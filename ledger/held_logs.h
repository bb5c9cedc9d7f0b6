// Held logs: how far logs are held, as a list by office, then epoch, each log at most once; and the
// text that names logs in it ("kyiv/1:…,warsaw/1:…"). Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/charter.h"
#include "ledger/order.h"

namespace tallinn {

/// 0 for a log that is not in the list. Cost: log of the list.
LogSize size_in(const std::vector<HeldLog>& held, LogId log);
/// Each log's greater size. Cost: linear.
std::vector<HeldLog> merged(const std::vector<HeldLog>& one, const std::vector<HeldLog>& other);
/// How many entries of `there` are not in `here`; the largest number where they are more.
std::uint64_t missing_from(const std::vector<HeldLog>& here, const std::vector<HeldLog>& there);

/// "kyiv/1": the log's origin without the ledger's name.
std::string short_origin(LogId log, const Charter& charter);

/// Reads "kyiv/1:<said>,warsaw/1:<said>": `take(log, said)` for each, in their order, until it
/// refuses. Error malformed where it is not of that shape (`shape` is the sentence), where logs are
/// out of order or twice; not_found for a log that the charter cannot name; of `take`. All with
/// `field`.
struct NamedLogs {
  std::string shape;
  std::string field;
};
Result<void> read_named_logs(std::string_view text, const Charter& charter, const NamedLogs& how,
                             const std::function<Result<void>(LogId, std::string_view)>& take);

}  // namespace tallinn
