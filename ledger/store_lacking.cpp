#include "ledger/store_lacking.h"

#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::string_view kBegin = "lacking/";
constexpr std::string_view kEnd = "lacking0";  // what follows '/' in the order of bytes

Bytes key_of(const Uuid& event) {
  return Bytes(kBegin).append(event.view());
}

}  // namespace

void put_lacking(Batch& batch, const Uuid& event) {
  batch.put(Family::meta, key_of(event), {});
}

void erase_lacking(Batch& batch, const Uuid& event) {
  batch.erase(Family::meta, key_of(event));
}

Stored<bool> is_lacking(const StoreReader& store, const Uuid& event) {
  const auto mark = store.get(Family::meta, key_of(event));
  if (!mark) return std::unexpected(mark.error());
  return mark->has_value();
}

Stored<std::vector<Uuid>> lacking_events(const StoreReader& store, const std::optional<Uuid>& after,
                                         std::size_t most) {
  std::vector<Uuid> events;
  const Bytes begin = after ? key_of(*after) + '\0' : Bytes(kBegin);
  const auto scanned = store.scan(Family::meta, begin, kEnd, [&](BytesView key, BytesView) {
    WireReader id(key.substr(kBegin.size()));
    events.push_back(id.fixed<Uuid>());
    return events.size() < most ? StoreReader::Next::go_on : StoreReader::Next::stop;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return events;
}

}  // namespace tallinn
