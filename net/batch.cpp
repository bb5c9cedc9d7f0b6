#include "net/batch.h"

#include <algorithm>
#include <optional>

#include "events/event.h"
#include "events/wire.h"
#include "ledger/earlier_proof.h"
#include "ledger/note.h"
#include "ledger/store_checkpoints.h"
#include "net/grown_tree.h"
#include "net/kept_growth.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxBatchLogs = 64;
constexpr std::size_t kMaxBatchProof = 64;
constexpr std::size_t kMaxBatchValues = 65'535;

void put_log(Bytes& out, LogId log) {
  put_be(out, log.office.value());
  put_be(out, log.epoch.value());
}

LogId read_log(WireReader& in) {
  const auto office = in.be<std::uint16_t>();
  return {OfficeNumber(office), Epoch(in.be<std::uint32_t>())};
}

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

std::vector<HeldLog> sizes_after(const PeerBatch& batch) {
  std::vector<HeldLog> out;
  for (const BatchLog& log : batch.logs) out.push_back({log.log, log.size});
  return out;
}

std::size_t batch_bytes(const PeerBatch& batch) {
  std::size_t bytes = 0;
  for (const BatchEntry& entry : batch.entries) bytes += entry.entry.size();
  for (const WithheldValue& value : batch.values) bytes += value_bytes(value);
  return bytes;
}

std::size_t value_bytes(const WithheldValue& value) {
  constexpr std::size_t kLengths = 2 * sizeof(std::uint16_t);
  return Uuid::kSize + Salt::kSize + kLengths + value.field.value().size() + value.value.size();
}

Bytes encode_batch(const PeerBatch& batch) {
  Bytes out;
  put_be(out, static_cast<std::uint16_t>(batch.logs.size()));
  for (const BatchLog& log : batch.logs) {
    put_log(out, log.log);
    put_be(out, log.size.value());
    put_framed32(out, log.checkpoint);
    put_be(out, static_cast<std::uint8_t>(log.proof.size()));
    for (const Digest& hash : log.proof) out.append(hash.view());
  }
  put_be(out, static_cast<std::uint32_t>(batch.entries.size()));
  for (const BatchEntry& entry : batch.entries) {
    put_log(out, entry.log);
    put_be(out, entry.index.value());
    put_framed16(out, entry.entry);
  }
  put_values(out, batch.values);
  return out;
}

void put_values(Bytes& out, std::span<const WithheldValue> values) {
  put_be(out, static_cast<std::uint32_t>(values.size()));
  for (const WithheldValue& value : values) {
    out.append(value.event.view());
    put_framed16(out, value.field.value());
    out.append(value.salt.view());
    put_framed16(out, value.value);
  }
}

Result<std::vector<WithheldValue>> read_values(WireReader& in) {
  const auto count = in.be<std::uint32_t>();
  if (count > kMaxBatchValues)
    return refuse(Code::malformed, "a batch has too many withheld values");
  std::vector<WithheldValue> values;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    const auto event = in.fixed<Uuid>();
    Name field{std::string(in.framed16())};
    const auto salt = in.fixed<Salt>();
    values.push_back({event, std::move(field), salt, Bytes(in.framed16())});
  }
  return values;
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

Result<PeerBatch> decode_batch(BytesView bytes) {
  WireReader in(bytes);
  PeerBatch batch;
  const auto logs = in.be<std::uint16_t>();
  if (logs > kMaxBatchLogs) return refuse(Code::malformed, "a batch names too many logs");
  for (std::uint16_t i = 0; i < logs && in.ok(); ++i) {
    BatchLog log{.log = read_log(in),
                 .size = LogSize(in.be<std::uint64_t>()),
                 .checkpoint = {},
                 .proof = {}};
    log.checkpoint = in.framed32(kMaxNoteBytes);
    const auto hashes = in.be<std::uint8_t>();
    if (hashes > kMaxBatchProof) return refuse(Code::malformed, "a consistency proof is too long");
    for (std::uint8_t h = 0; h < hashes; ++h) log.proof.push_back(in.fixed<Digest>());
    if (!batch.logs.empty() && batch.logs.back().log >= log.log)
      return refuse(Code::malformed, "the logs of a batch are not in order");
    batch.logs.push_back(std::move(log));
  }
  const auto entries = in.be<std::uint32_t>();
  if (entries > kMaxBatchEntries) return refuse(Code::malformed, "a batch has too many entries");
  for (std::uint32_t i = 0; i < entries && in.ok(); ++i) {
    const LogId log = read_log(in);
    const LogIndex index(in.be<std::uint64_t>());
    batch.entries.push_back({log, index, Bytes(in.framed16())});
  }
  auto values = read_values(in);
  if (!values) return std::unexpected(values.error());
  batch.values = std::move(*values);
  if (!in.done()) return refuse(Code::malformed, "a batch does not end where it should");
  return batch;
}

}  // namespace tallinn
