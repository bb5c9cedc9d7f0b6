#include "events/entry.h"

#include <algorithm>

#include "events/assert.h"
#include "events/entry_generated.h"
#include "events/limits.h"

namespace tallinn {
namespace {

template <std::size_t N>
flatbuffers::span<const std::uint8_t, N> flat(const std::array<std::uint8_t, N>& bytes) {
  return flatbuffers::span<const std::uint8_t, N>(bytes.data(), N);
}

Result<void> check_lists(const Entry& entry) {
  if (entry.seen.size() >= kMaxOffices)
    return refuse(Code::malformed, "seen names too many offices", "seen");
  for (std::size_t i = 0; i < entry.seen.size(); ++i) {
    const Seen& seen = entry.seen[i];
    const bool ascending = i == 0 || entry.seen[i - 1].log.office < seen.log.office;
    if (!ascending || seen.log.office == entry.log.office || seen.log.epoch == Epoch(0))
      return refuse(Code::malformed, "seen is not in ascending order of other offices", "seen");
  }
  if (entry.signatures.empty() || entry.signatures.size() > kMaxSignatures)
    return refuse(Code::malformed,
                  "an entry carries 1 to " + std::to_string(kMaxSignatures) + " signatures",
                  "signatures");
  const auto descending = [](const EventSignature& a, const EventSignature& b) {
    return a.key >= b.key;
  };
  if (std::ranges::adjacent_find(entry.signatures, descending) != entry.signatures.end())
    return refuse(Code::malformed, "signatures are not in ascending key order", "signatures");
  return {};
}

}  // namespace

Bytes encode_entry(const Entry& entry) {
  flatbuffers::FlatBufferBuilder builder(entry.event.size() + 512);
  std::vector<fbs::Seen> seen;
  for (const Seen& s : entry.seen)
    seen.emplace_back(s.log.office.value(), s.log.epoch.value(), s.size.value());
  std::vector<fbs::PartySignature> signatures;
  for (const EventSignature& s : entry.signatures)
    signatures.emplace_back(flat(s.key.bytes), flat(s.signature.bytes));
  const auto event = builder.CreateVector(as_u8(entry.event).data(), entry.event.size());
  const auto seen_at = seen.empty() ? 0 : builder.CreateVectorOfStructs(seen);
  const auto signatures_at = builder.CreateVectorOfStructs(signatures);
  const auto root = fbs::CreateEntry(builder, entry.log.office.value(), entry.log.epoch.value(),
                                     entry.lamport.value(), seen_at, entry.recorded.value(), event,
                                     signatures_at);
  fbs::FinishEntryBuffer(builder, root);
  TALLINN_ASSERT(builder.GetSize() <= kMaxEntryBytes);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

Result<Entry> decode_entry(BytesView bytes) {
  if (bytes.size() > kMaxEntryBytes)
    return refuse(Code::malformed, "the entry is over 65535 bytes");
  std::vector<std::uint64_t> aligned((bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto* data = reinterpret_cast<const std::uint8_t*>(aligned.data());
  flatbuffers::Verifier verifier(data, bytes.size(), 2, 2);
  if (bytes.size() < 8 || !fbs::VerifyEntryBuffer(verifier))
    return refuse(Code::malformed, "not an encoded entry");
  const fbs::Entry* root = fbs::GetEntry(data);
  if (root->event() == nullptr || root->signatures() == nullptr)
    return refuse(Code::malformed, "the entry lacks its event or its signatures");
  // The verifier does not look at how the structs of a vector are aligned; our encoder aligns them.
  if (root->seen() != nullptr &&
      reinterpret_cast<std::uintptr_t>(root->seen()->Data()) % alignof(fbs::Seen) != 0)
    return refuse(Code::malformed, "not an encoded entry");
  Entry entry{
      .log = {OfficeNumber(root->office()), Epoch(root->epoch())},
      .lamport = Lamport(root->lamport()),
      .seen = {},
      .recorded = UnixMillis(root->recorded()),
      .event = Bytes(reinterpret_cast<const char*>(root->event()->data()), root->event()->size()),
      .signatures = {}};
  if (root->seen() != nullptr)
    for (const fbs::Seen* s : *root->seen())
      entry.seen.push_back({{OfficeNumber(s->office()), Epoch(s->epoch())}, LogSize(s->size())});
  for (const fbs::PartySignature* s : *root->signatures()) {
    EventSignature& signature = entry.signatures.emplace_back();
    std::memcpy(signature.key.bytes.data(), s->key()->data(), PublicKey::kSize);
    std::memcpy(signature.signature.bytes.data(), s->signature()->data(), Signature::kSize);
  }
  if (auto lists = check_lists(entry); !lists) return std::unexpected(lists.error());
  if (entry.event.size() > kMaxEventBytes)
    return refuse(Code::malformed, "the event is over 60000 bytes");
  if (entry.lamport == Lamport(0) || entry.log.epoch == Epoch(0))
    return refuse(Code::malformed, "Lamport time and epoch start at 1");
  if (encode_entry(entry) != bytes)
    return refuse(Code::malformed, "the entry's bytes are not canonical");
  return entry;
}

bool in_causal_past(const Place& place, const Entry& entry, LogIndex entry_index) {
  if (place.log.office == entry.log.office)
    return place.log.epoch < entry.log.epoch ||
           (place.log == entry.log && place.index < entry_index);
  for (const Seen& seen : entry.seen) {
    if (seen.log.office != place.log.office) continue;
    return place.log.epoch < seen.log.epoch ||
           (place.log.epoch == seen.log.epoch && place.index.value() < seen.size.value());
  }
  return false;
}

}  // namespace tallinn
