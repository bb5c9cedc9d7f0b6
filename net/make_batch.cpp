#include "net/make_batch.h"

#include <algorithm>
#include <optional>

#include "events/event.h"
#include "ledger/earlier_proof.h"
#include "ledger/note.h"
#include "ledger/store_checkpoints.h"
#include "net/grown_tree.h"
#include "net/kept_growth.h"

namespace tallinn {
namespace {

/// One log's entries that a peer lacks, with their Lamport times, up to what one batch may need of
/// them.
struct Pending {
  LogId log;
  std::uint64_t next = 0;    ///< index of the next entry to send
  std::uint64_t target = 0;  ///< how much of it can be proven
  std::string checkpoint;
  std::optional<BatchLog> beyond;  ///< the checkpoint is beyond what is held: how that is proven
  std::vector<std::pair<Lamport, Bytes>> read;
  std::size_t taken = 0;

  bool exhausted() const { return taken == read.size(); }
  bool complete() const { return next + (read.size() - taken) == target; }
};

Stored<std::optional<Pending>> pending_of(const StoreReader& store, const HeldLog& held,
                                          LogSize peer_size, std::size_t most_bytes) {
  if (held.size <= peer_size) return std::nullopt;
  auto checkpoint = provable_checkpoint(store, held);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  auto growth = kept_growth(store, held.log);
  if (!growth) return std::unexpected(growth.error());
  if (*growth && (*growth)->size == held.size &&
      (!*checkpoint || (*checkpoint)->size < held.size)) {
    *checkpoint = ProvableCheckpoint{(*growth)->checkpoint, held.size};
    const auto at = checkpoint_in((*growth)->checkpoint);
    if (at && at->size == held.size) growth->reset();  // it proves that by itself
  } else {
    growth->reset();
  }
  if (!*checkpoint || (*checkpoint)->size <= peer_size) return std::nullopt;
  Pending pending{.log = held.log,
                  .next = peer_size.value(),
                  .target = (*checkpoint)->size.value(),
                  .checkpoint = std::move((*checkpoint)->note),
                  .beyond = std::move(*growth),
                  .read = {}};
  std::size_t bytes = 0;
  bool decodes = true;
  StoredLogs logs(store);
  const auto scanned = logs.each(
      held.log, LogIndex(pending.next), LogIndex(pending.target), [&](LogIndex, BytesView entry) {
        const auto decoded = decode_entry(entry);
        decodes = decodes && decoded;
        if (!decodes) return StoreReader::Next::stop;
        pending.read.emplace_back(decoded->lamport, Bytes(entry));
        bytes += entry.size();
        const bool enough = bytes >= most_bytes || pending.read.size() >= kMaxBatchEntries;
        return enough ? StoreReader::Next::stop : StoreReader::Next::go_on;
      });
  if (!scanned) return std::unexpected(scanned.error());
  if (!decodes) return broken(Fault::corrupt, "a stored entry does not decode");
  return pending;
}

/// The next log in total order, or nothing: when a log that has more to send is read out, the order
/// is not known further.
Pending* next_in_order(std::vector<Pending>& logs) {
  Pending* next = nullptr;
  for (Pending& log : logs) {
    if (log.exhausted()) {
      if (!log.complete()) return nullptr;
      continue;
    }
    const auto order = [](const Pending& p) { return std::pair(p.read[p.taken].first, p.log); };
    if (next == nullptr || order(log) < order(*next)) next = &log;
  }
  return next;
}

/// How many bytes of values the batch has more.
Stored<std::size_t> add_values(const StoreReader& store, const Bytes& entry_bytes,
                               PeerBatch& batch) {
  const auto entry = decode_entry(entry_bytes);
  const auto header = entry ? decode_event_header(entry->event) : std::unexpected(entry.error());
  if (!header) return broken(Fault::corrupt, "a stored event does not decode");
  auto values = StoredLogs(store).withheld_of(header->id);
  if (!values) return std::unexpected(values.error());
  std::size_t bytes = 0;
  for (WithheldValue& value : *values) {
    bytes += value_bytes(value);
    batch.values.push_back(std::move(value));
  }
  return bytes;
}

/// That what is sent of a log leads to its checkpoint.
Stored<std::vector<Digest>> prove(const StoreReader& store, const Pending& log) {
  const LogSize next(log.next);
  if (!log.beyond) return StoredLogs(store).consistency(log.log, next, LogSize(log.target));
  const auto checkpoint = checkpoint_in(log.checkpoint);
  const auto useless = [] {
    return broken(Fault::corrupt, "the kept growth of a log proves nothing");
  };
  if (!checkpoint || checkpoint->size <= log.beyond->size) return useless();
  GrownTree tree(store, log.log, log.beyond->size, {});
  auto proof = prove_earlier(next, log.beyond->size, checkpoint->size, log.beyond->proof, tree);
  if (tree.fault()) return std::unexpected(*tree.fault());
  if (!proof) return useless();
  return std::move(*proof);
}

}  // namespace

Stored<PeerBatch> make_batch(const StoreReader& store, std::span<const HeldLog> held,
                             std::span<const HeldLog> peer_held, ValuesToo values,
                             std::size_t most_bytes) {
  std::vector<Pending> logs;
  for (const HeldLog& one : held) {
    LogSize peer_size;
    for (const HeldLog& other : peer_held)
      if (other.log == one.log) peer_size = other.size;
    auto pending = pending_of(store, one, peer_size, most_bytes);
    if (!pending) return std::unexpected(pending.error());
    if (*pending) logs.push_back(std::move(**pending));
  }
  PeerBatch batch;
  std::size_t bytes = 0;
  while (bytes < most_bytes && batch.entries.size() < kMaxBatchEntries) {
    Pending* log = next_in_order(logs);
    if (log == nullptr) break;
    // The receiver knows a log once it has folded what opened it.
    const bool begins_an_epoch = log->next == 0 && log->log.epoch > Epoch(1);
    if (begins_an_epoch && !batch.entries.empty()) break;
    Bytes& entry = log->read[log->taken++].second;
    bytes += entry.size();
    if (values == ValuesToo::include) {
      const auto added = add_values(store, entry, batch);
      if (!added) return std::unexpected(added.error());
      bytes += *added;
    }
    batch.entries.push_back({log->log, LogIndex(log->next++), std::move(entry)});
  }
  for (Pending& log : logs) {
    if (log.taken == 0) continue;
    auto proof = prove(store, log);
    if (!proof) return std::unexpected(proof.error());
    batch.logs.push_back(
        {log.log, LogSize(log.next), std::move(log.checkpoint), std::move(*proof)});
  }
  return batch;
}

Stored<std::vector<WithheldValue>> values_of(const StoreReader& store, std::span<const Uuid> events,
                                             std::size_t most_bytes) {
  std::vector<WithheldValue> out;
  std::size_t bytes = 0;
  for (const Uuid& event : events) {
    auto values = StoredLogs(store).withheld_of(event);
    if (!values) return std::unexpected(values.error());
    std::size_t more = 0;
    for (const WithheldValue& value : *values) more += value_bytes(value);
    if (!out.empty() && bytes + more > most_bytes) break;
    bytes += more;
    std::ranges::move(*values, std::back_inserter(out));
  }
  return out;
}

}  // namespace tallinn
