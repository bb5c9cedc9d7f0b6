#include "net/kept_erasures.h"

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/store_notes.h"

namespace tallinn {
namespace {

UnixMillis moment(UnixSeconds at) {
  return UnixMillis(static_cast<std::int64_t>(at.value()) * 1000);
}

}  // namespace

Stored<std::vector<KeptErasure>> erasures_of(const StoreReader& store, const Event& event) {
  std::vector<KeptErasure> kept;
  for (const Withheld& withheld : event.withheld) {
    const auto text =
        store.get(Family::notes, notes::erasure_key(event.id, withheld.commitment, event.author));
    if (!text) return std::unexpected(text.error());
    if (!*text) continue;
    auto erasure = open_erasure(**text);
    if (!erasure) return broken(Fault::corrupt, "a kept erasure does not read");
    kept.push_back({.erasure = *std::move(erasure), .text = **text});
  }
  return kept;
}

boost::json::object erasure_json(const KeptErasure& kept) {
  return {{"field", kept.erasure.field.value()},
          {"at", format_instant(moment(kept.erasure.at))},
          {"by", kept.erasure.party.value()},
          {"statement", kept.text}};
}

std::string erasure_text(const Erasure& erasure) {
  return "erased on " + format_instant(moment(erasure.at)).substr(0, 10) + " by " +
         erasure.party.value();
}

}  // namespace tallinn
