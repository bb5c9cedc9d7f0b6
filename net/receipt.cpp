#include "net/receipt.h"

#include "ledger/checkpoint.h"
#include "ledger/proof_file.h"
#include "ledger/store_notes.h"
#include "net/refused.h"

namespace tallinn {

Stored<Result<std::string>> make_receipt(const Head& head, const Charter& charter,
                                         const Place& place) {
  if (place.index.value() >= head.held_of(place.log).value())
    return refused(Code::not_found, "there is no such entry");
  StoredLogs logs(*head.snapshot);
  std::string best;
  LogSize best_size;
  const auto consider = [&](const Stored<std::optional<Bytes>>& text) {
    if (!text || !*text) return;
    const auto checkpoint = checkpoint_in(**text);
    if (!checkpoint || checkpoint->size.value() <= place.index.value() ||
        checkpoint->size > head.held_of(place.log))
      return;
    if (!best.empty()) return;
    best = **text;
    best_size = checkpoint->size;
  };
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    if (OfficeNumber(n) != place.log.office)
      consider(head.snapshot->get(Family::notes, notes::cosigned_key(place.log, OfficeNumber(n))));
  consider(head.snapshot->get(Family::notes, notes::checkpoint_key(place.log)));
  if (best.empty())
    return refused(Code::unavailable, "no checkpoint covers this entry yet; try again in a moment");
  const auto entry = logs.entry(place);
  if (!entry) return std::unexpected(entry.error());
  const auto hashes = head.trees->inclusion(place, best_size);
  if (!hashes) return std::unexpected(hashes.error());
  return format_proof_file(
      {.extra = *entry, .index = place.index, .hashes = *hashes, .checkpoint = best});
}

}  // namespace tallinn
