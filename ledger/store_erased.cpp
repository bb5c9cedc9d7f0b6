#include "ledger/store_erased.h"

namespace tallinn {
namespace {

constexpr std::string_view kScrubBegin = "scrub/";
constexpr std::string_view kScrubEnd = "scrub0";  // what follows '/' in the order of bytes

}  // namespace

Stored<std::vector<Bytes>> keys_to_scrub(const StoreReader& store) {
  std::vector<Bytes> keys;
  const auto scanned =
      store.scan(Family::meta, kScrubBegin, kScrubEnd, [&](BytesView key, BytesView) {
        keys.emplace_back(key.substr(kScrubBegin.size()));
        return StoreReader::Next::go_on;
      });
  if (!scanned) return std::unexpected(scanned.error());
  return keys;
}

void put_to_scrub(Batch& batch, BytesView key) {
  batch.put(Family::meta, Bytes(kScrubBegin).append(key), {});
}

void erase_to_scrub(Batch& batch, BytesView key) {
  batch.erase(Family::meta, Bytes(kScrubBegin).append(key));
}

}  // namespace tallinn
