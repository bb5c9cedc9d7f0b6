#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <array>

namespace tallinn::fuzz {
namespace {

constexpr std::size_t kLongest = 1u << 17;
constexpr std::array<std::uint8_t, 12> kTelling{0x00, 0x01, 0x7f, 0x80, 0xff, '\n',
                                                ' ',  '"',  '0',  '/',  0xc3, 0xed};

}  // namespace

/// SplitMix64.
std::uint64_t Mutator::roll(std::uint64_t below) {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return below == 0 ? 0 : (z ^ (z >> 31)) % below;
}

Bytes Mutator::next(const std::vector<Bytes>& samples) {
  Bytes bytes = samples[roll(samples.size())];
  for (std::uint64_t changes = roll(8) + 1; changes > 0; --changes) change(bytes, samples);
  if (bytes.size() > kLongest) bytes.resize(kLongest);
  return bytes;
}

void Mutator::change(Bytes& bytes, const std::vector<Bytes>& samples) {
  const std::size_t at = roll(bytes.size() + 1);
  const std::size_t end = at + roll(std::min<std::size_t>(bytes.size() - at, 64) + 1);
  switch (roll(8)) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << roll(8)));
      return;
    case 1:
      if (at < bytes.size()) bytes[at] = static_cast<char>(kTelling[roll(kTelling.size())]);
      return;
    case 2: bytes.erase(at, end - at); return;
    case 3: bytes.insert(at, bytes.substr(at, end - at)); return;
    case 4:
      bytes.insert(at, 1 + roll(9), static_cast<char>(kTelling[roll(kTelling.size())]));
      return;
    case 5: bytes.resize(at); return;
    case 6: {  // a length, made great or small
      for (std::size_t i = at; i < std::min(bytes.size(), at + 4); ++i)
        bytes[i] = static_cast<char>(roll(2) == 0 ? 0xff : 0);
      return;
    }
    default: {
      const Bytes& other = samples[roll(samples.size())];
      const std::size_t from = roll(other.size() + 1);
      bytes = bytes.substr(0, at) + other.substr(from);
      return;
    }
  }
}

}  // namespace tallinn::fuzz
