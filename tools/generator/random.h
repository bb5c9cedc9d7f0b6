// Random: one endless stream of numbers from one seed, and the distributions that histories need.
// Pure: the same seed gives the same numbers on every machine. Not for keys. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "events/bytes.h"

namespace tallinn::generator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t next();
  /// Both ends included; `least` <= `most`.
  std::int64_t between(std::int64_t least, std::int64_t most);
  bool percent(unsigned chance) { return between(1, 100) <= static_cast<std::int64_t>(chance); }
  /// Bytes that nothing else will have: the random part of an id, a document's hash.
  template <std::size_t N>
  std::array<std::uint8_t, N> bytes() {
    std::array<std::uint8_t, N> out{};
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
    return out;
  }
  template <class Items>
  const auto& one_of(const Items& items) {
    return items[static_cast<std::size_t>(
        between(0, static_cast<std::int64_t>(std::size(items)) - 1))];
  }
  /// Log-normal with that median, as people state sums: two significant digits, at least 1. Four
  /// in a hundred are over ten times the median.
  std::int64_t sum_around(std::int64_t median);
  /// A share of `whole` between so many percent, rounded down as people round; from 1 to `whole`.
  std::int64_t part_of(std::int64_t whole, int least_percent, int most_percent);

 private:
  std::uint64_t state_;
};

/// Few are picked often, many seldom: number k of `size` with weight 1 / (k + 1).
class Zipf {
 public:
  explicit Zipf(std::size_t size);
  std::size_t pick(Random& random) const;

 private:
  std::vector<std::uint64_t> up_to_;  // cumulated weights
};

}  // namespace tallinn::generator
