#include "net/rebuilt.h"

#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::string_view kRebuiltKey = "rebuilt";

}  // namespace

void put_rebuilt(Batch& batch, const Rebuilt& rebuilt) {
  Bytes value;
  put_be(value, rebuilt.entries);
  put_be(value, rebuilt.differences);
  put_be(value, static_cast<std::uint64_t>(rebuilt.at.value()));
  batch.put(Family::meta, kRebuiltKey, value);
}

Stored<std::optional<Rebuilt>> last_rebuilt(const StoreReader& store) {
  const auto kept = store.get(Family::meta, kRebuiltKey);
  if (!kept) return std::unexpected(kept.error());
  if (!*kept) return std::nullopt;
  WireReader reader(**kept);
  Rebuilt rebuilt;
  rebuilt.entries = reader.be<std::uint64_t>();
  rebuilt.differences = reader.be<std::uint64_t>();
  rebuilt.at = UnixMillis(static_cast<std::int64_t>(reader.be<std::uint64_t>()));
  if (!reader.done()) return broken(Fault::corrupt, "the mark of the last rebuild does not read");
  return rebuilt;
}

}  // namespace tallinn
