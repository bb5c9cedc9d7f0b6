// Changes of bytes, blind but shaped by what parsers stumble over. Pure: everything comes from the
// seed.
#pragma once

#include <vector>

#include "events/bytes.h"

namespace tallinn::fuzz {

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : state_(seed * 2 + 1) {}
  /// One of the samples, changed in one to eight places; sometimes joined with another.
  Bytes next(const std::vector<Bytes>& samples);

 private:
  std::uint64_t roll(std::uint64_t below);
  void change(Bytes& bytes, const std::vector<Bytes>& samples);

  std::uint64_t state_;
};

}  // namespace tallinn::fuzz
