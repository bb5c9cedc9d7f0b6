// Batches: entries of every log in total order, each log's new prefix proven to a signed checkpoint
// (docs/formats.md, "Peer frames"). Pure. How one is made: net/make_batch.h.
#pragma once

#include "events/wire.h"
#include "events/withheld.h"
#include "ledger/charter.h"
#include "ledger/order.h"

namespace tallinn {

struct BatchEntry {
  LogId log;
  LogIndex index;
  Bytes entry;
  bool operator==(const BatchEntry&) const = default;
};

/// One log's growth by a batch.
struct BatchLog {
  LogId log;
  LogSize size;               ///< after the batch
  std::string checkpoint;     ///< a note signed by the log's key, of at least that size
  std::vector<Digest> proof;  ///< consistency from `size` to the checkpoint's size
  bool operator==(const BatchLog&) const = default;
};

struct PeerBatch {
  std::vector<BatchEntry> entries;  ///< in total order
  std::vector<BatchLog> logs;       ///< every log that grows, by office, then epoch
  std::vector<WithheldValue>
      values;  ///< values of these entries' events, for the other office only
  bool operator==(const PeerBatch&) const = default;
};

/// Of entries and their withheld values; one entry more, with its values, may go over it.
inline constexpr std::size_t kMaxBatchBytes = 1u << 20;
/// Of the withheld values of one event, as a batch carries them: what no frame could take is never
/// admitted.
inline constexpr std::size_t kMaxEventValueBytes = 1u << 20;
inline constexpr std::size_t kMaxBatchEntries = 4'096;

/// Withheld values go between offices only.
enum class ValuesToo : std::uint8_t { include, leave_out };

/// How far the logs of a batch reach after it.
std::vector<HeldLog> sizes_after(const PeerBatch& batch);

/// Of its entries and values: what kMaxBatchBytes is about.
std::size_t batch_bytes(const PeerBatch& batch);

/// What the value takes up in a batch.
std::size_t value_bytes(const WithheldValue& value);

/// "u32 values || Value*", as in a batch.
void put_values(Bytes& out, std::span<const WithheldValue> values);
/// Error malformed: too many. Whether the reader came to its end is for the caller to ask.
Result<std::vector<WithheldValue>> read_values(WireReader& in);

Bytes encode_batch(const PeerBatch& batch);
/// Strict: bounds, order of logs, framing. Error malformed. Entries are not decoded here.
Result<PeerBatch> decode_batch(BytesView bytes);

}  // namespace tallinn
