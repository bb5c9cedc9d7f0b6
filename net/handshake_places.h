// HandshakePlaces: who may be in the middle of a handshake, so that strangers who say nothing keep
// nobody out. There are kPlaces, and kOfOneNetwork for each network (network_of in net/listen.h);
// who comes when all are taken gets the place of the one who has been at it longest, of the network
// that has the most. So an office, which needs a place for the time of a handshake only, is turned
// out last. Pure but for what it is given to call; one caller at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace tallinn {

class HandshakePlaces {
 public:
  static constexpr std::size_t kPlaces = 32;
  static constexpr std::size_t kOfOneNetwork = 8;
  using Place = std::uint64_t;

  struct Taken {
    Place place = 0;
    /// Of who had it before, for the caller to call; empty: it was free.
    std::function<void()> gives_way = {};
  };
  /// `give_way` ends the handshake of who comes now, from any thread.
  Taken take(std::string network, std::function<void()> give_way);
  /// After the handshake, however it ended. False: the place had been given away.
  bool leave(Place place);
  std::size_t taken() const { return by_age_.size(); }

 private:
  struct Stranger {
    std::string network;
    std::function<void()> give_way;
  };
  std::size_t of_network(const std::string& network) const;
  /// The oldest of the network that has the most.
  std::map<Place, Stranger>::iterator who_gives_way();

  std::map<Place, Stranger> by_age_;
  std::map<std::string, std::size_t> networks_;  ///< how many places each has
  Place next_ = 0;
};

}  // namespace tallinn
