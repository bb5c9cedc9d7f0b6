#include "projections/record_cache.h"

#include <utility>

#include "projections/record_keys.h"

namespace tallinn {
namespace {

constexpr std::size_t kWrittenBits = std::size_t{1} << 24;  ///< enough for a million events
constexpr std::size_t kNodeBytes = 120;  ///< of one record held, beside its key and value; about

}  // namespace

RecordCache::RecordCache(ViewReader& below, Placed placed, std::size_t max_bytes)
    : below_(below), records_(max_bytes), written_(KeyFilter(kWrittenBits)) {
  if (placed == Placed::remembered) placed_.emplace(max_bytes);
  below_.scan({}, {}, [&](BytesView, BytesView) {
    written_.reset();
    return ViewReader::Next::stop;
  });
}

std::optional<Bytes> RecordCache::get(BytesView key) {
  if (is_placed_key(key)) return below_.get(key);
  if (written_ && !written_->may_hold(key)) return std::nullopt;
  if (const Bytes* held = records_.ask(key)) return *held;
  auto value = below_.get(key);
  if (!value) return std::nullopt;
  return records_.hold(Bytes(key), *std::move(value));
}

bool RecordCache::holds(BytesView key, BytesView value) const {
  const Bytes* held = nullptr;
  if (!is_placed_key(key))
    held = records_.find(key);
  else if (placed_)
    held = placed_->find(key);
  return held != nullptr && *held == value;
}

void RecordCache::written(const Views::Changes& changes) {
  for (const auto& [key, value] : changes) {
    if (is_placed_key(key)) {
      if (placed_) placed_->changed(key, value);
      continue;
    }
    if (written_ && value) written_->add(key);
    records_.changed(key, value);
  }
}

void RecordCache::clear() {
  records_.clear();
  if (placed_) placed_->clear();
  written_.reset();
}

const Bytes* RecordCache::Lately::find(BytesView key) const {
  for (const Held* held : {&young_, &old_})
    if (const auto found = held->find(key); found != held->end()) return &found->second;
  return nullptr;
}

const Bytes* RecordCache::Lately::ask(BytesView key) {
  if (const auto held = young_.find(key); held != young_.end()) return &held->second;
  const auto held = old_.find(key);
  if (held == old_.end()) return nullptr;
  Bytes value = std::move(held->second);
  old_.erase(held);
  return &hold(Bytes(key), std::move(value));
}

const Bytes& RecordCache::Lately::hold(Bytes key, Bytes value) {
  const std::size_t bytes = kNodeBytes + key.size() + value.size();
  if (young_bytes_ + bytes > max_bytes_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += bytes;
  return young_.insert_or_assign(std::move(key), std::move(value)).first->second;
}

void RecordCache::Lately::changed(const Bytes& key, const std::optional<Bytes>& value) {
  if (const auto held = young_.find(key); held != young_.end()) {
    if (value)
      held->second = *value;
    else
      young_.erase(held);
    return;
  }
  old_.erase(key);
  if (value) hold(key, *value);
}

void RecordCache::Lately::clear() {
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace tallinn
