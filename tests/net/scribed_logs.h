// The logs of a Scribe, written into a store.
#pragma once

#include <map>

#include "ledger/store_log.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/projections/scribe.h"

namespace tallinn::test {

class ScribedLogs {
 public:
  /// Every entry that was not given before.
  void append(Batch& batch, Scribe& scribe) {
    for (const OfficeNumber office : {kKyiv, kWarsaw}) {
      const LogId log{office, Epoch(1)};
      LogWriter& writer = writers_.try_emplace(log, log, Frontier()).first->second;
      for (auto i = writer.size().value(); i < scribe.size(office); ++i) {
        const Bytes bytes = scribe.entry({log, LogIndex(i)}).value();
        const Entry entry = decode_entry(bytes).value();
        writer.append(batch, bytes, decode_event_header(entry.event)->id, entry.event);
      }
    }
  }

 private:
  std::map<LogId, LogWriter> writers_;
};

}  // namespace tallinn::test
