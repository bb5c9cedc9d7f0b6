#include "net/handshake_places.h"

#include <algorithm>

namespace tallinn {

std::size_t HandshakePlaces::of_network(const std::string& network) const {
  const auto known = networks_.find(network);
  return known == networks_.end() ? 0 : known->second;
}

std::map<HandshakePlaces::Place, HandshakePlaces::Stranger>::iterator
HandshakePlaces::who_gives_way() {
  std::size_t most = 0;
  for (const auto& [network, count] : networks_) most = std::max(most, count);
  return std::ranges::find_if(
      by_age_, [&](const auto& one) { return of_network(one.second.network) == most; });
}

HandshakePlaces::Taken HandshakePlaces::take(std::string network, std::function<void()> give_way) {
  Taken taken{.place = next_++};
  auto goes = by_age_.end();
  if (of_network(network) >= kOfOneNetwork)
    goes = std::ranges::find_if(by_age_,
                                [&](const auto& one) { return one.second.network == network; });
  else if (by_age_.size() >= kPlaces)
    goes = who_gives_way();
  if (goes != by_age_.end()) {
    taken.gives_way = std::move(goes->second.give_way);
    leave(goes->first);
  }
  ++networks_[network];
  by_age_.emplace(taken.place, Stranger{std::move(network), std::move(give_way)});
  return taken;
}

bool HandshakePlaces::leave(Place place) {
  const auto at = by_age_.find(place);
  if (at == by_age_.end()) return false;
  const auto network = networks_.find(at->second.network);
  if (--network->second == 0) networks_.erase(network);
  by_age_.erase(at);
  return true;
}

}  // namespace tallinn
