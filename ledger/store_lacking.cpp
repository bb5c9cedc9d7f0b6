#include "ledger/store_lacking.h"

#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::string_view kLackingBegin = "lacking/";
constexpr std::string_view kLackingEnd = "lacking0";  // what follows '/' in the order of bytes

Bytes lacking_key(const Uuid& event) {
  return Bytes(kLackingBegin).append(event.view());
}

}  // namespace

void put_lacking(Batch& batch, const Uuid& event) {
  batch.put(Family::meta, lacking_key(event), {});
}

void erase_lacking(Batch& batch, const Uuid& event) {
  batch.erase(Family::meta, lacking_key(event));
}

Stored<bool> is_lacking(const StoreReader& store, const Uuid& event) {
  const auto mark = store.get(Family::meta, lacking_key(event));
  if (!mark) return std::unexpected(mark.error());
  return mark->has_value();
}

Stored<std::vector<Uuid>> lacking_events(const StoreReader& store, const std::optional<Uuid>& after,
                                         std::size_t most) {
  std::vector<Uuid> events;
  const Bytes begin = after ? lacking_key(*after) + '\0' : Bytes(kLackingBegin);
  const auto scanned = store.scan(Family::meta, begin, kLackingEnd, [&](BytesView key, BytesView) {
    WireReader id(key.substr(kLackingBegin.size()));
    events.push_back(id.fixed<Uuid>());
    return events.size() < most ? StoreReader::Next::go_on : StoreReader::Next::stop;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return events;
}

}  // namespace tallinn
