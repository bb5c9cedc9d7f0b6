#include "net/tile_cache.h"

namespace tallinn {

std::shared_ptr<const HttpResponse> TileCache::get(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, place->second);
  return place->second->response;
}

void TileCache::put(const Key& key, std::shared_ptr<const HttpResponse> response) {
  const std::size_t size = response->body.size();
  const std::lock_guard lock(mutex_);
  if (size > max_bytes_ || places_.contains(key)) return;
  by_use_.push_front({.key = key, .response = std::move(response)});
  places_.emplace(key, by_use_.begin());
  bytes_ += size;
  while (bytes_ > max_bytes_) {
    const Kept& oldest = by_use_.back();
    bytes_ -= oldest.response->body.size();
    places_.erase(oldest.key);
    by_use_.pop_back();
  }
}

std::size_t TileCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace tallinn
