#include "tools/generator/random.h"

#include <algorithm>
#include <cmath>

#include "events/assert.h"

namespace tallinn::generator {

std::uint64_t Random::next() {
  state_ += 0x9e37'79b9'7f4a'7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
  return mixed ^ (mixed >> 31);
}

std::int64_t Random::between(std::int64_t least, std::int64_t most) {
  TALLINN_ASSERT(least <= most);
  const auto width = static_cast<std::uint64_t>(most - least) + 1;
  return least + static_cast<std::int64_t>(next() % width);
}

std::int64_t Random::sum_around(std::int64_t median) {
  constexpr double kSpread = 1.3;
  double normal = -6;  // the sum of twelve uniform numbers is near enough to normal
  for (int i = 0; i < 12; ++i) normal += static_cast<double>(next() >> 11) * 0x1.0p-53;
  const double raw = static_cast<double>(median) * std::exp(kSpread * normal);
  const auto whole = std::max<std::int64_t>(1, std::llround(raw));
  std::int64_t unit = 1;
  while (whole / unit >= 100) unit *= 10;
  return whole / unit * unit;
}

std::int64_t Random::part_of(std::int64_t whole, int least_percent, int most_percent) {
  const std::int64_t exact = whole / 100 * between(least_percent, most_percent);
  std::int64_t unit = 1;
  while (exact / unit >= 1'000) unit *= 10;
  return std::clamp<std::int64_t>(exact / unit * unit, 1, whole);
}

Zipf::Zipf(std::size_t size) {
  constexpr std::uint64_t kWeightOfFirst = 1 << 30;
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k < size; ++k) up_to_.push_back(sum += kWeightOfFirst / (k + 1));
}

std::size_t Zipf::pick(Random& random) const {
  const auto at =
      static_cast<std::uint64_t>(random.between(1, static_cast<std::int64_t>(up_to_.back())));
  return static_cast<std::size_t>(std::ranges::lower_bound(up_to_, at) - up_to_.begin());
}

}  // namespace tallinn::generator
