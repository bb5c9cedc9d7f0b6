#include "tests/sim/swarm/link.h"

#include <algorithm>

namespace tallinn::swarm {

void Link::send(std::size_t to, BytesView bytes, std::int64_t now_ms, std::int64_t delay_ms,
                generator::Random& random, Tally& tally) {
  const auto happens = [&](Trouble trouble) {
    const bool now = !keeps_bytes && plan_.of(trouble) > 0 &&
                     random.between(1, 1'000) <= static_cast<int>(plan_.of(trouble));
    if (now) tally.count(trouble);
    return now;
  };
  auto& way = ways_[to];
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = std::min<std::size_t>(bytes.size() - at,
                                            static_cast<std::size_t>(random.between(1, 20'000)));
    Bytes piece(bytes.substr(at, size));
    at += size;
    std::int64_t arrives = now_ms + delay_ms + random.between(1, plan_.most_delay_ms);
    if (now_ms < slow_until_ms) arrives += random.between(1'000, 6'000);
    if (!way.empty()) arrives = std::max(arrives, way.back().at_ms);
    if (happens(Trouble::drop)) continue;
    if (happens(Trouble::flip)) {
      char& byte = piece[static_cast<std::size_t>(
          random.between(0, static_cast<std::int64_t>(piece.size()) - 1))];
      byte = static_cast<char>(byte ^ (1 << random.between(0, 7)));
    }
    if (happens(Trouble::duplicate)) way.push_back({arrives, piece});
    way.push_back({arrives, std::move(piece)});
    if (way.size() > 1 && happens(Trouble::reorder))
      std::swap(way.back().bytes, way[way.size() - 2].bytes);
  }
}

std::optional<std::int64_t> Link::next_at() const {
  std::optional<std::int64_t> next;
  for (std::size_t side = 0; side < 2; ++side)
    if (!ways_[side].empty() && !waits[side])
      next = std::min(next.value_or(ways_[side].front().at_ms), ways_[side].front().at_ms);
  return next;
}

std::optional<Link::Arrival> Link::take(std::int64_t now_ms) {
  for (std::size_t side = 0; side < 2; ++side) {
    auto& way = ways_[side];
    if (way.empty() || waits[side] || way.front().at_ms > now_ms) continue;
    Arrival arrival{side, std::move(way.front().bytes)};
    way.pop_front();
    return arrival;
  }
  return std::nullopt;
}

}  // namespace tallinn::swarm
