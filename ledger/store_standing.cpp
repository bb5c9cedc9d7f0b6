#include "ledger/store_standing.h"

#include "events/wire.h"

namespace tallinn {
namespace {

Bytes standing_key(std::string_view kind, LogId log) {
  Bytes key(kind);
  put_log(key, log);
  return key;
}

}  // namespace

Stored<std::optional<Standing>> stopped_for_good(const StoreReader& store, LogId log) {
  const auto kept = store.get(Family::meta, standing_key("stopped/", log));
  if (!kept) return std::unexpected(kept.error());
  if (!*kept) return std::nullopt;
  const auto value = (*kept)->size() == 1 ? static_cast<std::uint8_t>((*kept)->front()) : 0;
  if (value == 0 || value >= static_cast<std::uint8_t>(Standing::mirror))
    return broken(Fault::corrupt, "the kept standing of a log does not read");
  return static_cast<Standing>(value);
}

void put_stopped(Batch& batch, LogId log, Standing why) {
  batch.put(Family::meta, standing_key("stopped/", log), Bytes(1, static_cast<char>(why)));
}

Stored<CommitNumber> anchored_commit(const StoreReader& store, LogId log) {
  const auto kept = store.get(Family::meta, standing_key("anchored/", log));
  if (!kept) return std::unexpected(kept.error());
  if (!*kept) return CommitNumber(0);
  WireReader reader(**kept);
  const CommitNumber commit(reader.be<std::uint64_t>());
  if (!reader.done()) return broken(Fault::corrupt, "the kept number of a commit does not read");
  return commit;
}

void put_anchored(Batch& batch, LogId log, CommitNumber commit) {
  Bytes value;
  put_be(value, commit.value());
  batch.put(Family::meta, standing_key("anchored/", log), value);
}

}  // namespace tallinn
