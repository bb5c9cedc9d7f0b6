// KeyFilter: may a key be among those that were added? Never says no to one that was. Pure; a bit
// set with two bits for each key: a few nanoseconds instead of a search that misses the processor's
// caches. Whoever chooses keys can make it say "maybe", which costs that search and nothing else.
#pragma once

#include <bit>
#include <vector>

#include "events/bytes.h"

namespace tallinn {

class KeyFilter {
 public:
  /// At sixteen bits for each key it says "maybe" to one of sixty-odd others. A power of two, at
  /// least 64.
  explicit KeyFilter(std::size_t bits) : words_(bits / 64, 0), mask_(bits - 1) {}

  void add(BytesView key) {
    const std::size_t hash = hash_of(key);
    set(hash & mask_);
    set(std::rotr(hash, 32) & mask_);
  }
  bool may_hold(BytesView key) const {
    const std::size_t hash = hash_of(key);
    return is_set(hash & mask_) && is_set(std::rotr(hash, 32) & mask_);
  }

 private:
  static std::size_t hash_of(BytesView key) { return std::hash<BytesView>{}(key); }
  void set(std::size_t bit) { words_[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  bool is_set(std::size_t bit) const { return ((words_[bit / 64] >> (bit % 64)) & 1u) != 0; }

  std::vector<std::uint64_t> words_;
  std::size_t mask_;
};

}  // namespace tallinn
