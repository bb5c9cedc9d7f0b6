#include "net/batch.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxBatchLogs = 64;
constexpr std::size_t kMaxBatchProof = 64;
constexpr std::size_t kMaxBatchValues = 65'535;

}  // namespace

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

Result<PeerBatch> decode_batch(BytesView bytes) {
  WireReader in(bytes);
  PeerBatch batch;
  const auto logs = in.be<std::uint16_t>();
  if (logs > kMaxBatchLogs) return refuse(Code::malformed, "a batch names too many logs");
  for (std::uint16_t i = 0; i < logs && in.ok(); ++i) {
    BatchLog log{
        .log = in.log(), .size = LogSize(in.be<std::uint64_t>()), .checkpoint = {}, .proof = {}};
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
    const LogId log = in.log();
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
