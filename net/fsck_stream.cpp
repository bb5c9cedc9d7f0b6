#include "net/fsck_stream.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "events/event.h"
#include "ledger/sha256.h"
#include "ledger/store_compare.h"
#include "ledger/store_log.h"

namespace tallinn {
namespace {

constexpr std::uint64_t kRowsAhead = 1'024;

Difference wrong_entry(Difference::Kind kind, std::string detail) {
  return {.kind = kind,
          .origin = Difference::Origin::truth,
          .family = Family::entries,
          .key = {},
          .log = {},
          .index = {},
          .detail = std::move(detail)};
}

/// Reads one chunk; what cannot be read is asked for one by one, so that the rest can be.
class ChunkReader {
 public:
  ChunkReader(const StoreReader& store, LogId log, LogIndex begin, LogIndex end)
      : store_(store), log_(log), begin_(begin.value()), count_(end.value() - begin.value()) {
    chunk_.begin = begin;
    chunk_.entries.resize(count_);
  }

  Stored<FsckChunk> run() {
    stored_.resize(count_);
    if (auto read = read_entries(); !read) return std::unexpected(read.error());
    for (std::uint64_t i = 0; i < count_; ++i)
      if (!stored_[i] && !chunk_.entries[i].wrong)
        chunk_.entries[i].wrong = wrong_entry(Difference::Kind::missing, "");
    if (auto compared = compare_rows(); !compared) return std::unexpected(compared.error());
    return std::move(chunk_);
  }

 private:
  Place place(std::uint64_t i) const { return {log_, LogIndex(begin_ + i)}; }

  Stored<void> read_entries() {
    const Bytes end = place_key(place(count_));
    const auto scanned =
        store_.scan(Family::entries, place_key(place(0)), end, [&](BytesView key, BytesView bytes) {
          if (key.size() != kPlaceKeyBytes)
            unexpected(key);
          else
            take(parse_place_key(key).index.value() - begin_, bytes);
          return StoreReader::Next::go_on;
        });
    if (scanned) return {};
    if (scanned.error().kind == Fault::io) return scanned;
    for (std::uint64_t i = 0; i < count_; ++i) {
      if (stored_[i]) continue;
      const auto bytes = store_.get(Family::entries, place_key(place(i)));
      if (!bytes && bytes.error().kind == Fault::io) return std::unexpected(bytes.error());
      if (!bytes)
        chunk_.entries[i].wrong = wrong_entry(Difference::Kind::unreadable, bytes.error().detail);
      else if (*bytes)
        take(i, **bytes);
    }
    return {};
  }

  void unexpected(BytesView key) {
    Difference difference = wrong_entry(Difference::Kind::unexpected, "");
    difference.key = escaped(key);
    difference.log = log_;
    chunk_.unexpected.push_back(std::move(difference));
  }

  void take(std::uint64_t i, BytesView bytes) {
    FsckEntry& out = chunk_.entries[i];
    stored_[i] = true;
    out.leaf = leaf_hash(bytes);
    auto entry = decode_entry(bytes);
    if (!entry) {
      out.wrong = wrong_entry(Difference::Kind::wrong, entry.error().detail);
      return;
    }
    const auto header = decode_event_header(entry->event);
    if (!header || entry->log != log_) {
      out.wrong = wrong_entry(Difference::Kind::wrong,
                              header ? "it says that it stands in another log"
                                     : "its event does not decode: " + header.error().detail);
      return;
    }
    chunk_.ids.add(id_key(header->id, place(i)), sha256(entry->event).view());
    if (place(i).index != LogIndex(0)) entry->event = Bytes();  // the first one may open its log
    entry->signatures.clear();
    out.entry = std::move(*entry);
  }

  Stored<void> compare_rows() {
    std::vector<KeyValue> expected;
    expected.reserve(count_);
    for (std::uint64_t i = 0; i < count_; ++i)
      if (stored_[i])
        expected.emplace_back(row_key(log_, 0, begin_ + i), chunk_.entries[i].leaf->view());
    const auto compared = compare_range(store_, Family::rows, row_key(log_, 0, begin_),
                                        row_key(log_, 0, begin_ + count_), expected,
                                        [&](const KeyDifference& found) { take_row(found); });
    if (compared || compared.error().kind == Fault::io) return compared;
    chunk_.rows_fault = compared.error();
    return {};
  }

  /// A row without its entry says what the entry was.
  void take_row(const KeyDifference& found) {
    const bool whole_key = found.key.size() == row_key(log_, 0, 0).size();
    const std::uint64_t index = whole_key ? parse_row_index(found.key) : 0;
    const std::uint64_t i = index - begin_;
    if (found.kind == Difference::Kind::unexpected && whole_key && !stored_[i]) {
      chunk_.entries[i].leaf = Digest::from(found.stored);
      return;
    }
    Difference difference{.kind = found.kind,
                          .origin = Difference::Origin::derived,
                          .family = Family::rows,
                          .key = words_of_key(Family::rows, found.key),
                          .log = log_,
                          .index = {},
                          .detail = {}};
    if (whole_key) difference.index = LogIndex(index);
    chunk_.rows.push_back(std::move(difference));
  }

  static std::uint64_t parse_row_index(BytesView key) {
    std::uint64_t index = 0;
    for (const char c : key.substr(key.size() - sizeof index))
      index = index << 8 | static_cast<std::uint8_t>(c);
    return index;
  }

  const StoreReader& store_;
  const LogId log_;
  const std::uint64_t begin_;
  const std::uint64_t count_;
  std::vector<bool> stored_;
  FsckChunk chunk_;
};

}  // namespace

void IdSum::add(BytesView key, BytesView value) {
  static_assert(crypto_shorthash_siphashx24_BYTES == 2 * sizeof(std::uint64_t));
  constexpr std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> kKey{};
  std::array<unsigned char, 256> message{};
  std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> hash{};
  if (key.size() + value.size() <= message.size()) {
    std::memcpy(message.data(), key.data(), key.size());
    std::memcpy(message.data() + key.size(), value.data(), value.size());
    crypto_shorthash_siphashx24(hash.data(), message.data(), key.size() + value.size(),
                                kKey.data());
  } else {  // no record of ours: it must only not be taken for one
    const Digest digest = sha256(Bytes(key) + Bytes(value));
    std::memcpy(hash.data(), digest.bytes.data(), hash.size());
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, hash.data(), sizeof low);
  std::memcpy(&high, hash.data() + sizeof low, sizeof high);
  low_ += low;
  high_ += high;
  ++count_;
}

void IdSum::add(const IdSum& other) {
  low_ += other.low_;
  high_ += other.high_;
  count_ += other.count_;
}

Stored<FsckChunk> read_fsck_chunk(const StoreReader& store, LogId log, LogIndex begin,
                                  LogIndex end) {
  return ChunkReader(store, log, begin, end).run();
}

Stored<FsckEntry*> FsckStream::peek(const std::function<void(FsckChunk&)>& begun) {
  if (current_ && at_ < current_->entries.size()) return &current_->entries[at_];
  while (coming_.size() < ahead_ && asked_ < size_) {
    const LogIndex begin(asked_);
    asked_ = std::min(size_, asked_ + kRowsAhead);
    coming_.push_back(std::async(std::launch::async, read_fsck_chunk, std::cref(store_), log_,
                                 begin, LogIndex(asked_)));
  }
  if (coming_.empty()) return nullptr;
  auto chunk = coming_.front().get();
  coming_.pop_front();
  if (!chunk) return std::unexpected(chunk.error());
  current_ = std::move(*chunk);
  at_ = 0;
  begun(*current_);
  return &current_->entries.front();
}

}  // namespace tallinn
