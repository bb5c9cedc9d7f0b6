// Logs file: the link on a USB stick: what one side of a session would say to a peer that holds so
// much, kept as a file and taken as from that peer: nothing in it is trusted. Shell over a store
// and a replica; bounded memory: one frame.
//
//   "tallinn-ledger/logs@v1\n" Hello Batch* Note* Bye     each a frame (net/frames.h)
//
// Hello names who wrote it and what that node held; Bye is the end: a file that was cut short has
// none.
#pragma once

#include <functional>

#include "net/frames.h"
#include "net/replica.h"

namespace tallinn {

inline constexpr std::string_view kLogsFileFormat = "tallinn-ledger/logs@v1\n";

struct LogsFileWriter {
  const Charter& charter;
  std::string name;            ///< of the node whose store it is
  std::vector<HeldLog> since;  ///< what its reader holds already
  ValuesToo values = ValuesToo::leave_out;
  std::function<Result<void>(BytesView)> write;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};
struct LogsWritten {
  std::vector<HeldLog> logs;  ///< how far the file reaches
  std::uint64_t entries = 0;
};
/// Error: of `write`, unavailable for a store that cannot be read.
Result<LogsWritten> write_logs_file(const Head& head, const LogsFileWriter& how);

struct LogsRead {
  std::string from;                  ///< who wrote it
  std::uint64_t entries = 0;         ///< that were new here
  std::uint64_t notes = 0;           ///< that were taken
  std::vector<std::string> refused;  ///< notes that were not, each with its reason
};
struct LogsFileReader {
  /// The next bytes, at most so many; empty: the end.
  std::function<Result<Bytes>(std::size_t most)> read;
  std::function<UnixMillis()> clock;
  std::function<void(std::uint64_t entries)> progress;
};
/// Each batch is committed before the next is read: cut short, it goes on where it was when it is
/// read again. Error malformed, failed...: the first batch that does not hold, or no end; what came
/// before it stays. unavailable: of the store.
Result<LogsRead> read_logs_file(Replica& replica, const LogsFileReader& how);

}  // namespace tallinn
