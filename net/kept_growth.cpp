#include "net/kept_growth.h"

#include "events/wire.h"
#include "ledger/note.h"
#include "ledger/store_notes.h"

namespace tallinn {

Bytes encode_growth(const BatchLog& growth) {
  Bytes out;
  put_be(out, growth.size.value());
  put_framed32(out, growth.checkpoint);
  for (const Digest& hash : growth.proof) out.append(hash.view());
  return out;
}

Stored<std::optional<BatchLog>> kept_growth(const StoreReader& store, LogId log) {
  const auto bytes = store.get(Family::notes, notes::growth_key(log));
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  WireReader in(**bytes);
  BatchLog growth{
      .log = log, .size = LogSize(in.be<std::uint64_t>()), .checkpoint = {}, .proof = {}};
  growth.checkpoint = in.framed32(kMaxNoteBytes);
  while (in.ok() && !in.done()) growth.proof.push_back(in.fixed<Digest>());
  if (!in.done()) return broken(Fault::corrupt, "the kept growth of a log does not read");
  return growth;
}

}  // namespace tallinn
